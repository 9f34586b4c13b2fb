/** Tells whether two bodies can be one person, a moment apart. */

import { distanceBetween, landmarkAt } from './landmarks.ts';
import { POSE, POSE_LANDMARK_COUNT, POSE_STRIDE, type Pose } from './pose.ts';

/**
 * Whether two bodies of neighbouring frames can be one person: their points lie less than half a
 * torso apart.
 */
export function isSamePerson(a: Pose, b: Pose): boolean {
  const torso = Math.max(measureTorso(a), measureTorso(b));
  let sum = 0;
  for (let i = 0; i < POSE_LANDMARK_COUNT; i += 1) {
    const at = i * POSE_STRIDE;
    sum += Math.hypot(a[at]! - b[at]!, a[at + 1]! - b[at + 1]!);
  }
  return sum / POSE_LANDMARK_COUNT < torso / 2;
}

/** Between two neighbouring frames nobody grows or shrinks by this factor. */
const SIZE_FACTOR_MAX = 1.25;

/**
 * Whether a jump of the colours between two neighbouring frames is a cut: nobody is on one of the
 * two sides, or the body has jumped or changed its size. A flash of light does neither.
 */
export function isAnotherShot(before: Pose | null, after: Pose | null): boolean {
  if (before === null || after === null || !isSamePerson(before, after)) return true;
  const [one, other] = [measureTorso(before), measureTorso(after)];
  return Math.max(one, other) > SIZE_FACTOR_MAX * Math.min(one, other);
}

/**
 * The longest of shoulder width and the two sides of the trunk: stable whichever way a person
 * turns.
 */
export function measureTorso(pose: Pose): number {
  return Math.max(
    distance(pose, POSE.leftShoulder, POSE.rightShoulder),
    distance(pose, POSE.leftShoulder, POSE.leftHip),
    distance(pose, POSE.rightShoulder, POSE.rightHip),
  );
}

function distance(pose: Pose, a: number, b: number): number {
  return distanceBetween(landmarkAt(pose, a), landmarkAt(pose, b));
}
