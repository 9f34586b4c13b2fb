/** Decides how the head turns, tilts and grows, and how far the driver's face travels. */

import type { Character } from '../model/character.ts';
import type { HeadTurn } from '../model/performance.ts';
import { JOINT_INDEX } from '../model/torso.ts';
import { type Driver, readHeadOfPose } from './driver.ts';
import { type DriverFaces, faceCentre, measureFace } from './faces.ts';
import { anglesOfRotation, transpose } from './horn.ts';
import { clamp, median, smoothSeries, softLimit, wrapAngle } from './series.ts';

export type HeadPath = {
  /** One per frame, relative to the bind pose. */
  turns: HeadTurn[];
  /** Apparent size of the face relative to its middle size, damped. */
  scale: Float64Array;
  /** Travel of the face from its middle place, in face widths. */
  travelX: Float64Array;
  travelY: Float64Array;
};

/** What a picture of a head can show, in radians. */
const YAW_MAX = 0.5;
const PITCH_MAX = 0.4;
const ROLL_MAX = 0.7;
const POSE_SIGMA_SECONDS = 0.06;

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
  const smooth = (values: Float64Array): Float64Array =>
    smoothSeries(values, POSE_SIGMA_SECONDS * driver.fps);
  const yaw = smooth(raw.yaw);
  const pitch = smooth(raw.pitch);
  const roll = smooth(raw.roll);
  const bindRoll = rollOfCharacter(character);
  const rollOrigin = absolute && bindRoll !== null ? bindRoll : median(roll);
  const turns = Array.from({ length: count }, (_, i) => ({
    yaw: softLimit(yaw[i]!, YAW_MAX),
    pitch: softLimit(pitch[i]!, PITCH_MAX),
    roll: softLimit(wrapAngle(roll[i]! - rollOrigin), ROLL_MAX),
  }));
  return {
    turns,
    scale: smooth(raw.scale).map((it) => clamp(1 + 0.7 * (it - 1), 0.85, 1.2)),
    travelX: smooth(raw.travelX),
    travelY: smooth(raw.travelY),
  };
}

type RawHead = Record<'yaw' | 'pitch' | 'roll' | 'scale' | 'travelX' | 'travelY', Float64Array>;

function turnsOfFaces(faces: DriverFaces): RawHead {
  const count = faces.faces.length;
  const result = emptyHead(count);
  const reference = measureFace(faces.reference);
  const referenceRoll = rollOfFace(faces.reference);
  for (const [i, fit] of faces.fits.entries()) {
    const angles = anglesOfRotation(transpose(fit.rotation));
    result.yaw[i] = angles.yaw;
    result.pitch[i] = angles.pitch;
    result.roll[i] = angles.roll + referenceRoll;
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

function rollOfFace(face: Float32Array): number {
  const dx = face[263 * 3]! - face[33 * 3]!;
  const dy = face[263 * 3 + 1]! - face[33 * 3 + 1]!;
  return Math.atan2(dy, dx);
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
  const neck = JOINT_INDEX.neck * 2;
  const head = JOINT_INDEX.head * 2;
  const { joints } = character;
  return Math.max(
    Math.hypot(joints[head]! - joints[neck]!, joints[head + 1]! - joints[neck + 1]!),
    1,
  );
}
