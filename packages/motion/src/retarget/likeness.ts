/**
 * Finds the frames in which the driver stands just as the picture does, as when the picture is a
 * frame of the clip, and learns from them what the two poses differ by without a movement.
 */

import { wrapAngle } from '../model/angles.ts';
import { type Character, JOINTS } from '../model/character.ts';
import type { Point } from '../model/geometry.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { median } from '../model/percentile.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import { SEGMENTS, type Segment } from './calibrate.ts';
import type { Driver } from './driver.ts';

/**
 * The pose is the same when its segments differ by no more than this on average, in radians, and
 * their lengths by no more than this part: who turns away keeps directions but looks narrower.
 */
const MEAN_MAX = 0.06;
const SINGLE_MAX = 0.2;
/** Fewer frames would be a passing resemblance. */
const FRAMES_MIN = 3;
/** A larger difference is not the tracker's. */
const TURN_MAX = 0.15;
/** With segments that differ by this much on average, poses have nothing in common. */
const UNLIKE = 0.3;
const LIKENESS_SIGMA_SECONDS = 0.1;
/** The others are too short to tell the pose by. */
const LONG = (Object.keys(SEGMENTS) as Segment[]).filter((it) => !/Hand$|Foot$|hips/.test(it));

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
  return { ...driver, like, turns, likeness: measureLikeness(character, driver) };
}

/** What the two disagree by is known for this pose alone, so it fades out as the pose changes. */
function measureLikeness(character: Character, driver: Driver): Float64Array {
  const apart = Float64Array.from({ length: driver.frameCount }, (_, frame) => {
    const all = LONG.map((it) => Math.abs(angleBetween(character, driver, it, frame)));
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  });
  const smooth = smoothValues(apart, LIKENESS_SIGMA_SECONDS * driver.fps);
  return smooth.map((value) => 1 - smoothstep(MEAN_MAX, UNLIKE, value));
}

function findLikeFrames(character: Character, driver: Driver): number[] {
  const result: number[] = [];
  for (let frame = 0; frame < driver.frameCount; frame += 1) {
    if (!driver.isSeen[frame]) continue;
    const apart = LONG.map((it) => Math.abs(angleBetween(character, driver, it, frame)));
    const ratios = LONG.map((it) => Math.log(lengthRatio(character, driver, it, frame)));
    const usual = median(ratios);
    const unlike = ratios.map((ratio) => Math.abs(ratio - usual));
    if (isSmall(apart) && isSmall(unlike)) result.push(frame);
  }
  return result;
}

function isSmall(differences: readonly number[]): boolean {
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return mean <= MEAN_MAX && Math.max(...differences) <= SINGLE_MAX;
}

/** From the driver's direction to the picture's, in radians. */
function angleBetween(
  character: Character,
  driver: Driver,
  segment: Segment,
  frame: number,
): number {
  const { own, seen } = vectorsOf(character, driver, segment, frame);
  return wrapAngle(Math.atan2(own.y, own.x) - Math.atan2(seen.y, seen.x));
}

/** Pixels of the picture for one of the clip, by this segment. */
function lengthRatio(
  character: Character,
  driver: Driver,
  segment: Segment,
  frame: number,
): number {
  const { own, seen } = vectorsOf(character, driver, segment, frame);
  return Math.max(Math.hypot(own.x, own.y), 1e-6) / Math.max(Math.hypot(seen.x, seen.y), 1e-6);
}

function vectorsOf(
  { joints }: Character,
  driver: Driver,
  segment: Segment,
  frame: number,
): Record<'own' | 'seen', Point> {
  const [from, to] = SEGMENTS[segment];
  const a = JOINT_INDEX[from] * 2;
  const b = JOINT_INDEX[to] * 2;
  const at = frame * JOINTS.length * 2;
  const vector = (from: ArrayLike<number>, start: number): Point => ({
    x: from[start + b]! - from[start + a]!,
    y: from[start + b + 1]! - from[start + a + 1]!,
  });
  return { own: vector(joints, 0), seen: vector(driver.joints, at) };
}
