/** The few colours that a set of pixels is made of. */

import type { Rgb } from '../../model/rgb.ts';

const ROUNDS = 6;
/** More pixels than this teach nothing new. */
const SAMPLES_MAX = 700;

/**
 * Lloyd's k-means over the colours of the pixels at `indices`; the start is spread evenly over
 * them. Three values 0..255 a colour, at most `clusterCount` colours, none without pixels.
 */
export function findPalette(
  rgb: Rgb,
  indices: readonly number[],
  clusterCount: number,
): Float64Array {
  const step = Math.max(1, indices.length / SAMPLES_MAX);
  const count = Math.min(indices.length, SAMPLES_MAX);
  const samples = Array.from({ length: count }, (_, n) => indices[Math.floor(n * step)]!);
  const clusters = Math.min(clusterCount, samples.length);
  const palette = new Float64Array(clusters * 3);
  const [r, g, b] = rgb.channels;
  for (let k = 0; k < clusters; k++) {
    const i = samples[Math.floor(((k + 0.5) * samples.length) / clusters)]!;
    palette.set([r[i]!, g[i]!, b[i]!], k * 3);
  }
  for (let round = 0; round < ROUNDS; round++) improvePalette(palette, samples, rgb);
  return palette;
}

/** L1 distance of a colour to the nearest one of the palette; infinite for an empty palette. */
export function distanceToPalette(palette: Float64Array, r: number, g: number, b: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < palette.length; k += 3) {
    const d =
      Math.abs(palette[k]! - r) + Math.abs(palette[k + 1]! - g) + Math.abs(palette[k + 2]! - b);
    if (d < best) best = d;
  }
  return best;
}

function improvePalette(palette: Float64Array, samples: readonly number[], rgb: Rgb): void {
  const [r, g, b] = rgb.channels;
  const sums = new Float64Array(palette.length);
  const counts = new Float64Array(palette.length / 3);
  for (const i of samples) {
    let best = 0;
    let bestDistance = Number.POSITIVE_INFINITY;
    for (let k = 0; k < counts.length; k++) {
      const d = distanceToPalette(palette.subarray(k * 3, k * 3 + 3), r[i]!, g[i]!, b[i]!);
      if (d < bestDistance) [best, bestDistance] = [k, d];
    }
    sums[best * 3]! += r[i]!;
    sums[best * 3 + 1]! += g[i]!;
    sums[best * 3 + 2]! += b[i]!;
    counts[best]!++;
  }
  for (let k = 0; k < counts.length; k++) {
    if (counts[k] === 0) continue;
    for (let c = 0; c < 3; c++) palette[k * 3 + c] = sums[k * 3 + c]! / counts[k]!;
  }
}
