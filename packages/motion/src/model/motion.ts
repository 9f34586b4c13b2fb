/** What `track` finds in a clip: the movement, without the pictures. */

import type { Gaze } from './eyes.ts';
import type { Finding } from './finding.ts';
import type { Hand, Side } from './hand.ts';
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

/**
 * The driver's hand in one frame, cut out so that the character can borrow it: straight-alpha
 * colours without background, from the finger tips to some way up the forearm.
 */
export type HandPatch = {
  /** Box in clip pixels that the picture covers. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** WebP bytes with alpha. */
  webp: Uint8Array;
  /** Length of the palm in clip pixels. */
  palm: number;
  /** Direction of the arm where it meets the hand, in radians, away from the elbow. */
  axis: number;
  /** CIE L*a*b* (D65) of its solid pixels. */
  skin: LabStatistics;
  /**
   * The bare arm behind the wrist: its middle beside the wrist point, clockwise of the axis, and
   * its width, in clip pixels, and its mean colour; null when it is not seen or covered.
   */
  cut: { offset: number; width: number; lab: readonly [number, number, number] } | null;
  /**
   * Where the hand itself begins, just beyond its wrist point: its middle clockwise of the axis and
   * its width, in clip pixels; null when nothing of it is seen there.
   */
  heel: { offset: number; width: number } | null;
  /** Variance of the Laplacian of its green (0..255); low when motion blurs it. */
  sharpness: number;
};

export type LabStatistics = {
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
};

/** A hand as it was seen in one frame. */
export type HandSighting = {
  /** Points in clip pixels. */
  hand: Hand;
  /** Probability, 0..1, that it is a hand. */
  presence: number;
  /** Null when it could not be cut out cleanly. */
  patch: HandPatch | null;
};

/** The hands of one frame; null where none was found or it was too small. */
export type HandSightings = Record<Side, HandSighting | null>;

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
  /** Where the eyes look; left out when no face was found or it was not read. */
  gaze?: Gaze;
  /** Left out when hands were not looked for. */
  hands?: HandSightings;
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
  /** Frames that begin another shot of the clip, in order; left out when there are none. */
  cuts?: number[];
  findings: Finding[];
};
