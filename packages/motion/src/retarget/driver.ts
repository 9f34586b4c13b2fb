/**
 * Reads the body of the clip as joints over time, complete: frames without a body hold or bridge
 * their neighbours.
 */

import { JOINTS, type Joint } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import type { Motion } from '../model/motion.ts';
import { percentile } from '../model/percentile.ts';
import { POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';
import { makeBridge } from './bridge.ts';

const JOINT_COUNT = JOINTS.length;

/** What can be read from the clip: a body on its feet, a body above the hips, or only a face. */
export type DriverReach = 'full' | 'upper' | 'face';

export type Driver = {
  frameCount: number;
  fps: number;
  reach: DriverReach;
  /** Frames that show a body themselves; where the driver is held or bridged it tells no place. */
  isSeen: readonly boolean[];
  /** x and y in clip pixels, `frameCount * 19 * 2`. Empty of meaning when `reach` is `face`. */
  joints: Float64Array;
  /** 0..1, `frameCount * 19`. */
  visibility: Float64Array;
  /** Clip pixels, smaller is nearer, `frameCount * 19`. */
  depth: Float64Array;
  /**
   * Roll of the eye line and the turn of the nose against the ears, per frame, in radians and ear
   * half-distances.
   */
  poseRoll: Float64Array;
  poseYaw: Float64Array;
  posePitch: Float64Array;
  /** Frames in which the body stands as the picture's; see likeness.ts. */
  like?: readonly number[];
  /** How much each frame resembles them, 0..1. */
  likeness?: Float64Array;
  /** Radians by which each segment is turned in them to agree with the picture. */
  turns?: Readonly<Record<string, number>>;
};

/** Below this share of frames with a body the clip counts as a clip of a face. */
const POSE_SHARE_MIN = 0.3;
/** Hips and ankles must be seen this well in 70 % of the frames for a full body. */
const VISIBLE = 0.5;

/** The pose points whose mean is the joint; weights are repeated points. */
const SOURCES: Record<Joint, readonly number[]> = {
  pelvis: [POSE.leftHip, POSE.rightHip],
  neck: [POSE.leftShoulder, POSE.rightShoulder],
  head: [POSE.leftEar, POSE.rightEar],
  leftShoulder: [POSE.leftShoulder],
  leftElbow: [POSE.leftElbow],
  leftWrist: [POSE.leftWrist],
  leftHand: [POSE.leftIndex, POSE.leftIndex, POSE.leftPinky],
  rightShoulder: [POSE.rightShoulder],
  rightElbow: [POSE.rightElbow],
  rightWrist: [POSE.rightWrist],
  rightHand: [POSE.rightIndex, POSE.rightIndex, POSE.rightPinky],
  leftHip: [POSE.leftHip],
  leftKnee: [POSE.leftKnee],
  leftAnkle: [POSE.leftAnkle],
  leftFoot: [POSE.leftFootIndex],
  rightHip: [POSE.rightHip],
  rightKnee: [POSE.rightKnee],
  rightAnkle: [POSE.rightAnkle],
  rightFoot: [POSE.rightFootIndex],
};

/** Turns the poses of a motion into gapless joint paths. */
export function readDriver(motion: Motion): Driver {
  const count = motion.frames.length;
  const columns = JOINT_COUNT * 4 + 3;
  const table = new Float64Array(count * columns).fill(Number.NaN);
  const isSeen = motion.frames.map(({ pose }, frame) => {
    if (!pose || pose.some(Number.isNaN)) return false;
    writeRow(pose, table, frame * columns);
    return true;
  });
  const usable = isSeen.filter(Boolean).length >= Math.max(1, POSE_SHARE_MIN * count);
  if (usable) bridgeGaps(table, columns, motion);
  const pick = (from: number, width: number): Float64Array => {
    const result = new Float64Array(count * width);
    if (!usable) return result;
    for (let i = 0; i < count; i += 1) {
      result.set(table.subarray(i * columns + from, i * columns + from + width), i * width);
    }
    return result;
  };
  const visibility = pick(JOINT_COUNT * 2, JOINT_COUNT);
  return {
    frameCount: count,
    fps: motion.fps,
    reach: usable ? findReach(visibility, count) : 'face',
    isSeen,
    joints: pick(0, JOINT_COUNT * 2),
    visibility,
    depth: pick(JOINT_COUNT * 3, JOINT_COUNT),
    poseRoll: pick(JOINT_COUNT * 4, 1),
    poseYaw: pick(JOINT_COUNT * 4 + 1, 1),
    posePitch: pick(JOINT_COUNT * 4 + 2, 1),
  };
}

/**
 * Roll, yaw and pitch that a pose's eyes, ears and nose suggest; only differences of yaw and pitch
 * have a meaning.
 */
export function readHeadOfPose(pose: Pose): { roll: number; yaw: number; pitch: number } {
  const x = (point: number): number => pose[point * POSE_STRIDE]!;
  const y = (point: number): number => pose[point * POSE_STRIDE + 1]!;
  const eyesX = x(POSE.leftEyeOuter) - x(POSE.rightEyeOuter);
  const eyesY = y(POSE.leftEyeOuter) - y(POSE.rightEyeOuter);
  const roll = Math.atan2(eyesY, eyesX);
  const eyes = Math.hypot(eyesX, eyesY);
  const earsX = (x(POSE.leftEar) + x(POSE.rightEar)) / 2;
  const earsY = (y(POSE.leftEar) + y(POSE.rightEar)) / 2;
  const ears = Math.hypot(x(POSE.leftEar) - x(POSE.rightEar), y(POSE.leftEar) - y(POSE.rightEar));
  // A head is about as wide as 1.6 outer eye distances; of a head in profile neither distance alone
  // is its size.
  const half = Math.max(ears, eyes * 1.6, 1) / 2;
  const dx = (x(POSE.nose) - earsX) / half;
  const dy = (y(POSE.nose) - earsY) / half;
  const yaw = dx * Math.cos(roll) + dy * Math.sin(roll);
  const pitch = -dx * Math.sin(roll) + dy * Math.cos(roll);
  return { roll, yaw, pitch };
}

function writeRow(pose: Pose, table: Float64Array, at: number): void {
  for (const joint of JOINTS) {
    const sources = SOURCES[joint];
    const index = JOINT_INDEX[joint];
    let x = 0;
    let y = 0;
    let z = 0;
    let visibility = 1;
    for (const source of sources) {
      x += pose[source * POSE_STRIDE]! / sources.length;
      y += pose[source * POSE_STRIDE + 1]! / sources.length;
      z += pose[source * POSE_STRIDE + 2]! / sources.length;
      visibility = Math.min(visibility, pose[source * POSE_STRIDE + 3]!);
    }
    table[at + index * 2] = x;
    table[at + index * 2 + 1] = y;
    table[at + JOINT_COUNT * 2 + index] = visibility;
    table[at + JOINT_COUNT * 3 + index] = z;
  }
  const head = readHeadOfPose(pose);
  table[at + JOINT_COUNT * 4] = head.roll;
  table[at + JOINT_COUNT * 4 + 1] = head.yaw;
  table[at + JOINT_COUNT * 4 + 2] = head.pitch;
}

/** Fills rows of NaN from the known rows around them; see {@link makeBridge}. */
function bridgeGaps(table: Float64Array, columns: number, motion: Motion): void {
  const known = motion.frames.flatMap((_, row) =>
    Number.isNaN(table[row * columns]!) ? [] : [row],
  );
  const bridge = makeBridge(known, motion);
  for (let row = 0; row < motion.frames.length; row += 1) {
    if (!Number.isNaN(table[row * columns]!)) continue;
    const { before, after, share } = bridge(row);
    for (let column = 0; column < columns; column += 1) {
      const low = table[before * columns + column]!;
      const high = table[after * columns + column]!;
      table[row * columns + column] = low + (high - low) * share;
    }
  }
}

function findReach(visibility: Float64Array, count: number): DriverReach {
  const seen = (joint: Joint): number => {
    const values = new Float64Array(count);
    const index = JOINT_INDEX[joint];
    for (let i = 0; i < count; i += 1) values[i] = visibility[i * JOINT_COUNT + index]!;
    return percentile(values, 0.3);
  };
  const hips = Math.min(seen('leftHip'), seen('rightHip'));
  const ankles = Math.max(seen('leftAnkle'), seen('rightAnkle'));
  return hips > VISIBLE && ankles > VISIBLE ? 'full' : 'upper';
}
