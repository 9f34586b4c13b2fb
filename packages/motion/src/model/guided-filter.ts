/** Makes a rough mask follow the edges of a colour picture. */

import { blurBox } from './blur.ts';
import { mixRows, shrinkPlane, tapLine } from './resize.ts';
import { type Rgb, shrinkRgb } from './rgb.ts';
import { clamp } from './scalar.ts';

/**
 * Colour guided filter (He, Sun, Tang 2010), its coefficients solved at `1 / factor` of the size
 * (He, Sun 2015). `mask` has the size of `guide` and values 0..1, `radius` is in pixels of `guide`,
 * `epsilon` for colours of 0..1.
 */
export function filterGuided(
  guide: Rgb,
  mask: Float32Array,
  radius: number,
  epsilon: number,
  factor: number,
): Float32Array {
  const small = factor === 1 ? guide : shrinkRgb(guide, factor);
  const smallMask = shrinkPlane(mask, guide.width, guide.height, factor).data;
  const coefficients = solveCoefficients(small, smallMask, Math.max(1, radius / factor), epsilon);
  return applyCoefficients(guide, coefficients, small.width, small.height, factor);
}

/**
 * Planes a_r, a_g, a_b and b of the local linear model mask = a . colour + b for colours of 0..255,
 * already averaged.
 */
type Coefficients = [Float32Array, Float32Array, Float32Array, Float32Array];

function solveCoefficients(
  guide: Rgb,
  mask: Float32Array,
  radius: number,
  epsilon: number,
): Coefficients {
  const { width, height } = guide;
  const size = width * height;
  const [r, g, b] = guide.channels;
  const rows = new Float32Array(size);
  const mean = (plane: Float32Array, target: Float32Array = new Float32Array(size)) =>
    blurBox(plane, width, height, radius, target, rows);
  const product = new Float32Array(size);
  const ridge = epsilon * 255 * 255;
  const meanOf = (p: Float32Array, q: Float32Array): Float32Array => {
    for (let i = 0; i < size; i++) product[i] = p[i]! * q[i]!;
    return mean(product);
  };
  const [mr, mg, mb, mp] = [mean(r), mean(g), mean(b), mean(mask)];
  const [rr, rg, rb] = [meanOf(r, r), meanOf(r, g), meanOf(r, b)];
  const [gg, gb, bb] = [meanOf(g, g), meanOf(g, b), meanOf(b, b)];
  const [rp, gp, bp] = [meanOf(r, mask), meanOf(g, mask), meanOf(b, mask)];
  // What has been read is written over.
  const [ar, ag, ab, offset] = [rp, gp, bp, mp];
  for (let i = 0; i < size; i++) {
    const R = mr[i]!;
    const G = mg[i]!;
    const B = mb[i]!;
    const P = mp[i]!;
    // Covariance matrix of the colours, symmetric, regularised on the diagonal.
    const s00 = rr[i]! - R * R + ridge;
    const s01 = rg[i]! - R * G;
    const s02 = rb[i]! - R * B;
    const s11 = gg[i]! - G * G + ridge;
    const s12 = gb[i]! - G * B;
    const s22 = bb[i]! - B * B + ridge;
    const c0 = rp[i]! - R * P;
    const c1 = gp[i]! - G * P;
    const c2 = bp[i]! - B * P;
    const i00 = s11 * s22 - s12 * s12;
    const i01 = s02 * s12 - s01 * s22;
    const i02 = s01 * s12 - s02 * s11;
    const scale = 1 / (s00 * i00 + s01 * i01 + s02 * i02);
    const x = (i00 * c0 + i01 * c1 + i02 * c2) * scale;
    const y = (i01 * c0 + (s00 * s22 - s02 * s02) * c1 + (s01 * s02 - s00 * s12) * c2) * scale;
    const z = (i02 * c0 + (s01 * s02 - s00 * s12) * c1 + (s00 * s11 - s01 * s01) * c2) * scale;
    ar[i] = x;
    ag[i] = y;
    ab[i] = z;
    offset[i] = P - x * R - y * G - z * B;
  }
  return [mean(ar, rr), mean(ag, rg), mean(ab, rb), mean(offset, gg)];
}

function applyCoefficients(
  guide: Rgb,
  coefficients: Coefficients,
  smallWidth: number,
  smallHeight: number,
  factor: number,
): Float32Array {
  const { width, height, channels } = guide;
  const [red, green, blue] = channels;
  const result = new Float32Array(width * height);
  const columns = tapLine(width, smallWidth, factor);
  const rows = tapLine(height, smallHeight, factor);
  const lines = coefficients.map(() => new Float32Array(smallWidth)) as Coefficients;
  const [ar, ag, ab, offset] = lines;
  for (let y = 0; y < height; y++) {
    for (const [n, plane] of coefficients.entries()) mixRows(plane, rows, y, lines[n]!);
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const a = columns.from[x]!;
      const b = columns.to[x]!;
      const r = red[i]!;
      const g = green[i]!;
      const l = blue[i]!;
      const before = ar[a]! * r + ag[a]! * g + ab[a]! * l + offset[a]!;
      const after = ar[b]! * r + ag[b]! * g + ab[b]! * l + offset[b]!;
      result[i] = clamp(before + (after - before) * columns.part[x]!, 0, 1);
    }
  }
  return result;
}
