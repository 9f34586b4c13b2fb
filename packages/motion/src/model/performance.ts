/**
 * What `retarget` decides: how this character performs that motion. Pure numbers, one entry per
 * result frame.
 */

import type { JointPositions, Limb } from './character.ts';
import type { EyeSide } from './eyes.ts';
import type { Finding } from './finding.ts';
import type { Point } from './geometry.ts';
import type { Side } from './hand.ts';
import type { HandPatch, LabStatistics, MouthPatch } from './motion.ts';
import type { Face } from './pose.ts';
import type { SleeveHang } from './sleeve.ts';

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

/**
 * An iris that moves, in widths of its eye from the eye's middle: `from` and `to` to the right of
 * the picture, `down` how much lower it comes to lie; its radius, and how far below the line of the
 * corners it lies in the picture.
 */
export type IrisShift = {
  from: number;
  to: number;
  down: number;
  radius: number;
  middle: number;
};

/** Where both irises of the picture are, and where they look in one frame. */
export type FaceGaze = Record<EyeSide, IrisShift>;

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
  /** Left out or null while the eyes of the picture stay as they are. */
  gaze?: FaceGaze | null;
};

/** Colours of one hand over a whole clip, and what they become on the character. */
export type SkinMatch = {
  from: LabStatistics;
  to: LabStatistics;
  /**
   * Added in L*a*b* where the arm begins, so that no step shows there; it fades towards the
   * fingers.
   */
  wrist: readonly [number, number, number];
};

/** Where the character's own hand ends, in the bind pose. */
export type HandCut = Point & {
  /** Direction of the arm at the wrist, away from the elbow, in radians. */
  axis: number;
  /** Length of the palm in pixels. */
  palm: number;
  /** The own hand fades out between these two, in palm lengths along the axis. */
  fade: readonly [from: number, to: number];
};

/** The driver's hand at the end of the character's arm. */
export type BorrowedHand = {
  side: Side;
  patch: HandPatch;
  /** The driver's wrist point in clip pixels. */
  anchor: Point;
  /** Where that point comes to lie, in result pixels. */
  place: Point;
  /** Result pixels for one clip pixel. */
  scale: number;
  /** Clockwise, in radians. */
  rotation: number;
  /** Comes out of a sleeve, which is painted over it. */
  isInSleeve: boolean;
  /** What is behind it fades in between these two, in palm lengths along the axis. */
  fade: readonly [from: number, to: number];
  /**
   * Where the hand fades in it is this much narrower, around a middle in clip pixels clockwise of
   * its axis; null when it meets its arm as it is.
   */
  heel: { middle: number; factor: number } | null;
  match: SkinMatch | null;
  own: HandCut;
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
  /**
   * How far the floor has come down since the bind pose, in pixels; left out when the figure does
   * not stand on it, or always does.
   */
  floor?: number;
  face: FacePerformance | null;
  /**
   * How far the nodes of `swayNodes` (sway.ts) swing away from their places, x and y of each in
   * pixels; left out when nothing swings.
   */
  sway?: Float32Array;
  /** Where the cloth of wide sleeves points; left out when nobody wears any. */
  sleeves?: SleeveHang;
  /**
   * How far each joint goes while the shutter is open, relative to the joint its limb hangs on, x
   * and y in pixels; left out when no limb is so fast that it blurs.
   */
  sweep?: Float32Array;
  /** Limbs that are behind the torso in this frame; the others are drawn in front of it. */
  limbsBehind: Limb[];
  /** Hands that are the driver's in this frame; left out when all are the character's own. */
  hands?: BorrowedHand[];
};

export type Performance = {
  width: number;
  height: number;
  fps: number;
  durationMs: number;
  frames: PerformanceFrame[];
  findings: Finding[];
};
