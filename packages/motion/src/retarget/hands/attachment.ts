/** Says whether a borrowed hand hangs on the forearm that is drawn, whatever was tracked. */

import { wrapAngle } from '../../model/angles.ts';
import { mapPoint, writeBoneMatrix } from '../../model/bone-matrix.ts';
import { type Character, LIMB_BONES } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { distanceBetween } from '../../model/landmarks.ts';
import type { BorrowedHand } from '../../model/performance.ts';
import { clamp } from '../../model/scalar.ts';

/** The wrist end of a hand lies at most this far from that of its forearm, in palm lengths. */
export const GAP_MAX = 0.4;
/**
 * A hand goes on from its forearm to within this angle, in radians: one that folds back over it
 * leaves the end of the arm bare beside it.
 */
export const FOLD_MAX = 1.3;
/** A hand that is turned back for it is left inside that limit, whatever rounding does. */
const UNFOLDED_MAX = FOLD_MAX - 0.01;
/** A forearm shorter than this many palms has no end that could be bare. */
const STUB_MIN = 0.12;

/** How a hand hangs on its arm in one frame. */
export type Attachment = {
  /** From the end of the forearm as its mesh is drawn to the wrist of the hand, in palm lengths. */
  gap: number;
  /** Between the forearm and the piece of arm the hand was cut out with, 0..pi radians. */
  fold: number;
  /** Length of the forearm as it is drawn, in palm lengths. */
  forearm: number;
};

/**
 * @param joints of the frame, in result pixels
 * @param bodyScale width of the body in this frame against the picture
 */
export function measureAttachment(
  character: Character,
  joints: Float32Array,
  bodyScale: number,
  { side, own, place, patch, scale, rotation }: BorrowedHand,
): Attachment {
  const palm = patch.palm * scale;
  const matrix = new Float64Array(6);
  writeBoneMatrix(character.joints, joints, LIMB_BONES[`${side}Forearm`], bodyScale, matrix, 0);
  const end = new Float64Array(2);
  mapPoint(matrix, 0, own.x, own.y, end);
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const angle = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
  return {
    gap: Math.hypot(place.x - end[0]!, place.y - end[1]!) / palm,
    fold: Math.abs(wrapAngle(patch.axis + rotation - angle)),
    forearm: distanceBetween(elbow, wrist) / palm,
  };
}

/** Whether nobody would take the hand for one that came off its arm. */
export function isAttached({ gap, fold, forearm }: Attachment): boolean {
  return gap <= GAP_MAX && (fold <= FOLD_MAX || forearm < STUB_MIN);
}

/**
 * The turn of a hand, less what would fold it back over its forearm: for arms that have no hand of
 * their own to show instead.
 *
 * @param axis of the hand as it was cut out
 * @param forearm direction in radians; it is `palms` long
 */
export function unfold(rotation: number, axis: number, forearm: number, palms: number): number {
  if (palms < STUB_MIN) return rotation;
  const fold = wrapAngle(axis + rotation - forearm);
  return rotation - (fold - clamp(fold, -UNFOLDED_MAX, UNFOLDED_MAX));
}
