/**
 * Measures the driver: how large the body looks in each frame, and how long each bone is when it is
 * turned as in the picture.
 */

import { unwrapAngles, wrapAngle } from '../model/angles.ts';
import { JOINTS, type Joint, LIMB_BONES, type LimbBone } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { median, percentile } from '../model/percentile.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Driver } from './driver.ts';

/**
 * Everything that has a direction and a length: the limb bones, and the four vectors of the trunk.
 */
export type Segment = LimbBone | 'spine' | 'shoulders' | 'hips' | 'skull';

export const SEGMENTS = {
  ...LIMB_BONES,
  spine: ['pelvis', 'neck'],
  shoulders: ['neck', 'leftShoulder'],
  hips: ['pelvis', 'leftHip'],
  skull: ['neck', 'head'],
} as const satisfies Record<Segment, readonly [Joint, Joint]>;

/** One segment of the driver over time. */
export type SegmentTrack = {
  /** Radians without jumps. */
  angle: Float64Array;
  /** Clip pixels at apparent scale 1. */
  length: Float64Array;
  /** Smaller visibility of its two joints. */
  visibility: Float64Array;
};

/** Segments whose lengths tell the apparent size of the body. */
const SIZE_SEGMENTS: readonly Segment[] = [
  'spine',
  'shoulders',
  'leftUpperArm',
  'rightUpperArm',
  'leftForearm',
  'rightForearm',
  'leftThigh',
  'rightThigh',
  'leftShin',
  'rightShin',
];
const LEG_BONES: readonly Segment[] = ['leftThigh', 'rightThigh', 'leftShin', 'rightShin'];
/**
 * Changes of the apparent size below this are foreshortening and noise, not a walk to the camera.
 */
const SCALE_DEAD_ZONE = 0.06;
/** How slowly the apparent size may change. */
const SCALE_SIGMA_SECONDS = 0.45;
/**
 * Feet that move this part of what a walk would move them tell a crouch, more than the second a
 * walk.
 */
const WALK_SLOPE_NONE = 0.2;
const WALK_SLOPE_FULL = 0.7;
/** Share of the frames, those most like the picture, that give a bone's reference length. */
const CLOSEST_SHARE = 0.12;
/** Between these angles the reference goes over from the closest frames to a percentile of all. */
const CLOSEST_ANGLE_FULL = 0.2;
const CLOSEST_ANGLE_NONE = 0.6;

/**
 * Apparent size of the driver in each frame relative to its middle size: the 60th percentile of the
 * ratios of bones to their medians, smoothed, with a dead zone.
 */
export function measureApparentScale(driver: Driver): Float64Array {
  const segments = SIZE_SEGMENTS.filter((it) => driver.reach === 'full' || !LEG_BONES.includes(it));
  const lengths = segments.map((segment) => segmentLengths(driver, segment));
  const medians = lengths.map((values) => Math.max(median(values), 1e-6));
  const scale = new Float64Array(driver.frameCount);
  for (let i = 0; i < driver.frameCount; i += 1) {
    const ratios = lengths.map((values, k) => values[i]! / medians[k]!);
    scale[i] = percentile(ratios, 0.6);
  }
  const middle = median(scale) || 1;
  const smooth = smoothValues(scale, SCALE_SIGMA_SECONDS * driver.fps);
  const apparent = smooth.map((value) => {
    const change = value / middle - 1;
    const beyond = Math.max(Math.abs(change) - SCALE_DEAD_ZONE, 0);
    return clamp(1 + Math.sign(change) * beyond, 0.3, 3);
  });
  if (driver.reach !== 'full') return apparent;
  const trust = walkTrust(driver, apparent);
  return apparent.map((value) => 1 + trust * (value - 1));
}

/**
 * Who crouches looks smaller too, but only who walks to the camera has feet that sink in the
 * picture while he grows. The slope of the feet over the size, against the one that a camera at
 * chest height would see: 1 for a walk, 0 for a crouch.
 */
function walkTrust(driver: Driver, scale: Float64Array): number {
  const feet = meanHeight(driver, 'leftAnkle', 'rightAnkle');
  const chest = meanHeight(driver, 'neck', 'pelvis');
  const meanScale = scale.reduce((sum, value) => sum + value, 0) / scale.length;
  const meanFeet = feet.reduce((sum, value) => sum + value, 0) / feet.length;
  let together = 0;
  let spread = 0;
  for (let i = 0; i < scale.length; i += 1) {
    together += (scale[i]! - meanScale) * (feet[i]! - meanFeet);
    spread += (scale[i]! - meanScale) ** 2;
  }
  const expected = median(feet) - median(chest);
  if (spread < 1e-9 || expected <= 0) return 0;
  return smoothstep(WALK_SLOPE_NONE, WALK_SLOPE_FULL, together / spread / expected);
}

function meanHeight(driver: Driver, a: Joint, b: Joint): Float64Array {
  const stride = JOINTS.length * 2;
  const result = new Float64Array(driver.frameCount);
  for (let i = 0; i < result.length; i += 1) {
    const at = i * stride + 1;
    result[i] =
      (driver.joints[at + JOINT_INDEX[a] * 2]! + driver.joints[at + JOINT_INDEX[b] * 2]!) / 2;
  }
  return result;
}

/** Direction and length of one segment over time, lengths divided by the apparent scale. */
export function trackSegment(driver: Driver, scale: Float64Array, segment: Segment): SegmentTrack {
  const count = driver.frameCount;
  const [from, to] = SEGMENTS[segment];
  const a = JOINT_INDEX[from];
  const b = JOINT_INDEX[to];
  const stride = JOINTS.length;
  const angle = new Float64Array(count);
  const visibility = new Float64Array(count);
  const length = segmentLengths(driver, segment);
  const turn = driver.turns?.[segment] ?? 0;
  for (let i = 0; i < count; i += 1) {
    const [dx, dy] = difference(driver, i, a, b);
    angle[i] = Math.atan2(dy, dx) + turn * (driver.likeness?.[i] ?? 0);
    length[i]! /= scale[i]!;
    visibility[i] = Math.min(
      driver.visibility[i * stride + a]!,
      driver.visibility[i * stride + b]!,
    );
  }
  return { angle: unwrapAngles(angle), length, visibility };
}

/**
 * The length that the driver's segment has when it points as the character's does in the picture:
 * the median over the 12 % of frames with the closest angle. Where no frame comes close, a
 * percentile of all lengths takes over.
 */
export function referenceLength(
  track: SegmentTrack,
  pictureAngle: number,
  segment: Segment,
): number {
  const count = track.length.length;
  const order = Array.from({ length: count }, (_, i) => i);
  const apart = track.angle.map((angle) => Math.abs(wrapAngle(angle - pictureAngle)));
  order.sort((a, b) => apart[a]! - apart[b]! || a - b);
  const closest = order.slice(0, Math.max(3, Math.ceil(count * CLOSEST_SHARE)));
  const like = median(closest.map((i) => track.length[i]!));
  const distance = median(closest.map((i) => apart[i]!));
  const general = percentile(track.length, generalPercentile(segment));
  const share = smoothstep(CLOSEST_ANGLE_FULL, CLOSEST_ANGLE_NONE, distance);
  return Math.max(like + (general - like) * share, 1e-6);
}

function generalPercentile(segment: Segment): number {
  if (/Thigh|Shin|Foot/.test(segment)) return 0.5;
  if (/Arm|Forearm|Hand/.test(segment)) return 0.75;
  return 0.6;
}

function segmentLengths(driver: Driver, segment: Segment): Float64Array {
  const [from, to] = SEGMENTS[segment];
  const result = new Float64Array(driver.frameCount);
  for (let i = 0; i < driver.frameCount; i += 1) {
    result[i] = Math.hypot(...difference(driver, i, JOINT_INDEX[from], JOINT_INDEX[to]));
  }
  return result;
}

function difference(driver: Driver, frame: number, a: number, b: number): [number, number] {
  const at = frame * JOINTS.length * 2;
  return [
    driver.joints[at + b * 2]! - driver.joints[at + a * 2]!,
    driver.joints[at + b * 2 + 1]! - driver.joints[at + a * 2 + 1]!,
  ];
}
