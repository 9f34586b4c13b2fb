/**
 * Keeps bent limbs thick: a vertex between two bones stays as far from their joint as it was, on
 * the outside of the bend.
 */

import { meanAngle, wrapAngle } from '../model/angles.ts';
import {
  BONES,
  INFLUENCES_MAX,
  type Joint,
  LIMB_BONES,
  type LimbBone,
} from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { clamp, smoothstep } from '../model/scalar.ts';

/** Marks a vertex that lies between no two bones. */
export const NO_PIVOT = 255;

/** The joint before and after each joint that bends. */
const NEIGHBOURS: Partial<Record<Joint, readonly [Joint, Joint]>> = {
  leftElbow: ['leftShoulder', 'leftWrist'],
  leftWrist: ['leftElbow', 'leftHand'],
  rightElbow: ['rightShoulder', 'rightWrist'],
  rightWrist: ['rightElbow', 'rightHand'],
  leftKnee: ['leftHip', 'leftAnkle'],
  leftAnkle: ['leftKnee', 'leftFoot'],
  rightKnee: ['rightHip', 'rightAnkle'],
  rightAnkle: ['rightKnee', 'rightFoot'],
};

/** A vertex this far (of the outgoing bone's length) beside the bones lies wholly on one side. */
const SIDE_SHARE = 0.08;
/** A bend of this many radians tells inside and outside apart. */
const BEND_CLEAR = 0.35;
/**
 * Between these bends (of {@link BEND_CLEAR}) the inside stops giving way and becomes a crease, in
 * which both bones keep their own side of the joint; there the change from one bone to the other
 * takes this share of the blend.
 */
const CREASE_BENDS = [1.4, 3.2] as const;
const CREASE_WIDTH = 0.16;

/**
 * The joint (index into JOINTS) between the two bones that carry a vertex, when they carry it
 * nearly alone.
 */
export function findPivot(indices: Uint8Array, weights: Float32Array, vertex: number): number {
  const at = vertex * INFLUENCES_MAX;
  const order = [0, 1, 2, 3].sort((a, b) => weights[at + b]! - weights[at + a]!);
  const first = at + order[0]!;
  const second = at + order[1]!;
  if (weights[second]! < 0.01 || weights[first]! + weights[second]! < 0.97) return NO_PIVOT;
  const joint = sharedJoint(indices[first]!, indices[second]!);
  return joint === null ? NO_PIVOT : JOINT_INDEX[joint];
}

function sharedJoint(first: number, second: number): Joint | null {
  const a = LIMB_BONES[BONES[first] as LimbBone];
  const b = LIMB_BONES[BONES[second] as LimbBone];
  if (a && b) {
    if (a[1] === b[0]) return a[1];
    return b[1] === a[0] ? b[1] : null;
  }
  // Cloth under the arm stretches straight from torso to sleeve: an arc about the shoulder would
  // blow it up.
  return null;
}

/** On which side of the bones a place of the bind pose lies: -1..1, positive clockwise of them. */
export function sideOfPivot(bind: Float32Array, pivot: number, x: number, y: number): number {
  const joint = jointOf(pivot);
  if (joint === null) return 0;
  const [before, after] = anglesAt(bind, joint);
  const middle = meanAngle([before, after]);
  const at = pivot * 2;
  const next = JOINT_INDEX[NEIGHBOURS[joint]![1]] * 2;
  const length = Math.hypot(bind[next]! - bind[at]!, bind[next + 1]! - bind[at + 1]!) || 1;
  const across = Math.cos(middle) * (y - bind[at + 1]!) - Math.sin(middle) * (x - bind[at]!);
  return clamp(across / (SIDE_SHARE * length), -1, 1);
}

/**
 * How much farther than in the bind pose each joint is bent, clockwise, in multiples of {@link
 * BEND_CLEAR}; one per joint.
 */
export function readBends(bind: Float32Array, joints: Float32Array): Float64Array {
  const bends = new Float64Array(bind.length / 2);
  for (const joint of Object.keys(NEIGHBOURS) as Joint[]) {
    const [bindBefore, bindAfter] = anglesAt(bind, joint);
    const [before, after] = anglesAt(joints, joint);
    const bend = after - before - (bindAfter - bindBefore);
    bends[JOINT_INDEX[joint]] = wrapAngle(bend) / BEND_CLEAR;
  }
  return bends;
}

/** Blends the places that two bones want for a vertex along the arc around their joint. */
export type PivotBlend = {
  /** Starts a vertex at the joint `pivot`, bent by `bend` as {@link readBends} says. */
  begin(pivot: number, joints: Float32Array, bend: number): void;
  add(bone: number, weight: number, x: number, y: number): void;
  /**
   * Moves the plainly blended place in `point` onto the arc, on the outside of the bend. Inside,
   * skin gives way; in a sharp bend it folds, so that the two bones overlap and no hole opens
   * between them.
   */
  round(side: number, point: Float64Array): void;
};

/**
 * Plain blending pulls the outside of a bent limb into its joint; going around the joint keeps the
 * elbow round.
 */
export function createPivotBlend(): PivotBlend {
  let pivot = 0;
  let pivotX = 0;
  let pivotY = 0;
  let bend = 0;
  let count = 0;
  let first = 0;
  let firstIsAfter = false;
  let turn = 0;
  let reach = 0;
  let crease = 0;
  let firstWeight = 0;
  let secondWeight = 0;
  let [firstX, firstY, secondX, secondY] = [0, 0, 0, 0];
  return {
    begin(joint, joints, jointBend) {
      pivot = joint;
      pivotX = joints[joint * 2]!;
      pivotY = joints[joint * 2 + 1]!;
      bend = clamp(jointBend, -1, 1);
      const bent = Math.abs(jointBend);
      crease = bent > CREASE_BENDS[0] ? smoothstep(...CREASE_BENDS, bent) : 0;
      count = 0;
      turn = 0;
      reach = 0;
    },
    add(bone, weight, x, y) {
      const angle = Math.atan2(y - pivotY, x - pivotX);
      // Many times faster than Math.hypot, whose care about huge numbers pixels do not need.
      reach += weight * Math.sqrt((x - pivotX) ** 2 + (y - pivotY) ** 2);
      if (count === 0) {
        first = angle;
        firstIsAfter = BONE_STARTS[bone] === pivot;
        firstX = x;
        firstY = y;
        firstWeight = weight;
      } else {
        if (count === 1) {
          secondX = x;
          secondY = y;
          secondWeight = weight;
        }
        turn += weight * directed(angle - first, firstIsAfter ? -bend : bend);
      }
      count += 1;
    },
    round(side, point) {
      const share = smoothstep(1, -1, side * bend);
      if (crease > 0 && count > 1) {
        const both = firstWeight + secondWeight;
        const plain = secondWeight / both;
        const sharp = smoothstep(0.5 - CREASE_WIDTH / 2, 0.5 + CREASE_WIDTH / 2, plain);
        const change = crease * (sharp - plain) * both;
        point[0]! += change * (secondX - firstX);
        point[1]! += change * (secondY - firstY);
      }
      const x = pivotX + reach * Math.cos(first + turn);
      const y = pivotY + reach * Math.sin(first + turn);
      point[0]! += share * (x - point[0]!);
      point[1]! += share * (y - point[1]!);
    },
  };
}

/** Index of the joint that each bone starts at; -1 for torso, head and ground. */
const BONE_STARTS = BONES.map((bone) => {
  const limb = LIMB_BONES[bone as LimbBone];
  return limb ? JOINT_INDEX[limb[0]] : -1;
});

/**
 * Brings an angle into half a turn; one of more than 2.2 radians goes round the way that the limb
 * bends.
 */
function directed(angle: number, bend: number): number {
  const wrapped = wrapAngle(angle);
  if (Math.abs(wrapped) < 2.2 || wrapped * bend >= 0) return wrapped;
  return wrapped - Math.sign(wrapped) * 2 * Math.PI;
}

function anglesAt(joints: Float32Array, joint: Joint): [number, number] {
  const [from, to] = NEIGHBOURS[joint]!;
  const at = JOINT_INDEX[joint] * 2;
  const a = JOINT_INDEX[from] * 2;
  const b = JOINT_INDEX[to] * 2;
  return [
    Math.atan2(joints[at + 1]! - joints[a + 1]!, joints[at]! - joints[a]!),
    Math.atan2(joints[b + 1]! - joints[at + 1]!, joints[b]! - joints[at]!),
  ];
}

function jointOf(pivot: number): Joint | null {
  const found = (Object.keys(NEIGHBOURS) as Joint[]).find((it) => JOINT_INDEX[it] === pivot);
  return found ?? null;
}
