/**
 * What `retarget` decides: how this character performs that motion. Pure numbers, one entry per
 * result frame.
 */

import type { JointPositions, Limb } from './character.ts';
import type { Finding } from './finding.ts';
import type { MouthPatch } from './motion.ts';
import type { Face } from './pose.ts';

/** Rotation of the head relative to the bind pose, in radians. */
export type HeadTurn = {
  /** Positive turns the nose to the right of the picture. */
  yaw: number;
  /** Positive turns the nose down. */
  pitch: number;
  /** Positive is clockwise in the picture. */
  roll: number;
};

/**
 * Face points of the inner rim of the lips in walking order, from the person's right corner over
 * the upper lip; the order of `mouth.lips`.
 */
export const INNER_LIPS: readonly number[] = [
  78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
];

export type FacePerformance = {
  /**
   * Target places of the character's 468 face points in bind coordinates (before the head bone
   * moves them).
   */
  points: Face;
  /**
   * The driver's open mouth and its inner-lip points (20 x 2, clip pixels), or null to keep the
   * character's own.
   */
  mouth: {
    patch: MouthPatch;
    lips: Float32Array;
  } | null;
};

export type PerformanceFrame = {
  timeMs: number;
  joints: JointPositions;
  head: HeadTurn;
  /** Scale of the head relative to the bind pose. */
  headScale: number;
  /**
   * Scale of the body relative to the bind pose; the width of limbs follows it, their lengths are
   * in `joints`.
   */
  bodyScale: number;
  face: FacePerformance | null;
  /** Limbs that are behind the torso in this frame; the others are drawn in front of it. */
  limbsBehind: Limb[];
};

export type Performance = {
  width: number;
  height: number;
  fps: number;
  durationMs: number;
  frames: PerformanceFrame[];
  findings: Finding[];
};
