/** What `track` finds in a clip: the movement, without the pictures. */

import type { Finding } from './finding.ts';
import type { Face, Pose } from './pose.ts';

/**
 * The open mouth of the driver in one frame, kept so that the character can borrow its teeth and
 * tongue. A small RGB picture of the box around the inner lips.
 */
export type MouthPatch = {
  /** Box in clip pixels that the picture covers. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** JPEG bytes. */
  jpeg: Uint8Array;
};

export type MotionFrame = {
  /** Presentation time from the start of the clip, in milliseconds. */
  timeMs: number;
  /**
   * Body in clip pixels (after rotation and pixel aspect), or null when no person was found here.
   */
  pose: Pose | null;
  /** Face in clip pixels, or null when none was found here. */
  face: Face | null;
  /** Set only while the mouth is open. */
  mouth: MouthPatch | null;
};

export type Motion = {
  /** Displayed size of the clip in pixels, after rotation and pixel aspect. */
  width: number;
  height: number;
  /** Mean frame rate of `frames`, at most the rate asked for. */
  fps: number;
  /** Length of the clip in milliseconds. */
  durationMs: number;
  /**
   * In order of time. Gaps shorter than half a second are already interpolated, glitches removed,
   * paths smoothed.
   */
  frames: MotionFrame[];
  findings: Finding[];
};
