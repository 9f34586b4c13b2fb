/** Decides where every segment of the character points in every frame and how long it looks. */

import { meanAngle, wrapAngle } from '../model/angles.ts';
import type { Character } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { percentile } from '../model/percentile.ts';
import { clamp, smoothstep, softLimit } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import {
  referenceLength,
  SEGMENTS,
  type Segment,
  type SegmentTrack,
  trackSegment,
} from './calibrate.ts';
import type { Driver } from './driver.ts';

/** A segment of the character over time. */
export type SegmentPath = {
  /** Radians. */
  angle: Float64Array;
  /** Length relative to the bind pose. */
  stretch: Float64Array;
  /** How far the driver is followed, 0..1; the rest keeps the bind shape relative to the torso. */
  trust: Float64Array;
  /** Character pixels for one clip pixel, by this segment alone. */
  ratio: number;
};

/** How much shorter and longer a segment may look than in the picture. */
const STRETCH_LIMITS = {
  limb: [0.12, 1.25],
  hand: [0.55, 1.1],
  foot: [0.5, 1.15],
  spine: [0.5, 1.15],
  skull: [0.6, 1.2],
  width: [0.25, 1.15],
} as const;
/**
 * Joints seen worse than the first are not followed, better than the second are followed wholly.
 */
const TRUST_FROM = 0.15;
const TRUST_TO = 0.45;
const TRUST_SIGMA_SECONDS = 0.15;
/** A driver whose foot points as the picture's within the first is followed wholly, in radians. */
const FOOT_ALIKE = 0.3;
const FOOT_UNLIKE = 0.6;
/** The foot of a picture turns by at most this much against its bind direction, in radians. */
const FOOT_TURN_MAX = 0.6;

/** Direction and length of a segment of the character in its bind pose. */
export function bindVector(
  character: Character,
  segment: Segment,
): { angle: number; length: number } {
  const [from, to] = SEGMENTS[segment];
  const a = JOINT_INDEX[from] * 2;
  const b = JOINT_INDEX[to] * 2;
  const dx = character.joints[b]! - character.joints[a]!;
  const dy = character.joints[b + 1]! - character.joints[a + 1]!;
  return { angle: Math.atan2(dy, dx), length: Math.hypot(dx, dy) };
}

/** Follows the driver's direction; the length by the calibrated reference. */
export function followSegment(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  segment: Segment,
): SegmentPath {
  const track = trackSegment(driver, scale, segment);
  const bind = bindVector(character, segment);
  const reference = referenceLength(track, bind.angle, segment);
  const [low, high] = stretchLimits(segment);
  const stretch = track.length.map((length) => clamp(length / reference, low, high));
  const angle = /Foot$/.test(segment) ? footAngles(track, bind.angle) : track.angle;
  return {
    angle,
    stretch,
    trust: trustOf(track, driver.fps),
    ratio: bind.length / reference,
  };
}

/**
 * Follows only the changes of the driver against its middle direction and length: for pictures that
 * keep their own bearing because they are cut below the chest.
 */
export function followChanges(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  segment: Segment,
  turnMax: number,
): SegmentPath {
  const track = trackSegment(driver, scale, segment);
  const bind = bindVector(character, segment);
  const middle = meanAngle(track.angle);
  const usual = Math.max(percentile(track.length, 0.6), 1e-6);
  return {
    angle: track.angle.map((it) => bind.angle + softLimit(wrapAngle(it - middle), turnMax)),
    stretch: track.length.map((it) => clamp(it / usual, 0.75, 1.08)),
    trust: trustOf(track, driver.fps),
    ratio: bind.length / usual,
  };
}

function stretchLimits(segment: Segment): readonly [number, number] {
  if (segment === 'spine') return STRETCH_LIMITS.spine;
  if (segment === 'skull') return STRETCH_LIMITS.skull;
  if (segment === 'shoulders' || segment === 'hips') return STRETCH_LIMITS.width;
  if (/Hand$/.test(segment)) return STRETCH_LIMITS.hand;
  if (/Foot$/.test(segment)) return STRETCH_LIMITS.foot;
  return STRETCH_LIMITS.limb;
}

/**
 * Seen from the front a foot is a short arrow with a noisy direction, and the picture shows its
 * sole where it stands: so a foot follows only changes of the driver's, less when it looks short.
 * Where both usually point the same way, its direction itself can be followed.
 */
function footAngles(track: SegmentTrack, bindAngle: number): Float64Array {
  const long = Math.max(percentile(track.length, 0.8), 1e-6);
  const usual = meanAngle(track.angle, track.length);
  const apart = wrapAngle(usual - bindAngle);
  const middle = bindAngle + apart * smoothstep(FOOT_ALIKE, FOOT_UNLIKE, Math.abs(apart));
  return track.angle.map((angle, i) => {
    const confidence = smoothstep(0.25, 0.6, track.length[i]! / long);
    return bindAngle + confidence * softLimit(wrapAngle(angle - middle), FOOT_TURN_MAX);
  });
}

function trustOf(track: SegmentTrack, fps: number): Float64Array {
  const trust = track.visibility.map((it) => smoothstep(TRUST_FROM, TRUST_TO, it));
  return smoothValues(trust, TRUST_SIGMA_SECONDS * fps).map((it) => clamp(it, 0, 1));
}
