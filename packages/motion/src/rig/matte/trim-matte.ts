/**
 * Takes out of a matte what looks exactly like the background: halos along the outline and gaps
 * beside the arms.
 */

import { blurBox } from '../../model/blur.ts';
import { colourDistanceAt, type Rgb } from '../../model/rgb.ts';
import { clamp, smoothstep } from '../../model/scalar.ts';
import { dilate, labelComponents, maskAbove } from '../pixels/binary.ts';

/** Pixels nearer than this to a plain background (0..441) are background. */
const SAME_MAX = 17;
/** From here to this much farther alpha fades in. */
const FADE = 11;
/** Gaps inside the figure must be nearer by this factor: there colours are all there is. */
const GAP_FACTOR = 0.6;
/** A background of this standard deviation around a place is plain; of the second, it is not. */
const PLAIN_RANGE = [8, 20] as const;
/** "Around" means within this share of the figure's longer side. */
const AROUND_SHARE = 1 / 14;
/** A gap must have this many pixels (at the size given, of a 640 pixel figure). */
const GAP_PIXELS_MIN = 24;

/**
 * Returns how much of `alpha` may stay, 0..1. `plate` is an estimate of the background, `gaps` is 1
 * where the matte may have closed a gap (between arm and trunk). Elsewhere only what hangs together
 * with the outside over at most `depth` pixels is taken: the middle of a white shirt before a white
 * wall stays.
 */
export function measureTrim(
  rgb: Rgb,
  alpha: Float32Array,
  plate: Rgb,
  plainness: Float32Array,
  gaps: Uint8Array,
  depth: number,
): Float32Array {
  const { width, height } = rgb;
  const difference = alpha.map((_, i) => colourDistanceAt(rgb, plate, i));
  const same = plainness.map((share) => share * SAME_MAX);
  const alike = maskWhere(alpha.length, (i) => difference[i]! < same[i]!);
  const certain = maskWhere(alpha.length, (i) => difference[i]! < GAP_FACTOR * same[i]!);
  const taken = floodFromOutside(alike, alpha, width, height, depth);
  takeGaps(taken, certain, gaps, width, height);
  const near = dilate(taken, width, height, 1);
  return difference.map((d, i) => {
    if (near[i] === 0) return 1;
    return taken[i] === 1 ? 0 : clamp((d - same[i]!) / FADE, 0, 1);
  });
}

function maskWhere(size: number, isSet: (i: number) => boolean): Uint8Array {
  const mask = new Uint8Array(size);
  for (let i = 0; i < size; i++) mask[i] = isSet(i) ? 1 : 0;
  return mask;
}

/** 1 where the known background around a place has one colour, so that its estimate holds. */
export function measurePlainness(rgb: Rgb, hidden: Uint8Array): Float32Array {
  const { width, height } = rgb;
  const radius = Math.round(AROUND_SHARE * Math.max(width, height));
  const known = new Float32Array(hidden.length);
  for (let i = 0; i < known.length; i++) known[i] = 1 - hidden[i]!;
  const share = blurBox(known, width, height, radius);
  const variance = new Float32Array(known.length);
  for (const channel of rgb.channels) {
    const first = known.map((k, i) => k * channel[i]!);
    const second = first.map((value, i) => value * channel[i]!);
    const mean = blurBox(first, width, height, radius);
    const square = blurBox(second, width, height, radius);
    for (let i = 0; i < variance.length; i++) {
      const k = Math.max(1e-3, share[i]!);
      variance[i]! += (square[i]! / k - (mean[i]! / k) ** 2) / 3;
    }
  }
  return variance.map((value, i) => {
    if (share[i]! < 0.02) return 0;
    return smoothstep(PLAIN_RANGE[1], PLAIN_RANGE[0], Math.sqrt(Math.max(0, value)));
  });
}

/**
 * Walks inwards from where the matte is empty, step by step through pixels that look like
 * background.
 */
function floodFromOutside(
  alike: Uint8Array,
  alpha: Float32Array,
  width: number,
  height: number,
  depth: number,
): Uint8Array {
  const taken = new Uint8Array(alpha.length);
  let outside = maskAbove(
    alpha.map((a) => 1 - a),
    0.9,
  );
  for (let step = 0; step < depth; step++) {
    let grew = false;
    const reach = dilate(outside, width, height, 1);
    for (let i = 0; i < reach.length; i++) {
      if (reach[i] === 0 || outside[i] === 1) continue;
      if (alike[i] === 0) reach[i] = 0;
      else {
        taken[i] = 1;
        grew = true;
      }
    }
    outside = reach;
    if (!grew) break;
  }
  return taken;
}

/** Background-like patches between arm and trunk that are too large to be chance. */
function takeGaps(
  taken: Uint8Array,
  alike: Uint8Array,
  gaps: Uint8Array,
  width: number,
  height: number,
): void {
  const candidates = gaps.map((gap, i) => (gap === 1 && alike[i] === 1 ? 1 : 0));
  const { labels, sizes } = labelComponents(candidates, width, height);
  const sizeMin = GAP_PIXELS_MIN * Math.max(1, (height / 640) ** 2);
  for (let i = 0; i < taken.length; i++) {
    if (candidates[i] === 1 && sizes[labels[i]!]! >= sizeMin) taken[i] = 1;
  }
}
