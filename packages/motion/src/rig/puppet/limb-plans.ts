/**
 * Decides for each limb whether it moves, and whether it can share the mesh of the body or needs a
 * layer of its own.
 */

import { blurBox } from '../../model/blur.ts';
import { type Framing, type JointPositions, LIMBS, type Limb } from '../../model/character.ts';
import type { Finding } from '../../model/finding.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { landmarkAt } from '../../model/landmarks.ts';
import { POSE, type Pose } from '../../model/pose.ts';
import { isInside } from '../framing.ts';
import type { Figure } from '../segment/figure.ts';
import { isArm, PART, SIDES, type Side, sideOf } from '../segment/parts.ts';
import { createTorsoFrame } from '../segment/torso-frame.ts';

/** A joint less visible than this is hidden behind the body. */
const HIDDEN_MAX = 0.2;
/** A wrist inside this box of the trunk lies on it: folded or clasped hands. */
const FOLDED_V_MAX = 0.42;
const FOLDED_U_RANGE = [-0.35, 0.95] as const;
/** Contact nearer to the root than this share of the limb's length is the joint itself. */
const ROOT_SHARE = { arm: 0.3, leg: 0.58 } as const;
/**
 * Touching pixels (at segmentation size of a 640 pixel figure) from which a shared mesh would web.
 */
const CONTACT_MAX = 8;
/** Parts nearer than this many pixels of segmentation share cells of the mesh. */
const CONTACT_RADIUS = 3;

export type FrozenLimb = { limb: Limb; finding: Finding | null };
export type LimbMode = 'merged' | 'layer' | 'frozen';
export type LimbModes = Record<Limb, LimbMode>;

const LIMB_NAMES: Record<Limb, string> = {
  leftArm: 'left arm',
  rightArm: 'right arm',
  leftLeg: 'left leg',
  rightLeg: 'right leg',
};

/**
 * Limbs that cannot move in this picture, each with the finding that says why (none where the
 * framing says it already).
 */
export function findFrozenLimbs(
  pose: Pose,
  joints: JointPositions,
  framing: Framing,
  width: number,
  height: number,
): FrozenLimb[] {
  const frozen: FrozenLimb[] = [];
  for (const limb of LIMBS) {
    const isCut = isArm(limb) ? framing === 'head-and-shoulders' : framing !== 'full-body';
    if (isCut) {
      frozen.push({ limb, finding: null });
      continue;
    }
    const reason = isArm(limb)
      ? whyArmIsFrozen(pose, joints, sideOf(limb), width, height)
      : whyLegIsFrozen(joints, sideOf(limb), width, height);
    if (reason !== null) frozen.push({ limb, finding: describeFrozen(limb, reason) });
  }
  return frozen;
}

/** The warning that a limb is held still. */
export function describeFrozen(limb: Limb, reason: string): Finding {
  return {
    code: 'limb_frozen',
    severity: 'warning',
    message:
      `The ${LIMB_NAMES[limb]} of the character does not move because ${reason}; ` +
      'use a picture in which all limbs can be seen apart from the body.',
  };
}

function whyArmIsFrozen(
  pose: Pose,
  joints: JointPositions,
  side: Side,
  width: number,
  height: number,
): string | null {
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  if (!isInside(elbow, width, height)) return `its elbow is outside of the picture`;
  if (!isInside(wrist, width, height)) return `its wrist is outside of the picture`;
  // At the lower border it may move: half bodies often hang their hands out of the picture there.
  const hand = jointAt(joints, `${side}Hand`);
  if (hand.x < 0 || hand.x >= width) return `its hand is cut by the side of the picture`;
  const visibility = Math.min(
    landmarkAt(pose, POSE[`${side}Elbow`]).visibility,
    landmarkAt(pose, POSE[`${side}Wrist`]).visibility,
  );
  if (visibility < HIDDEN_MAX) {
    return `it is hidden (seen with ${visibility.toFixed(2)}, needs ${HIDDEN_MAX})`;
  }
  const torso = createTorsoFrame(joints);
  const u = torso.u(wrist.x, wrist.y);
  const v = torso.v(wrist.x, wrist.y);
  const [low, high] = FOLDED_U_RANGE;
  if (Math.abs(v) < FOLDED_V_MAX && u > low && u < high) {
    const seen = Math.abs(v).toFixed(2);
    return `its hand lies on the body (${seen} shoulder widths from the spine, needs ${FOLDED_V_MAX})`;
  }
  return null;
}

function whyLegIsFrozen(
  joints: JointPositions,
  side: Side,
  width: number,
  height: number,
): string | null {
  if (!isInside(jointAt(joints, `${side}Knee`), width, height)) {
    return `its knee is outside of the picture`;
  }
  if (!isInside(jointAt(joints, `${side}Ankle`), width, height)) {
    return `its ankle is outside of the picture`;
  }
  return null;
}

/**
 * A limb that touches other parts beyond its root gets a layer of its own; so do legs under a
 * skirt.
 */
export function planLimbs(
  figure: Figure,
  labels: Int8Array,
  frozen: readonly Limb[],
  isSkirt: boolean,
): LimbModes {
  const modes: LimbModes = {
    leftArm: 'merged',
    rightArm: 'merged',
    leftLeg: 'merged',
    rightLeg: 'merged',
  };
  const contactMax = CONTACT_MAX * Math.max(0.5, figure.rgb.height / 640);
  for (const limb of LIMBS) {
    if (frozen.includes(limb)) modes[limb] = 'frozen';
    else if (!isArm(limb) && isSkirt) modes[limb] = 'layer';
    else if (countContact(figure, labels, limb) >= contactMax) modes[limb] = 'layer';
  }
  // Legs touch each other: one layer alone would leave the other's web.
  if (SIDES.some((side) => modes[`${side}Leg`] === 'layer')) {
    for (const side of SIDES) if (modes[`${side}Leg`] === 'merged') modes[`${side}Leg`] = 'layer';
  }
  return modes;
}

export function limbRoot(joints: JointPositions, limb: Limb): Point {
  return jointAt(joints, `${sideOf(limb)}${isArm(limb) ? 'Shoulder' : 'Hip'}`);
}

/** Length by which distances from the root are judged: of the whole arm, of the thigh. */
export function limbLength(joints: JointPositions, limb: Limb): number {
  const side = sideOf(limb);
  const chain = isArm(limb)
    ? [
        jointAt(joints, `${side}Shoulder`),
        jointAt(joints, `${side}Elbow`),
        jointAt(joints, `${side}Wrist`),
      ]
    : [jointAt(joints, `${side}Hip`), jointAt(joints, `${side}Knee`)];
  let length = 0;
  for (let i = 1; i < chain.length; i++) {
    length += Math.hypot(chain[i]!.x - chain[i - 1]!.x, chain[i]!.y - chain[i - 1]!.y);
  }
  return Math.max(1, length);
}

/** Pixels of the limb that are near another part although they are far from the limb's root. */
function countContact(figure: Figure, labels: Int8Array, limb: Limb): number {
  const { width, height } = figure.rgb;
  const others = new Float32Array(labels).map((label) =>
    label >= 0 && label !== PART[limb] ? 1 : 0,
  );
  const near = blurBox(others, width, height, CONTACT_RADIUS);
  const root = limbRoot(figure.joints, limb);
  const share = isArm(limb) ? ROOT_SHARE.arm : ROOT_SHARE.leg;
  const distanceMin = share * limbLength(figure.joints, limb);
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== PART[limb] || near[i]! < 0.01) continue;
    const x = i % width;
    const y = (i - x) / width;
    if (Math.hypot(x - root.x, y - root.y) > distanceMin) count++;
  }
  return count;
}
