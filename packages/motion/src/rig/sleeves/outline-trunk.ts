/**
 * Guesses how the trunk goes on behind wide sleeves: as a robe falls, without dents where a sleeve
 * lies over it and without bumps where a fold of it was taken for trunk.
 */

import type { Limb } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { clamp } from '../../model/scalar.ts';
import { limbLength, limbRoot } from '../puppet/limb-plans.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { createTorsoFrame } from '../segment/torso-frame.ts';
import { findShadow } from './claim-sleeves.ts';

/** The outline begins at most this share of the arm's length above the shoulder, ... */
const START_SHARE = 0.15;
/** ... where the trunk reaches the joint but for this share of the shoulders' width. */
const SHOULDER_SHARE = 0.1;
/** Bumps lower than this share of the shoulders' width are folds of the sleeve. */
const BUMP_SHARE = 0.25;

/** Where the trunk ends on the side of one arm. */
export type TrunkOutline = {
  limb: Limb;
  /** First row of the outline. */
  top: number;
  /** Which way along a row leads away from the spine: +1 or -1. */
  outward: number;
  /** Last column of the trunk in each row from `top` on. */
  columns: Float32Array;
  /** 1 where the trunk that is seen lies in the shadow of the sleeve. */
  shadow: Uint8Array;
};

/** The outline of the trunk under each arm of `wide`; an arm without trunk beside it has none. */
export function outlineTrunk(
  figure: Figure,
  labels: Int8Array,
  wide: readonly Limb[],
): TrunkOutline[] {
  return wide.flatMap((limb) => {
    const outline = outlineSide(figure, labels, limb);
    return outline ? [{ ...outline, shadow: findShadow(figure, labels, limb) }] : [];
  });
}

/** Labels in which bumps of the trunk beyond its outlines belong to the arms. */
export function clipTrunk(
  labels: Int8Array,
  width: number,
  outlines: readonly TrunkOutline[],
): Int8Array {
  const result = Int8Array.from(labels);
  for (const outline of outlines) {
    for (let i = outline.top * width; i < labels.length; i++) {
      if (labels[i] === PART.torso && !isWithin(outline, i, width)) result[i] = PART[outline.limb];
    }
  }
  return result;
}

/** 1 where the arm lies over the trunk. */
export function underSleeve(outline: TrunkOutline, labels: Int8Array, width: number): Uint8Array {
  const under = new Uint8Array(labels.length);
  for (let i = outline.top * width; i < labels.length; i++) {
    if (labels[i] === PART[outline.limb] && isWithin(outline, i, width)) under[i] = 1;
  }
  return under;
}

/** Whether a pixel below the top of the outline lies on its inner side. */
export function isWithin(
  { top, outward, columns }: TrunkOutline,
  i: number,
  width: number,
): boolean {
  const x = i % width;
  const y = (i - x) / width;
  return y >= top && (x - columns[y - top]!) * outward <= 0;
}

/**
 * How much of each pixel lies on the inner sides of all outlines, 0..1, so that edges are even
 * where the outline crosses columns.
 */
export function coverWithin(
  outlines: readonly TrunkOutline[],
  width: number,
  height: number,
): Float32Array {
  const cover = new Float32Array(width * height).fill(1);
  for (const { top, outward, columns } of outlines) {
    for (let i = top * width; i < cover.length; i++) {
      const x = i % width;
      const past = (x - columns[(i - x) / width - top]!) * outward;
      cover[i] = Math.min(cover[i]!, clamp(0.5 - past, 0, 1));
    }
  }
  return cover;
}

function outlineSide(
  figure: Figure,
  labels: Int8Array,
  limb: Limb,
): Omit<TrunkOutline, 'shadow'> | null {
  const { width, height } = figure.rgb;
  const root = limbRoot(figure.joints, limb);
  const outward = root.x > jointAt(figure.joints, 'neck').x ? 1 : -1;
  const last = lastRow(labels, width, height, PART[limb]);
  const unit = createTorsoFrame(figure.joints).width;
  let top = Math.max(0, Math.round(root.y - START_SHARE * limbLength(figure.joints, limb)));
  const shoulder = outward * root.x - SHOULDER_SHARE * unit;
  while (top < root.y && outermost(labels, width, top, outward) < shoulder) top++;
  if (last - top < 2) return null;
  const reaches = new Float32Array(last + 1 - top);
  for (let y = top; y <= last; y++) {
    reaches[y - top] = outermost(labels, width, y, outward);
  }
  const even = openValues(reaches, Math.round(BUMP_SHARE * unit));
  const columns = new Float32Array(height - top);
  const envelope = concaveEnvelope(even);
  for (let n = 0; n < columns.length; n++) {
    const reach = envelope[Math.min(n, envelope.length - 1)]!;
    columns[n] = outward * reach;
  }
  return { limb, top, outward, columns };
}

function lastRow(labels: Int8Array, width: number, height: number, arm: number): number {
  for (let y = height - 1; y >= 0; y--) {
    for (let x = 0; x < width; x++) if (labels[y * width + x] === arm) return y;
  }
  return -1;
}

/** The column of the outermost trunk of a row, times `outward`. */
function outermost(labels: Int8Array, width: number, y: number, outward: number): number {
  for (let n = 0; n < width; n++) {
    const x = outward > 0 ? width - 1 - n : n;
    if (labels[y * width + x] === PART.torso) return outward * x;
  }
  return Number.NEGATIVE_INFINITY;
}

/** Takes out peaks that are narrower than the window: the greatest of the least values. */
function openValues(values: Float32Array, window: number): Float32Array {
  const half = Math.max(1, window >> 1);
  const least = slide(values, half, Math.min);
  return slide(least, half, Math.max);
}

function slide(
  values: Float32Array,
  half: number,
  choose: (a: number, b: number) => number,
): Float32Array {
  return values.map((_, i) => {
    let best = values[i]!;
    for (let k = Math.max(0, i - half); k <= Math.min(values.length - 1, i + half); k++) {
      best = choose(best, values[k]!);
    }
    return best;
  });
}

/** The least concave curve over the values (upper hull, Andrew 1979). */
function concaveEnvelope(values: Float32Array): Float32Array {
  const hull: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    while (hull.length >= 2) {
      const [a, b] = [hull[hull.length - 2]!, hull[hull.length - 1]!];
      const rise = (values[b]! - values[a]!) * (i - a);
      if (rise > (values[i]! - values[a]!) * (b - a)) break;
      hull.pop();
    }
    hull.push(i);
  }
  const result = Float32Array.from(values);
  for (let n = 0; n + 1 < hull.length; n++) {
    const [a, b] = [hull[n]!, hull[n + 1]!];
    for (let i = a; i <= b; i++) {
      result[i] = values[a]! + ((values[b]! - values[a]!) * (i - a)) / (b - a);
    }
  }
  return result;
}
