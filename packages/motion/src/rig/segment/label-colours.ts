/**
 * How unlike the usual colours of a part a pixel is, so that a flood stops at the edge of a sleeve.
 */

import { clamp } from '../../model/scalar.ts';
import type { Rgb } from '../pixels/rgb.ts';
import { PART_COUNT } from './parts.ts';

const CLUSTER_COUNT = 7;
const ROUNDS = 6;
/** A part as near as this to the best one is not worse at all. */
const DEAD_ZONE = 12;
const EXCESS_MAX = 120;
/** More seeds than this teach nothing new. */
const SAMPLES_MAX = 700;

/**
 * For each part the L1 distance from each pixel to the nearest typical colour of the part (k-means
 * of its seeds), less the distance of the best part; `0..EXCESS_MAX`. Parts without seeds get
 * zeros.
 */
export function measureExcess(rgb: Rgb, alpha: Float32Array, seeds: Int8Array): Float32Array[] {
  const palettes = Array.from({ length: PART_COUNT }, (_, part) => findPalette(rgb, seeds, part));
  const size = alpha.length;
  const excess = palettes.map(() => new Float32Array(size));
  const distances = new Float64Array(PART_COUNT);
  const [r, g, b] = rgb.channels;
  for (let i = 0; i < size; i++) {
    if (alpha[i]! <= 0) continue;
    let best = Number.POSITIVE_INFINITY;
    for (let part = 0; part < PART_COUNT; part++) {
      const distance = distanceToPalette(palettes[part]!, r[i]!, g[i]!, b[i]!);
      distances[part] = distance;
      if (distance < best) best = distance;
    }
    for (let part = 0; part < PART_COUNT; part++) {
      if (palettes[part]!.length === 0) continue;
      excess[part]![i] = clamp(distances[part]! - best - DEAD_ZONE, 0, EXCESS_MAX);
    }
  }
  return excess;
}

function distanceToPalette(palette: Float64Array, r: number, g: number, b: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < palette.length; k += 3) {
    const d =
      Math.abs(palette[k]! - r) + Math.abs(palette[k + 1]! - g) + Math.abs(palette[k + 2]! - b);
    if (d < best) best = d;
  }
  return best;
}

/** Lloyd's k-means over the seed colours of one part; the start is spread evenly over the seeds. */
function findPalette(rgb: Rgb, seeds: Int8Array, part: number): Float64Array {
  const all: number[] = [];
  for (let i = 0; i < seeds.length; i++) if (seeds[i] === part) all.push(i);
  const step = Math.max(1, all.length / SAMPLES_MAX);
  const count = Math.min(all.length, SAMPLES_MAX);
  const samples = Array.from({ length: count }, (_, n) => all[Math.floor(n * step)]!);
  const clusters = Math.min(CLUSTER_COUNT, samples.length);
  const palette = new Float64Array(clusters * 3);
  const [r, g, b] = rgb.channels;
  for (let k = 0; k < clusters; k++) {
    const i = samples[Math.floor(((k + 0.5) * samples.length) / clusters)]!;
    palette.set([r[i]!, g[i]!, b[i]!], k * 3);
  }
  for (let round = 0; round < ROUNDS; round++) improvePalette(palette, samples, rgb);
  return palette;
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
