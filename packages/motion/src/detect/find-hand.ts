/** Finds the hand of an arm in a picture, following it when told where it was. */

import { wrapAngle } from '../model/angles.ts';
import { HAND, HAND_STRIDE, type Hand, handPointAt, palmLength, type Side } from '../model/hand.ts';
import type { RgbaImage } from '../model/image.ts';
import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { POSE, type Pose } from '../model/pose.ts';
import type { HandLandmarker, HandReading } from './hand-landmarks.ts';
import { regionFromArm, regionFromHand } from './hand-regions.ts';
import type { Region } from './region.ts';

/** A hand in a frame is believed from this probability on. */
const PRESENCE_MIN = 0.6;
/** From this probability on the region need not be refined. */
const PRESENCE_SURE = 0.9;
/** A hand whose wrist lies farther from that of the body, in palm lengths, is another one. */
const WRIST_APART_MAX = 0.75;
/** The hand bends against a clearly seen forearm by at most this, in radians. */
const BEND_MAX = 1.9;

/**
 * A hand is read again when it lies this far from where it was looked for, in sides of the region,
 * or is so much larger or smaller (logarithm), or turned by so much, in radians.
 */
const SETTLED_SHIFT = 0.1;
const SETTLED_GROWTH = 0.15;
const SETTLED_TURN = 0.3;
/** The second reading may be less sure by this. */
const PRESENCE_LOSS = 0.15;

export const ARM_POINTS = {
  left: [POSE.leftElbow, POSE.leftWrist],
  right: [POSE.rightElbow, POSE.rightWrist],
} as const;

/** Reads the hand near the one of the frame before, else at the end of the arm. */
export async function findHand(
  landmarker: HandLandmarker,
  image: RgbaImage,
  { pose, side, near }: { pose: Pose; side: Side; near: Hand | null },
): Promise<HandReading | null> {
  const isFound = (it: HandReading | null): it is HandReading =>
    it !== null && it.presence >= PRESENCE_MIN && belongs(it.hand, pose, side);
  const before = near && regionFromHand(near);
  const followed = before && (await landmarker.read(image, before));
  if (isFound(followed)) {
    const after = regionFromHand(followed.hand);
    if (isSettled(before!, after)) return followed;
    // A hand that opens or jumps is cut off by its old region, and its fingers are guessed.
    const again = await landmarker.read(image, after);
    return isFound(again) && again.presence >= followed.presence - PRESENCE_LOSS ? again : followed;
  }
  const rough = await landmarker.read(image, regionFromArm(pose, side));
  if (isFound(rough) && rough.presence >= PRESENCE_SURE) return rough;
  // The body tells only roughly where the hand is; its own points tell better.
  if (rough === null || !belongs(rough.hand, pose, side)) return null;
  const fine = await landmarker.read(image, regionFromHand(rough.hand));
  return isFound(fine) ? fine : null;
}

/** Whether a hand lies in a region much as it would in its own. */
function isSettled(before: Region, after: Region): boolean {
  const moved = Math.hypot(after.x - before.x, after.y - before.y);
  const growth = Math.abs(Math.log(after.size / before.size));
  const turned = Math.abs(wrapAngle(after.rotation - before.rotation));
  return moved < SETTLED_SHIFT * before.size && growth < SETTLED_GROWTH && turned < SETTLED_TURN;
}

/** Whether a hand hangs on this arm. */
function belongs(hand: Hand, pose: Pose, side: Side): boolean {
  const wrist = landmarkAt(pose, ARM_POINTS[side][1]);
  const palm = palmLength(hand);
  if (distanceBetween(handPointAt(hand, HAND.wrist), wrist) > WRIST_APART_MAX * palm) return false;
  const forearm = forearmOf(pose, side);
  const bend = Math.abs(wrapAngle(directionOf(hand) - forearm.angle));
  return forearm.length < 0.8 * palm || bend < BEND_MAX;
}

/** Angle in radians from elbow to wrist, and length in pixels. */
export function forearmOf(pose: Pose, side: Side): { angle: number; length: number } {
  const elbow = landmarkAt(pose, ARM_POINTS[side][0]);
  const wrist = landmarkAt(pose, ARM_POINTS[side][1]);
  const dx = wrist.x - elbow.x;
  const dy = wrist.y - elbow.y;
  return { angle: Math.atan2(dy, dx), length: Math.hypot(dx, dy) };
}

/** Angle in radians from the wrist to the base of the middle finger. */
export function directionOf(hand: Hand): number {
  const at = HAND.middleBase * HAND_STRIDE;
  return Math.atan2(hand[at + 1]! - hand[1]!, hand[at]! - hand[0]!);
}
