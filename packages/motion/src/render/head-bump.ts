/**
 * Suggests a turn of a head whose face is not known: its middle moves sideways, its outline stays.
 */

import type { Character } from '../model/character.ts';
import { jointAt, jointDistance } from '../model/joints.ts';
import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { POSE } from '../model/pose.ts';

export type HeadBump = {
  /** Sets the turn of the next `move` calls, in radians. */
  turn(yaw: number, pitch: number): void;
  /** Writes where the turn takes a place of the bind pose. */
  move(x: number, y: number, out: Float64Array): void;
};

/** Travel of the middle of the head in ear half-distances for one radian. */
const YAW_TRAVEL = 0.75;
const PITCH_TRAVEL = 0.6;
/** Half axes of the bump in ear half-distances. */
const RADIUS_X = 1.5;
const RADIUS_Y = 1.9;

/**
 * The bump sits on the head joint and is as large as the ears of the pose, or the skull, suggest.
 */
export function createHeadBump(character: Character): HeadBump {
  const { joints, pose } = character;
  const { x: headX, y: headY } = jointAt(joints, 'head');
  const skull = jointDistance(joints, 'neck', 'head');
  const ears = pose
    ? distanceBetween(landmarkAt(pose, POSE.leftEar), landmarkAt(pose, POSE.rightEar)) / 2
    : 0;
  const half = Math.max(ears, 0.35 * skull, 1);
  let travelX = 0;
  let travelY = 0;
  return {
    turn(yaw, pitch) {
      travelX = YAW_TRAVEL * half * yaw;
      travelY = PITCH_TRAVEL * half * pitch;
    },
    move(x, y, out) {
      const across = (x - headX) / (RADIUS_X * half);
      const along = (y - headY) / (RADIUS_Y * half);
      const inside = Math.max(1 - across * across - along * along, 0);
      out[0] = x + travelX * inside * inside;
      out[1] = y + travelY * inside * inside;
    },
  };
}
