/**
 * Guesses the side of an arm that hangs half behind the trunk: it gets the width of its partner, so
 * that no thin arm comes out when it swings away.
 */

import { LIMBS, type Limb } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt, jointDistance } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { median } from '../../model/percentile.ts';
import { clamp, mix } from '../../model/scalar.ts';
import { positionOnSegment } from '../../model/segment.ts';
import { centreJoints } from '../segment/centre-joints.ts';
import { spreadLabels } from '../segment/clean-labels.ts';
import { colourAt, colourDistance, type Figure } from '../segment/figure.ts';
import { PART, sideOf } from '../segment/parts.ts';

/** Widths are measured at so many places of each bone. */
const PLACES = 16;
/** What is missing is evened over so many places on either side. */
const EVEN_REACH = 3;
/** An arm is looked for within this share of the bone's length beside it. */
const SEARCH_SHARE = 0.32;
/** The upper arm is left alone up to here, where it is one with the shoulder. */
const UPPER_START = 0.4;
/** A guess adds at least this share of the partner's width, and at most the second. */
const MISSING_RANGE = [0.12, 0.6] as const;
/** How unlike in size the two arms may be, seen from the front. */
const RATIO_RANGE = [0.85, 1.15] as const;
/** A sleeve, whose width says nothing, differs from the forearm by this much (0..441). */
const SLEEVE_MIN = 60;
const SOLID = 0.5;

type Bone = { a: Point; b: Point; start: number };
/** What is seen of an arm across one place of its bone, in pixels from the bone. */
type Run = { low: number; high: number; isLowHidden: boolean; isHighHidden: boolean };
/** Across one place of a bone: where the arm is seen to end, and how much farther it goes on. */
type Side = { edge: number; missing: number; sign: number };

/** Arms with what the trunk hides of them. */
export type CompleteArms = {
  /** The figure with elbows and wrists in the middle of whole arms. */
  figure: Figure;
  /** Pixels of other parts, 1, under which an arm goes on; of arms that do. */
  hidden: Partial<Record<Limb, Uint8Array>>;
};

/**
 * What is hidden of `arms`, and the figure with their joints in the middle of seen and hidden: an
 * elbow at the rim would swing the hidden side around it as a club. At segmentation size.
 */
export function completeArms(
  figure: Figure,
  labels: Int8Array,
  arms: readonly Limb[],
): CompleteArms {
  const hidden: CompleteArms['hidden'] = {};
  const spread = spreadLabels(labels, figure.rgb.width, figure.rgb.height);
  const whole = Int8Array.from(spread);
  for (const arm of arms) {
    const extend = extendArmUnderTrunk(figure, spread, arm);
    if (!extend.includes(1)) continue;
    hidden[arm] = extend;
    for (let i = 0; i < whole.length; i++) if (extend[i] === 1) whole[i] = PART[arm];
  }
  const others = LIMBS.filter((limb) => !hidden[limb]);
  // Of half an arm no detector knows the middle better.
  const joints = centreJoints(figure, whole, others, 0);
  return { figure: { ...figure, joints }, hidden };
}

/**
 * Pixels of other parts, 1, under which an arm goes on. `labels` are those of all pixels, also
 * outside of the matte; at segmentation size.
 */
export function extendArmUnderTrunk(figure: Figure, labels: Int8Array, arm: Limb): Uint8Array {
  const partner: Limb = arm === 'leftArm' ? 'rightArm' : 'leftArm';
  const own = bonesOf(figure, arm);
  const ratio = sizeRatio(figure, arm, partner);
  const runs = own.flatMap((bone) => measureRuns(figure, labels, arm, bone));
  const others = bonesOf(figure, partner).flatMap((bone) =>
    measureRuns(figure, labels, partner, bone),
  );
  const sides = runs.map((run, n) => findMissing(run, others[n]!, ratio));
  const missing = even(sides.map((side) => side.missing));
  const extend = new Uint8Array(labels.length);
  if (!missing.some((it) => it > 1)) return extend;
  // The new edge shall be even, not what is added to an edge that is torn.
  const ends = even(sides.map(({ edge, sign }, n) => edge + sign * missing[n]!));
  const evened = sides.map((side, n) => ({
    ...side,
    missing: missing[n]! > 1 ? Math.max(0, side.sign * (ends[n]! - side.edge)) : missing[n]!,
  }));
  paintMissing(figure, labels, extend, PART[arm], own, evened);
  return extend;
}

function bonesOf({ joints }: Figure, arm: Limb): Bone[] {
  const side = sideOf(arm);
  const [shoulder, elbow, wrist] = (['Shoulder', 'Elbow', 'Wrist'] as const).map((name) =>
    jointAt(joints, `${side}${name}`),
  ) as [Point, Point, Point];
  return [
    { a: shoulder, b: elbow, start: UPPER_START },
    { a: elbow, b: wrist, start: 0 },
  ];
}

/** Size of one arm over that of the other, by the lengths of their bones. */
function sizeRatio({ joints }: Figure, arm: Limb, partner: Limb): number {
  const lengthOf = (limb: Limb): number => {
    const side = sideOf(limb);
    return (
      jointDistance(joints, `${side}Shoulder`, `${side}Elbow`) +
      jointDistance(joints, `${side}Elbow`, `${side}Wrist`)
    );
  };
  return clamp(lengthOf(arm) / Math.max(1, lengthOf(partner)), ...RATIO_RANGE);
}

/** Only an arm that ends at the background on one side and at the body on the other goes on. */
function findMissing(run: Run | null, other: Run | null, ratio: number): Side {
  if (run === null) return { edge: 0, missing: 0, sign: 1 };
  const sign = run.isLowHidden ? -1 : 1;
  const edge = run.isLowHidden ? run.low : run.high;
  if (other === null || run.isLowHidden === run.isHighHidden) return { edge, missing: 0, sign };
  const target = ratio * (other.high - other.low);
  const lacks = target - (run.high - run.low);
  const [least, most] = MISSING_RANGE;
  return { edge, missing: lacks < least * target ? 0 : Math.min(lacks, most * target), sign };
}

/** Median, so that single places do not count, then mean, so that the new edge is smooth. */
function even(values: readonly number[]): number[] {
  const around = (of: readonly number[], n: number): number[] =>
    of.slice(Math.max(0, n - EVEN_REACH), n + EVEN_REACH + 1);
  const usual = values.map((_, n) => median(around(values, n)));
  return usual.map((_, n) => {
    const near = around(usual, n);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** The arm across each place of a bone; null where it is not found. */
function measureRuns(figure: Figure, labels: Int8Array, arm: Limb, bone: Bone): (Run | null)[] {
  const [, forearm] = bonesOf(figure, arm) as [Bone, Bone];
  const bare = colourAt(figure, between(forearm.a, forearm.b, 0.5));
  return Array.from({ length: PLACES }, (_, n) => {
    const t = (n + 0.5) / PLACES;
    if (t < bone.start) return null;
    const colour = colourAt(figure, between(bone.a, bone.b, t));
    if (!colour || !bare || colourDistance(colour, bare) > SLEEVE_MIN) return null;
    return measureRun(figure, labels, PART[arm], bone, t);
  });
}

function measureRun(
  { rgb: { width, height }, alpha }: Figure,
  labels: Int8Array,
  part: number,
  { a, b }: Bone,
  t: number,
): Run | null {
  const length = Math.max(1, Math.hypot(b.x - a.x, b.y - a.y));
  const normal = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length };
  const middle = between(a, b, t);
  const indexAt = (across: number): number => {
    const x = Math.round(middle.x + across * normal.x);
    const y = Math.round(middle.y + across * normal.y);
    return x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x;
  };
  const isSolid = (across: number): boolean => (alpha[indexAt(across)] ?? 0) > SOLID;
  const isArm = (across: number): boolean => isSolid(across) && labels[indexAt(across)] === part;
  const reach = Math.round(SEARCH_SHARE * length);
  let start = 0;
  while (start <= reach && !isArm(start) && !isArm(-start)) start++;
  if (start > reach) return null;
  if (!isArm(start)) start = -start;
  let [low, high] = [start, start];
  while (high < 2 * reach && isArm(high + 1)) high++;
  while (low > -2 * reach && isArm(low - 1)) low--;
  const isHidden = (across: number): boolean => indexAt(across) >= 0 && isSolid(across);
  return {
    low: low - 0.5,
    high: high + 0.5,
    isLowHidden: isHidden(low - 2),
    isHighHidden: isHidden(high + 2),
  };
}

function paintMissing(
  { rgb: { width }, alpha }: Figure,
  labels: Int8Array,
  extend: Uint8Array,
  part: number,
  bones: readonly Bone[],
  sides: readonly Side[],
): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === part || alpha[i]! <= SOLID) continue;
    const x = i % width;
    const y = (i - x) / width;
    const { bone, t, across } = measureAcross(bones, x, y);
    const place = bone * PLACES + t * PLACES - 0.5;
    const before = clamp(Math.floor(place), 0, sides.length - 1);
    const after = Math.min(before + 1, sides.length - 1);
    const share = clamp(place - before, 0, 1);
    const missing = mix(sides[before]!.missing, sides[after]!.missing, share);
    const { sign } = sides[before]!;
    const beyond = sign * (across - mix(sides[before]!.edge, sides[after]!.edge, share));
    if (missing > 1 && beyond > -1 && beyond < missing) extend[i] = 1;
  }
}

/** The nearest bone, where along it a place lies, and how far beside it, clockwise of it. */
function measureAcross(
  bones: readonly Bone[],
  x: number,
  y: number,
): { bone: number; t: number; across: number } {
  let best = { bone: 0, t: 0, across: Number.POSITIVE_INFINITY };
  for (const [bone, { a, b }] of bones.entries()) {
    const t = clamp(positionOnSegment(x, y, a.x, a.y, b.x, b.y), 0, 1 - 1e-6);
    const on = between(a, b, t);
    const away = Math.hypot(x - on.x, y - on.y);
    if (away >= Math.abs(best.across)) continue;
    const side = -(x - a.x) * (b.y - a.y) + (y - a.y) * (b.x - a.x);
    best = { bone, t, across: side < 0 ? -away : away };
  }
  return best;
}
