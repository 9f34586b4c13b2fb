/**
 * Turns the person probability of the pose model into a matte that follows the edges of the
 * picture.
 */

import { filterGuided } from '../../model/guided-filter.ts';
import type { Rgb } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';
import { dilate, labelComponents, maskAbove } from '../pixels/binary.ts';

/** Parts smaller than this share of the largest are not the person. */
const COMPONENT_SHARE_MIN = 0.02;
const EPSILON_COARSE = 2e-4;
const EPSILON_FINE = 1e-4;

/**
 * `probability` is 0..1 at the size of `rgb`; `pictureSize` is the longer side of the whole picture
 * in pixels, which sets the radii. Returns alpha 0..1.
 */
export function makeMatte(rgb: Rgb, probability: Float32Array, pictureSize: number): Float32Array {
  const { width, height } = rgb;
  const certain = probability.map((p) => smoothstep(0.35, 0.65, p));
  keepLargeParts(certain, width, height, Math.round(pictureSize / 60));
  const radius = pictureSize / 110;
  const coarse = filterGuided(rgb, certain, radius, EPSILON_COARSE, 2);
  for (let i = 0; i < coarse.length; i++) coarse[i] = smoothstep(0.15, 0.85, coarse[i]!);
  const fine = filterGuided(rgb, coarse, radius / 2, EPSILON_FINE, 1);
  for (let i = 0; i < fine.length; i++) fine[i] = smoothstep(0.12, 0.88, fine[i]!);
  return fine;
}

/** Zeroes what is farther than `margin` pixels from the large connected parts. */
function keepLargeParts(mask: Float32Array, width: number, height: number, margin: number): void {
  const inside = maskAbove(mask, 0.5);
  const { labels, sizes } = labelComponents(inside, width, height);
  const sizeMin = COMPONENT_SHARE_MIN * Math.max(...sizes);
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === 1 && sizes[labels[i]!]! < sizeMin) inside[i] = 0;
  }
  const near = dilate(inside, width, height, margin);
  for (let i = 0; i < mask.length; i++) if (near[i] === 0) mask[i] = 0;
}
