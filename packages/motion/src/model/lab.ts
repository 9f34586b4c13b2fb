/** CIE 1976 L*a*b* of sRGB colours under D65, the space in which skins are compared and matched. */

const WHITE_X = 0.95047;
const WHITE_Z = 1.08883;
const LINEAR_END = 216 / 24389;
const LINEAR_SLOPE = 24389 / 27;

/** Linear light of each sRGB byte (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** Writes L* (0..100), a* and b* of a colour of bytes to `out[at ..]`. */
export function writeLab(
  red: number,
  green: number,
  blue: number,
  out: Float64Array | number[],
  at: number,
): void {
  const r = LINEAR[red]!;
  const g = LINEAR[green]!;
  const b = LINEAR[blue]!;
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_X);
  const y = bend(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_Z);
  out[at] = 116 * y - 16;
  out[at + 1] = 500 * (x - y);
  out[at + 2] = 200 * (y - z);
}

/** Writes the sRGB bytes of a colour to `out[at ..]`, limited to what sRGB can show. */
export function writeSrgb(light: number, a: number, b: number, out: Uint8Array, at: number): void {
  const fy = (light + 16) / 116;
  const x = WHITE_X * unbend(fy + a / 500);
  const y = unbend(fy);
  const z = WHITE_Z * unbend(fy - b / 200);
  out[at] = toByte(3.2404542 * x - 1.5371385 * y - 0.4985314 * z);
  out[at + 1] = toByte(-0.969266 * x + 1.8760108 * y + 0.041556 * z);
  out[at + 2] = toByte(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
}

function bend(value: number): number {
  return value > LINEAR_END ? Math.cbrt(value) : (LINEAR_SLOPE * value + 16) / 116;
}

function unbend(value: number): number {
  const cube = value * value * value;
  return cube > LINEAR_END ? cube : (116 * value - 16) / LINEAR_SLOPE;
}

function toByte(linear: number): number {
  const value = Math.min(Math.max(linear, 0), 1);
  return Math.round(
    255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055),
  );
}
