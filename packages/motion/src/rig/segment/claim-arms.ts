/**
 * Makes arms as wide on the side of the body as they are on the free side: colours alone leave half
 * a sleeve with the shirt, or take a strip of the shirt along.
 */

import type { Limb } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { positionOnSegment } from '../../model/segment.ts';
import type { Appearance } from './appearance.ts';
import type { Figure } from './figure.ts';
import { PART, SIDES, type Side } from './parts.ts';
import { createTorsoFrame, type TorsoFrame } from './torso-frame.ts';

/** Shares of the bone's length between which a half width is believed. */
const HALF_WIDTH_RANGE = { arm: [0.1, 0.28], hand: [0.35, 0.7] } as const;
/** Inner pixels within this many half widths are arm, beyond the second they are trunk. */
const CLAIM = 0.9;
const RELEASE = 1.2;
/** The upper arm is left alone up to here, where it is one with the shoulder. */
const UPPER_START = 0.35;
/** Pixels farther from the spine than this many trunk widths are never trunk. */
const TRUNK_V_MAX = 0.62;

/** The hand is thought this much longer than from wrist to its joint. */
const HAND_REACH = 1.7;

type ArmBone = {
  a: Point;
  b: Point;
  start: number;
  halfWidth: number;
  inner: number;
  isHand: boolean;
};

/** Labels with both sides of each moving arm evened out; `excess` is that of `measureExcess`. */
export function claimArms(
  figure: Figure,
  appearance: Appearance,
  labels: Int8Array,
  excess: readonly Float32Array[],
  frozen: readonly Limb[],
): Int8Array {
  const result = Int8Array.from(labels);
  const torso = createTorsoFrame(figure.joints);
  for (const side of SIDES) {
    if (frozen.includes(`${side}Arm`)) continue;
    const bones = armBones(figure, side, appearance.isHandVisible[side], torso);
    if (bones.length > 0) claimArm(figure, result, excess, PART[`${side}Arm`], bones, torso);
  }
  return result;
}

/**
 * Upper arm and forearm with their width on the free side; a bone whose free side cannot be seen is
 * left out.
 */
function armBones(
  figure: Figure,
  side: Side,
  isHandVisible: boolean,
  torso: TorsoFrame,
): ArmBone[] {
  const shoulder = jointAt(figure.joints, `${side}Shoulder`);
  const elbow = jointAt(figure.joints, `${side}Elbow`);
  const wrist = jointAt(figure.joints, `${side}Wrist`);
  const bones: ArmBone[] = [];
  const tip = between(wrist, jointAt(figure.joints, `${side}Hand`), HAND_REACH);
  for (const [a, b, start] of [
    [shoulder, elbow, UPPER_START],
    [elbow, wrist, 0],
    [wrist, tip, 0],
  ] as const) {
    const isHand = b === tip;
    if (isHand && !isHandVisible) continue;
    const inner = innerSign(a, b, torso);
    const halfWidth = measureFreeSide(
      figure,
      a,
      b,
      -inner,
      HALF_WIDTH_RANGE[isHand ? 'hand' : 'arm'],
    );
    if (halfWidth !== null) bones.push({ a, b, start, halfWidth, inner, isHand });
  }
  return bones;
}

/**
 * Which perpendicular of the bone (+1: turned a quarter clockwise in the picture) points to the
 * spine.
 */
function innerSign(a: Point, b: Point, torso: TorsoFrame): number {
  const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  const [nx, ny] = [-(b.y - a.y), b.x - a.x];
  const away = Math.abs(torso.v(x + nx * 0.1, y + ny * 0.1)) - Math.abs(torso.v(x, y));
  return away > 0 ? -1 : 1;
}

/** Median distance from the bone to the background on one side, or null when there is none near. */
function measureFreeSide(
  figure: Figure,
  a: Point,
  b: Point,
  sign: number,
  [low, high]: readonly [number, number],
): number | null {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length < 4) return null;
  const normal = { x: (-(b.y - a.y) / length) * sign, y: ((b.x - a.x) / length) * sign };
  const { width, height } = figure.rgb;
  const distances = [0.4, 0.55, 0.7, 0.85].map((t) => {
    const [x, y] = [a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t];
    for (let d = 0; d < high * 1.6 * length; d++) {
      const px = Math.round(x + normal.x * d);
      const py = Math.round(y + normal.y * d);
      if (px < 0 || py < 0 || px >= width || py >= height) return Number.POSITIVE_INFINITY;
      if (figure.alpha[py * width + px]! < 0.5) return d;
    }
    return Number.POSITIVE_INFINITY;
  });
  const median = distances.sort((p, q) => p - q)[1]!;
  if (!Number.isFinite(median)) return null;
  return Math.min(high * length, Math.max(low * length, median));
}

function claimArm(
  figure: Figure,
  labels: Int8Array,
  excess: readonly Float32Array[],
  arm: number,
  bones: readonly ArmBone[],
  torso: TorsoFrame,
): void {
  const { width } = figure.rgb;
  const isLeg = (label: number): boolean => label === PART.leftLeg || label === PART.rightLeg;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== arm && label !== PART.torso && !isLeg(label)) continue;
    const x = i % width;
    const y = (i - x) / width;
    const nearest = measureAcross(bones, x, y);
    if (nearest === null) continue;
    const { across, isHand } = nearest;
    const isTrunkColour = excess[PART.torso]![i]! <= excess[arm]![i]!;
    const isBeside = across > RELEASE && Math.abs(torso.v(x, y)) < TRUNK_V_MAX;
    if (label === arm) {
      if (isBeside && isTrunkColour && !isHand) labels[i] = PART.torso;
    } else if (Math.abs(across) < CLAIM && (isHand || label === PART.torso)) labels[i] = arm;
  }
}

/**
 * Distance from the nearest bone in its half widths, positive towards the spine; null beyond the
 * ends of the bones.
 */
function measureAcross(
  bones: readonly ArmBone[],
  x: number,
  y: number,
): { across: number; isHand: boolean } | null {
  let best: { across: number; isHand: boolean } | null = null;
  for (const { a, b, start, halfWidth, inner, isHand } of bones) {
    const t = positionOnSegment(x, y, a.x, a.y, b.x, b.y);
    if (t < start || t > 1) continue;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const distance = (-(x - a.x) * (b.y - a.y) + (y - a.y) * (b.x - a.x)) / length;
    const across = (distance * inner) / halfWidth;
    if (best === null || Math.abs(across) < Math.abs(best.across)) best = { across, isHand };
  }
  return best;
}
