/** Reads and writes the joints of a puppet by their names. */

import { JOINTS, type Joint, type JointPositions } from './character.ts';
import type { Point } from './geometry.ts';

/** Index of each joint in {@link JOINTS}. */
export const JOINT_INDEX = Object.fromEntries(
  JOINTS.map((joint, index) => [joint, index]),
) as Record<Joint, number>;

export function jointAt(joints: JointPositions, joint: Joint): Point {
  const at = JOINT_INDEX[joint] * 2;
  return { x: joints[at]!, y: joints[at + 1]! };
}

export function setJoint(joints: JointPositions, joint: Joint, point: Point): void {
  joints.set([point.x, point.y], JOINT_INDEX[joint] * 2);
}

/** Pixels between two joints. */
export function jointDistance(joints: JointPositions, from: Joint, to: Joint): number {
  const a = JOINT_INDEX[from] * 2;
  const b = JOINT_INDEX[to] * 2;
  return Math.hypot(joints[b]! - joints[a]!, joints[b + 1]! - joints[a + 1]!);
}
