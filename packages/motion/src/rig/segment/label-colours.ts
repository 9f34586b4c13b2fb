/**
 * How unlike the usual colours of a part a pixel is, so that a flood stops at the edge of a sleeve.
 */

import type { Rgb } from '../../model/rgb.ts';
import { clamp } from '../../model/scalar.ts';
import { distanceToPalette, findPalette } from '../pixels/palette.ts';
import { PART_COUNT } from './parts.ts';

const CLUSTER_COUNT = 7;
/** A part as near as this to the best one is not worse at all. */
const DEAD_ZONE = 12;
const EXCESS_MAX = 120;

/**
 * For each part the L1 distance from each pixel to the nearest typical colour of the part (k-means
 * of its seeds), less the distance of the best part; `0..EXCESS_MAX`. Parts without seeds get
 * zeros.
 */
export function measureExcess(rgb: Rgb, alpha: Float32Array, seeds: Int8Array): Float32Array[] {
  const palettes = Array.from({ length: PART_COUNT }, (_, part) =>
    findPalette(rgb, listSeeds(seeds, part), CLUSTER_COUNT),
  );
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

function listSeeds(seeds: Int8Array, part: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < seeds.length; i++) if (seeds[i] === part) all.push(i);
  return all;
}
