/** Says a number of bytes the way a person would. */

const KILOBYTE = 1024;
const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** 104857600 is "100 MB", 1536 is "1.5 kB". */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= KILOBYTE && unit < UNITS.length - 1) {
    value /= KILOBYTE;
    unit += 1;
  }
  const rounded = Math.round(value * 10) / 10;
  return `${rounded} ${UNITS[unit]}`;
}
