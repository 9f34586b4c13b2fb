/** Finds hair that stands above the head, such as a bun, which models of the body tend to miss. */

import type { Rgb } from '../../model/rgb.ts';
import { dilate, labelComponents, paintDisc } from '../pixels/binary.ts';
import { fillHarmonic } from '../pixels/harmonic-fill.ts';
import { distanceToPalette, findPalette } from '../pixels/palette.ts';
import type { Disc } from './refine-matte.ts';

const CLUSTER_COUNT = 10;
/** Hair is at most this far (L1, 0..765) from a colour of the head. */
const COLOUR_DISTANCE_MAX = 90;
/** ... and nearer to it by this factor than to the background behind and around. */
const NEARER_FACTOR = 0.65;
/** What is nearer than this to the background may as well be background. */
const BACKGROUND_DISTANCE_MIN = 40;
const ESTIMATE_SWEEPS = 16;
/** Hair that stands begins this share of the disc's radius above its centre, the ears. */
const FOREHEAD_SHARE = 0.3;

/**
 * Returns 1 for pixels above the ears that have a colour of the head, and neither the colour of the
 * background behind them (filled in from around `disc`) nor one of the background around it.
 *
 * `solid` is 1 where the figure is certain, `hidden` where the background is not known.
 */
export function findHair(rgb: Rgb, solid: Uint8Array, hidden: Uint8Array, disc: Disc): Uint8Array {
  const { width, height } = rgb;
  const place = new Uint8Array(width * height);
  paintDisc(place, width, height, disc.x, disc.y, disc.radius);
  place.fill(0, Math.max(0, Math.floor(disc.y - FOREHEAD_SHARE * disc.radius)) * width);
  const unknown = hidden.map((value, i) => Math.max(value, place[i]!));
  const plate = fillHarmonic(rgb, unknown, ESTIMATE_SWEEPS);
  const palette = collectHead(rgb, solid, place);
  const around = findPalette(rgb, ringAround(place, unknown, rgb), CLUSTER_COUNT);
  const [r, g, b] = rgb.channels;
  const [pr, pg, pb] = plate.channels;
  const found = place.map((value, i) => {
    if (value === 0 || solid[i] === 1) return 0;
    const own = distanceToPalette(palette, r[i]!, g[i]!, b[i]!);
    const other = Math.abs(pr[i]! - r[i]!) + Math.abs(pg[i]! - g[i]!) + Math.abs(pb[i]! - b[i]!);
    const background = Math.min(distanceToPalette(around, r[i]!, g[i]!, b[i]!), other);
    const isHair =
      own < COLOUR_DISTANCE_MAX &&
      own < NEARER_FACTOR * background &&
      background > BACKGROUND_DISTANCE_MIN;
    return isHair ? 1 : 0;
  });
  return dropCrossing(found, place, width, height);
}

/** Drops what goes on outside the place: a beam or a branch behind the head, not hair. */
function dropCrossing(
  found: Uint8Array,
  place: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  const { labels } = labelComponents(found, width, height);
  const outside = place.map((value) => 1 - value);
  const border = dilate(outside, width, height, 2);
  const crossing = new Set<number>();
  for (let i = 0; i < found.length; i++) {
    if (found[i] === 1 && border[i] === 1) crossing.add(labels[i]!);
  }
  return found.map((value, i) => (value === 1 && !crossing.has(labels[i]!) ? 1 : 0));
}

/** Typical colours of what is certainly hair: the figure above the forehead. */
function collectHead(rgb: Rgb, solid: Uint8Array, place: Uint8Array): Float64Array {
  const indices: number[] = [];
  for (let i = 0; i < solid.length; i++) if (solid[i] === 1 && place[i] === 1) indices.push(i);
  return findPalette(rgb, indices, CLUSTER_COUNT);
}

/** Known background within a few pixels of the place. */
function ringAround(place: Uint8Array, unknown: Uint8Array, { width, height }: Rgb): number[] {
  const near = dilate(place, width, height, Math.max(4, Math.round(width / 20)));
  const ring: number[] = [];
  for (let i = 0; i < near.length; i++) if (near[i] === 1 && unknown[i] === 0) ring.push(i);
  return ring;
}
