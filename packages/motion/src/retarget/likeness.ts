/**
 * Finds the frames in which the driver stands just as the picture does, as when the picture is a
 * frame of the clip, and learns from them what the two poses differ by without a movement.
 */

import { wrapAngle } from '../model/angles.ts';
import { type Character, JOINTS } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { median } from '../model/percentile.ts';
import { clamp } from '../model/scalar.ts';
import { SEGMENTS, type Segment } from './calibrate.ts';
import type { Driver } from './driver.ts';

/** The pose is the same when its segments differ by no more than this on average, in radians. */
const MEAN_MAX = 0.06;
const SINGLE_MAX = 0.2;
/** Fewer frames would be a passing resemblance. */
const FRAMES_MIN = 3;
/** A larger difference is not the tracker's. */
const TURN_MAX = 0.15;
/** Too short to tell the pose by. */
const SHORT = /Hand$|Foot$|hips/;

/**
 * The driver with its `like` frames and, for each segment, the turn in radians that brings it onto
 * the picture's in them: the pictures are looked at with another network than the frames of the
 * clip, and the two disagree by a few degrees that are no movement. A driver who never stands like
 * the picture is returned as it is.
 */
export function likenToPicture(character: Character, driver: Driver): Driver {
  if (driver.reach !== 'full' || character.pose === null) return driver;
  const like = findLikeFrames(character, driver);
  if (like.length < FRAMES_MIN) return driver;
  const turns: Partial<Record<Segment, number>> = {};
  for (const segment of Object.keys(SEGMENTS) as Segment[]) {
    const apart = like.map((frame) => angleBetween(character, driver, segment, frame));
    turns[segment] = clamp(median(apart), -TURN_MAX, TURN_MAX);
  }
  return { ...driver, like, turns };
}

function findLikeFrames(character: Character, driver: Driver): number[] {
  const segments = (Object.keys(SEGMENTS) as Segment[]).filter((it) => !SHORT.test(it));
  const result: number[] = [];
  for (let frame = 0; frame < driver.frameCount; frame += 1) {
    if (!driver.isSeen[frame]) continue;
    const apart = segments.map((it) => Math.abs(angleBetween(character, driver, it, frame)));
    const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
    if (mean <= MEAN_MAX && Math.max(...apart) <= SINGLE_MAX) result.push(frame);
  }
  return result;
}

/** From the driver's direction to the picture's, in radians. */
function angleBetween(
  { joints }: Character,
  driver: Driver,
  segment: Segment,
  frame: number,
): number {
  const [from, to] = SEGMENTS[segment];
  const a = JOINT_INDEX[from] * 2;
  const b = JOINT_INDEX[to] * 2;
  const at = frame * JOINTS.length * 2;
  const own = Math.atan2(joints[b + 1]! - joints[a + 1]!, joints[b]! - joints[a]!);
  const seen = Math.atan2(
    driver.joints[at + b + 1]! - driver.joints[at + a + 1]!,
    driver.joints[at + b]! - driver.joints[at + a]!,
  );
  return wrapAngle(own - seen);
}
