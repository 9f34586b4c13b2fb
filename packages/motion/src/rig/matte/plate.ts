/** The background without the character: a smooth fill with the grain of the picture. */

import { blurBox } from '../../model/blur.ts';
import type { Box } from '../../model/geometry.ts';
import type { RgbaImage } from '../../model/image.ts';
import { growPlane, shrinkPlane } from '../../model/resize.ts';
import { type Rgb, shrinkRgb, toByte } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';
import { maskAbove } from '../pixels/binary.ts';
import { fillHarmonic } from '../pixels/harmonic-fill.ts';

/** Width of the soft change from picture to fill at the rim of the hole, in pixels. */
const FEATHER = 5;

/**
 * Returns a copy of `picture` in which the pixels of `hole` (1 = replace, at the size of `crop`)
 * are filled from around them. Pixels outside of the hole keep their bytes. `crop` are the pixels
 * of `box`; solved at `1 / factor` of the size.
 */
export function makePlate(
  picture: RgbaImage,
  crop: Rgb,
  box: Box,
  hole: Uint8Array,
  factor: number,
): RgbaImage {
  const small = shrinkKnownRgb(crop, hole, factor);
  const filled = fillHarmonic(small.rgb, small.unknown);
  const grown = filled.channels.map((channel) =>
    growPlane(channel, filled.width, filled.height, factor, crop.width, crop.height),
  );
  const grain = measureGrain(crop, hole);
  const depth = blurBox(new Float32Array(hole), crop.width, crop.height, FEATHER);
  const plate = { ...picture, data: new Uint8Array(picture.data) };
  const random = createRandom(1);
  for (let i = 0; i < hole.length; i++) {
    if (hole[i] === 0) continue;
    const x = i % crop.width;
    const y = (i - x) / crop.width;
    const to = ((y + box.y) * picture.width + x + box.x) * 4;
    const noise = grain * (random() + random() + random() + random() - 2) * 1.73;
    const amount = smoothstep(0.5, 0.95, depth[i]!);
    for (let c = 0; c < 3; c++) {
      const old = crop.channels[c]![i]!;
      plate.data[to + c] = toByte(old + (grown[c]![i]! + noise - old) * amount);
    }
  }
  return plate;
}

/**
 * Shrinks with the mean of the known pixels of each block, so that the character does not leak into
 * the rim.
 */
function shrinkKnownRgb(
  rgb: Rgb,
  hole: Uint8Array,
  factor: number,
): { rgb: Rgb; unknown: Uint8Array } {
  const known = new Float32Array(hole).map((value) => 1 - value);
  const weight = shrinkPlane(known, rgb.width, rgb.height, factor).data;
  const masked = {
    ...rgb,
    channels: rgb.channels.map((channel) => channel.map((v, i) => v * known[i]!)),
  };
  const small = shrinkRgb(masked as Rgb, factor);
  for (const channel of small.channels) {
    for (let i = 0; i < channel.length; i++) channel[i]! /= Math.max(1e-6, weight[i]!);
  }
  return { rgb: small, unknown: maskAbove(weight, 0).map((value) => 1 - value) };
}

/**
 * Standard deviation of the fine noise of the known pixels, from the median so that edges do not
 * count.
 */
function measureGrain(rgb: Rgb, hole: Uint8Array): number {
  const green = rgb.channels[1];
  const smooth = blurBox(green, rgb.width, rgb.height, 1);
  const differences: number[] = [];
  for (let i = 0; i < green.length; i += 7) {
    if (hole[i] === 0) differences.push(Math.abs(green[i]! - smooth[i]!));
  }
  if (differences.length === 0) return 0;
  differences.sort((a, b) => a - b);
  return 1.48 * differences[differences.length >> 1]!;
}

/** Seeded generator of 0..1 (mulberry32), so that the same picture gives the same plate. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
