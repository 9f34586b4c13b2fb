/**
 * Takes out of a matte what looks exactly like the background: halos along the outline and gaps
 * beside the arms.
 */

import { blurBox } from '../../model/blur.ts';
import type { Rgb } from '../../model/rgb.ts';
import { clamp, smoothstep } from '../../model/scalar.ts';
import { dilate, labelComponents, maskAbove } from '../pixels/binary.ts';

/** Pixels nearer than this to a plain background (0..441) are background. */
const SAME_MAX = 17;
/** From here to this much farther alpha fades in. */
const FADE = 11;
const HUE_WEIGHT = 2;
/** From what was taken smooth colours are taken up to this many times as far from the estimate, */
const CREEP_FACTOR = 1.8;
/** if they change by no more than this from pixel to pixel (L1, 0..765), over so many pixels. */
const CREEP_CHANGE_MAX = 14;
/** ... or, in a narrow gap between shadows, by this. */
const GAP_CHANGE_MAX = 30;
const CREEP_STEPS = 30;
/** A wall in shadow is darker than its estimate by no more than this (0..255) ... */
const SHADE_MAX = 64;
/** ... and has its hue to within this. */
const SHADE_HUE_MAX = 9;
/** Gaps inside the figure must be nearer by this factor: there colours are all there is. */
const GAP_FACTOR = 0.6;
/** A background of this standard deviation around a place is plain; of the second, it is not. */
const PLAIN_RANGE = [8, 20] as const;
/** "Around" means within this share of the figure's longer side, */
const AROUND_SHARE = 1 / 14;
/** or within so many times that where nothing nearer is known: between legs, beside a waist. */
const WIDER = 1.5;
/** At least this share of what is around must be known. */
const KNOWN_SHARE_MIN = 0.02;
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
  const difference = alpha.map((_, i) => measureDifference(rgb, plate, i));
  const same = plainness.map((share) => share * SAME_MAX);
  const alike = maskWhere(alpha.length, (i) => difference[i]! < same[i]!);
  const certain = maskWhere(alpha.length, (i) => difference[i]! < GAP_FACTOR * same[i]!);
  const rim = floodFromOutside(alike, alpha, width, height, depth);
  const taken = floodFurther(rim, certain, alpha, width, height, depth);
  takeGaps(taken, certain, gaps, width, height);
  const open = maskWhere(alpha.length, (i) => taken[i] === 1 || alpha[i]! < 0.1);
  creep(taken, open, rgb, gaps, (i) => {
    if (difference[i]! < CREEP_FACTOR * same[i]!) return true;
    return gaps[i] === 1 && plainness[i]! > 0.5 && isShaded(rgb, plate, i);
  });
  const near = dilate(taken, width, height, 1);
  return difference.map((d, i) => {
    if (near[i] === 0) return 1;
    return taken[i] === 1 ? 0 : clamp((d - same[i]!) / FADE, 0, 1);
  });
}

/** Shading changes how bright a wall is, not its hue, so that hue counts more than brightness. */
function measureDifference(rgb: Rgb, plate: Rgb, i: number): number {
  const { light, hue } = compareWithPlate(rgb, plate, i);
  return Math.sqrt(3 * light * light + HUE_WEIGHT * HUE_WEIGHT * hue * hue);
}

/** How much brighter than the background a pixel is, and how much it differs besides. */
function compareWithPlate(
  { channels: [r, g, b] }: Rgb,
  { channels }: Rgb,
  i: number,
): { light: number; hue: number } {
  const [dr, dg, db] = [r[i]! - channels[0][i]!, g[i]! - channels[1][i]!, b[i]! - channels[2][i]!];
  const light = (dr + dg + db) / 3;
  return { light, hue: Math.hypot(dr - light, dg - light, db - light) };
}

function maskWhere(size: number, isSet: (i: number) => boolean): Uint8Array {
  const mask = new Uint8Array(size);
  for (let i = 0; i < size; i++) mask[i] = isSet(i) ? 1 : 0;
  return mask;
}

/**
 * 1 where the known background around a place has one colour, so that its estimate holds. Where
 * nothing near is known, it is as plain as the known background farther away.
 */
export function measurePlainness(rgb: Rgb, hidden: Uint8Array): Float32Array {
  const { width, height } = rgb;
  const radius = AROUND_SHARE * Math.max(width, height);
  const known = new Float32Array(hidden.length);
  for (let i = 0; i < known.length; i++) known[i] = 1 - hidden[i]!;
  const { share, variance } = measureAround(rgb, known, Math.round(radius));
  const isKnown = share.map((value) => (value < KNOWN_SHARE_MIN ? 0 : value));
  const weighted = variance.map((value, i) => value * isKnown[i]!);
  const wider = Math.round(WIDER * radius);
  const sums = blurBox(weighted, width, height, wider);
  const weights = blurBox(isKnown, width, height, wider);
  return variance.map((near, i) => {
    if (isKnown[i] === 0 && weights[i]! < 1e-4) return 0;
    const value = isKnown[i]! > 0 ? near : sums[i]! / weights[i]!;
    return smoothstep(PLAIN_RANGE[1], PLAIN_RANGE[0], Math.sqrt(Math.max(0, value)));
  });
}

/** Share of known pixels within a radius, and the mean variance of their channels. */
function measureAround(
  { width, height, channels }: Rgb,
  known: Float32Array,
  radius: number,
): { share: Float32Array; variance: Float32Array } {
  const share = blurBox(known, width, height, radius);
  const variance = new Float32Array(known.length);
  for (const channel of channels) {
    const first = known.map((k, i) => k * channel[i]!);
    const second = first.map((value, i) => value * channel[i]!);
    const mean = blurBox(first, width, height, radius);
    const square = blurBox(second, width, height, radius);
    for (let i = 0; i < variance.length; i++) {
      const k = Math.max(1e-3, share[i]!);
      variance[i]! += (square[i]! / k - (mean[i]! / k) ** 2) / 3;
    }
  }
  return { share, variance };
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
  const outside = maskAbove(
    alpha.map((a) => 1 - a),
    0.9,
  );
  return flood(outside, alike, width, height, depth);
}

/** Goes on from what was taken, as far again, through what is surely background. */
function floodFurther(
  rim: Uint8Array,
  certain: Uint8Array,
  alpha: Float32Array,
  width: number,
  height: number,
  depth: number,
): Uint8Array {
  const start = rim.map((value, i) => (value === 1 || alpha[i]! < 0.1 ? 1 : 0));
  const more = flood(start, certain, width, height, depth);
  return rim.map((value, i) => Math.max(value, more[i]!));
}

/** Pixels of `alike` that hang together with `start` over at most `depth` pixels. */
function flood(
  start: Uint8Array,
  alike: Uint8Array,
  width: number,
  height: number,
  depth: number,
): Uint8Array {
  const taken = new Uint8Array(start.length);
  let outside = start;
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

/**
 * Walks on from what was taken through smooth colours: the estimate of a background is wrong by a
 * constant more often than it is right, and a figure begins with a step.
 */
function creep(
  taken: Uint8Array,
  open: Uint8Array,
  { width, height, channels }: Rgb,
  gaps: Uint8Array,
  may: (i: number) => boolean,
): void {
  const [r, g, b] = channels;
  let front: number[] = [];
  for (let i = 0; i < open.length; i++) if (open[i] === 1) front.push(i);
  for (let step = 0; step < CREEP_STEPS && front.length > 0; step++) {
    const next: number[] = [];
    for (const i of front) {
      const x = i % width;
      for (const j of [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width]) {
        if (j < 0 || j >= width * height || open[j] === 1 || !may(j)) continue;
        const change = Math.abs(r[i]! - r[j]!) + Math.abs(g[i]! - g[j]!) + Math.abs(b[i]! - b[j]!);
        if (change > (gaps[j] === 1 ? GAP_CHANGE_MAX : CREEP_CHANGE_MAX)) continue;
        open[j] = 1;
        taken[j] = 1;
        next.push(j);
      }
    }
    front = next;
  }
}

/** A wall between arm and body lies in their shadow: darker, of the same hue. */
export function isShaded(rgb: Rgb, plate: Rgb, i: number): boolean {
  const { light, hue } = compareWithPlate(rgb, plate, i);
  return light > -SHADE_MAX && light < SHADE_MAX / 4 && hue < SHADE_HUE_MAX;
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
