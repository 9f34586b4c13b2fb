/**
 * Reads the Range header for one range (RFC 9110, section 14); several ranges are answered with the
 * whole, which is allowed.
 */

export type RangeReading =
  | { kind: 'whole' }
  | { kind: 'part'; start: number; end: number }
  | { kind: 'unsatisfiable' };

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * `end` is inclusive. A header that is malformed or of another unit is ignored, as the RFC asks.
 */
export function readRange(header: string | undefined, sizeBytes: number): RangeReading {
  const match = header === undefined ? null : ONE_RANGE.exec(header.replaceAll(' ', ''));
  if (match === null) return { kind: 'whole' };
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return { kind: 'whole' };
  if (first === '') return readSuffix(Number(last), sizeBytes);
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Number(last);
  if (end < start && last !== '') return { kind: 'whole' };
  if (start >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', start, end: Math.min(end, sizeBytes - 1) };
}

/** "bytes=-500" is the last 500 bytes. */
function readSuffix(count: number, sizeBytes: number): RangeReading {
  if (count === 0 || sizeBytes === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Math.max(0, sizeBytes - count), end: sizeBytes - 1 };
}

/**
 * Whether an If-None-Match header names the tag; weak and strong tags compare alike here (RFC 9110,
 * 13.1.2).
 */
export function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag));
}
