/** Decides how the head turns, tilts and grows, and how far the driver's face travels. */

import { wrapAngle } from '../model/angles.ts';
import type { Character } from '../model/character.ts';
import { anglesOfAxes, multiply, readAxes } from '../model/face-axes.ts';
import { transpose } from '../model/horn.ts';
import { jointDistance } from '../model/joints.ts';
import { facePointAt } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import type { HeadTurn } from '../model/performance.ts';
import { FACE, type Face } from '../model/pose.ts';
import { clamp, softLimit } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import { type Driver, readHeadOfPose } from './driver.ts';
import { type DriverFaces, faceCentre, measureFace } from './faces.ts';

export type HeadPath = {
  /** One per frame, relative to the bind pose. */
  turns: HeadTurn[];
  /** Apparent size of the face relative to its middle size, damped. */
  scale: Float64Array;
  /** Travel of the face from its middle place, in face widths. */
  travelX: Float64Array;
  travelY: Float64Array;
};

/**
 * What a picture of a head can show, in radians: turns are followed exactly up to the first number
 * and held softly below the second.
 */
const YAW_LIMITS = [0.35, 0.52] as const;
const PITCH_LIMITS = [0.26, 0.42] as const;
const ROLL_LIMITS = [0.45, 0.75] as const;
/** The Gaussian that calms the turns of a head; those of a seen face are the steadier ones. */
const POSE_SIGMA_SECONDS = 0.06;
const FACE_SIGMA_SECONDS = 0.035;

/**
 * Turn of the head per frame. `absolute` makes the eye line as steep as the driver's; otherwise
 * only changes against the driver's middle are taken over. From the faces where there are some,
 * else from the pose's nose, eyes and ears.
 */
export function followHead(
  character: Character,
  driver: Driver,
  faces: DriverFaces | null,
  absolute: boolean,
): HeadPath {
  const count = driver.frameCount;
  const raw = faces ? turnsOfFaces(faces) : turnsOfPoses(driver);
  const sigma = faces ? FACE_SIGMA_SECONDS : POSE_SIGMA_SECONDS;
  const smooth = (values: Float64Array): Float64Array => smoothValues(values, sigma * driver.fps);
  const yaw = smooth(raw.yaw);
  const pitch = smooth(raw.pitch);
  const roll = smooth(raw.roll);
  const bindRoll = rollOfCharacter(character);
  const rollOrigin = absolute && bindRoll !== null ? bindRoll : median(roll);
  const turns = Array.from({ length: count }, (_, i) => ({
    yaw: holdSoftly(yaw[i]!, YAW_LIMITS),
    pitch: holdSoftly(pitch[i]!, PITCH_LIMITS),
    roll: holdSoftly(wrapAngle(roll[i]! - rollOrigin), ROLL_LIMITS),
  }));
  return {
    turns,
    scale: smooth(raw.scale).map((it) => clamp(1 + 0.7 * (it - 1), 0.85, 1.2)),
    travelX: smooth(raw.travelX),
    travelY: smooth(raw.travelY),
  };
}

/** The value itself up to the first limit in size; beyond it less and less, below the second. */
export function holdSoftly(value: number, [from, to]: readonly [number, number]): number {
  const over = Math.abs(value) - from;
  return over <= 0 ? value : Math.sign(value) * (from + softLimit(over, to - from));
}

type RawHead = Record<'yaw' | 'pitch' | 'roll' | 'scale' | 'travelX' | 'travelY', Float64Array>;

function turnsOfFaces(faces: DriverFaces): RawHead {
  const count = faces.faces.length;
  const result = emptyHead(count);
  const reference = measureFace(faces.reference);
  const axes = readAxes(faces.reference);
  const rest = anglesOfAxes(axes);
  const referenceRoll = rollOfFace(faces.reference);
  for (const [i, fit] of faces.fits.entries()) {
    const angles = anglesOfAxes(multiply(transpose(fit.rotation), axes));
    result.yaw[i] = angles.yaw - rest.yaw;
    result.pitch[i] = angles.pitch - rest.pitch;
    result.roll[i] = angles.roll - rest.roll + referenceRoll;
    result.scale[i] = 1 / fit.scale;
    const centre = faceCentre(faces.faces[i]!);
    result.travelX[i] = centre.x / reference.width;
    result.travelY[i] = centre.y / reference.width;
  }
  centreOn(result.travelX);
  centreOn(result.travelY);
  const middleScale = median(result.scale) || 1;
  result.scale = result.scale.map((it) => it / middleScale);
  return result;
}

function turnsOfPoses(driver: Driver): RawHead {
  const result = emptyHead(driver.frameCount);
  result.roll = driver.poseRoll;
  // The nose stands out of the line of the ears by about one half-distance, so the ratio is nearly
  // the sine.
  result.yaw = driver.poseYaw.map((it) => it);
  result.pitch = driver.posePitch.map((it) => it);
  centreOn(result.yaw);
  centreOn(result.pitch);
  return result;
}

function emptyHead(count: number): RawHead {
  return {
    yaw: new Float64Array(count),
    pitch: new Float64Array(count),
    roll: new Float64Array(count),
    scale: new Float64Array(count).fill(1),
    travelX: new Float64Array(count),
    travelY: new Float64Array(count),
  };
}

function centreOn(values: Float64Array): void {
  const middle = median(values);
  for (let i = 0; i < values.length; i += 1) values[i]! -= middle;
}

function rollOfFace(face: Face): number {
  const right = facePointAt(face, FACE.rightEyeOuter);
  const left = facePointAt(face, FACE.leftEyeOuter);
  return Math.atan2(left.y - right.y, left.x - right.x);
}

function rollOfCharacter(character: Character): number | null {
  if (character.face) return rollOfFace(character.face);
  if (character.pose) return readHeadOfPose(character.pose).roll;
  return null;
}

/**
 * A length that stands for the size of the character's head: its face width, or what the skeleton
 * suggests.
 */
export function headSize(character: Character): number {
  if (character.face) return measureFace(character.face).width;
  return Math.max(jointDistance(character.joints, 'neck', 'head'), 1);
}
