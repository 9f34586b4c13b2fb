/** Adds to a matte what the model missed at the hands and the head: fingertips, ears, hair. */

import { blurBox } from '../../model/blur.ts';
import type { Point } from '../../model/geometry.ts';
import { growPlane, shrinkPlane } from '../../model/resize.ts';
import { dilate, labelComponents, maskAbove, paintDisc } from '../pixels/binary.ts';
import { filterGuided } from '../pixels/guided-filter.ts';
import { fillHarmonic } from '../pixels/harmonic-fill.ts';
import { pullPush } from '../pixels/pull-push.ts';
import { type Rgb, shrinkRgb } from '../pixels/rgb.ts';

/** A place where the matte is worth a second look. */
export type Disc = Point & { radius: number };

/**
 * A pixel must differ from the background by this much (sum of squares root, 0..441) to be added.
 */
const DIFFERENCE_MIN = 34;
/** ... and by this many times the unrest of the background around it. */
const DIFFERENCE_PER_UNREST = 14;
/** ... and be nearer to the person's colour than to the background's by this factor. */
const FOREGROUND_FACTOR = 0.9;
/** The background is only compared with here, so that a rougher fill will do. */
const ESTIMATE_SWEEPS = 16;

/**
 * Works at `1 / factor` of the size and only inside the discs: elsewhere it would pick up shadows
 * and wall edges. `dilation` is how far, in pixels of `rgb`, the background estimate keeps away
 * from the matte.
 */
export function refineMatte(
  rgb: Rgb,
  alpha: Float32Array,
  discs: readonly Disc[],
  dilation: number,
  factor: number,
): Float32Array {
  if (discs.length === 0) return alpha;
  const small = shrinkRgb(rgb, factor);
  const { width, height } = small;
  const smallAlpha = shrinkPlane(alpha, rgb.width, rgb.height, factor).data;
  const zone = new Uint8Array(width * height);
  for (const { x, y, radius } of discs) {
    paintDisc(zone, width, height, x / factor, y / factor, radius / factor);
  }
  const inside = maskAbove(smallAlpha, 0.03);
  const hidden = dilate(inside, width, height, Math.round(dilation / factor));
  const found = findMissed(small, smallAlpha, zone, hidden);
  const added = keepTouching(found, smallAlpha, width, height);
  if (!added.includes(1)) return alpha;
  const union = smallAlpha.map((a, i) => Math.max(a, added[i]!));
  const soft = filterGuided(small, union, 4, 1e-4, 1);
  return mergeInside(alpha, rgb, growPlane(soft, width, height, factor, rgb.width, rgb.height), {
    zone,
    width,
    factor,
  });
}

/** Candidates: unlike the background, unlike its unrest, and more like the person. */
function findMissed(
  rgb: Rgb,
  alpha: Float32Array,
  zone: Uint8Array,
  hidden: Uint8Array,
): Uint8Array {
  const { width, height } = rgb;
  const plate = fillHarmonic(rgb, hidden, ESTIMATE_SWEEPS);
  const solid = alpha.map((a) => (a > 0.97 ? 1 : 0));
  const foreground = pullPush(rgb, solid);
  const unrest = measureUnrest(plate, hidden);
  const found = new Uint8Array(width * height);
  for (let i = 0; i < found.length; i++) {
    if (zone[i] === 0 || hidden[i] === 0 || alpha[i]! > 0.5) continue;
    const e = distanceAt(rgb, plate, i);
    const f = distanceAt(rgb, foreground, i);
    const floor = Math.max(DIFFERENCE_MIN, DIFFERENCE_PER_UNREST * unrest[i]!);
    if (e > floor && f < FOREGROUND_FACTOR * e) found[i] = 1;
  }
  return found;
}

function distanceAt(a: Rgb, b: Rgb, i: number): number {
  const [ar, ag, ab] = a.channels;
  const [br, bg, bb] = b.channels;
  return Math.hypot(ar[i]! - br[i]!, ag[i]! - bg[i]!, ab[i]! - bb[i]!);
}

/** Mean size of the gradient of the known background around each pixel. */
function measureUnrest(plate: Rgb, hidden: Uint8Array): Float32Array {
  const { width, height } = plate;
  const green = plate.channels[1];
  const gradient = new Float32Array(width * height);
  const known = new Float32Array(width * height);
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const i = y * width + x;
      if (hidden[i] === 1 || hidden[i + 1] === 1 || hidden[i + width] === 1) continue;
      gradient[i] = Math.hypot(green[i + 1]! - green[i]!, green[i + width]! - green[i]!);
      known[i] = 1;
    }
  }
  const radius = Math.round(Math.max(width, height) / 16);
  const sums = blurBox(gradient, width, height, radius);
  const counts = blurBox(known, width, height, radius);
  return sums.map((sum, i) => sum / Math.max(1e-3, counts[i]!));
}

/** Keeps only the candidate parts that touch the matte. */
function keepTouching(
  found: Uint8Array,
  alpha: Float32Array,
  width: number,
  height: number,
): Uint8Array {
  const both = found.map((value, i) => (value === 1 || alpha[i]! > 0.5 ? 1 : 0));
  const { labels } = labelComponents(both, width, height);
  const touching = new Set<number>();
  for (let i = 0; i < both.length; i++) if (alpha[i]! > 0.5) touching.add(labels[i]!);
  return found.map((value, i) => (value === 1 && touching.has(labels[i]!) ? 1 : 0));
}

/** The larger of both mattes inside the zone, the old one outside. */
function mergeInside(
  alpha: Float32Array,
  rgb: Rgb,
  refined: Float32Array,
  small: { zone: Uint8Array; width: number; factor: number },
): Float32Array {
  return alpha.map((a, i) => {
    const x = i % rgb.width;
    const y = (i - x) / rgb.width;
    const j = Math.floor(y / small.factor) * small.width + Math.floor(x / small.factor);
    return small.zone[j] === 1 ? Math.max(a, refined[i]!) : a;
  });
}
