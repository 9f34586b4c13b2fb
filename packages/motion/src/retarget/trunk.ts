/**
 * Decides the trunk: where pelvis and neck go and how shoulders, hips and skull are turned, for
 * each way of driving.
 */

import type { Character } from '../model/character.ts';
import { JOINT_INDEX, jointAt, jointDistance } from '../model/joints.ts';
import { median } from '../model/percentile.ts';
import { clamp, softLimit } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Driver } from './driver.ts';
import { keepWidth } from './facing.ts';
import { type HeadPath, headSize } from './head.ts';
import type { Orientation } from './root.ts';
import { bindVector, followChanges, followSegment, type SegmentPath } from './segments.ts';

/**
 * `full`: stands on the driver's feet; `upper`: pelvis pinned, neck follows; `face`: the neck
 * follows the face a little.
 */
export type DriveMode = 'full' | 'upper' | 'face';

/** A vector over time. */
export type VectorPath = { x: Float64Array; y: Float64Array };

export type Trunk = {
  spine: VectorPath;
  /**
   * From the neck to the left shoulder, from the pelvis to the left hip, from the neck to the head.
   */
  shoulders: VectorPath;
  hips: VectorPath;
  skull: VectorPath;
  /** Path of the pelvis in picture pixels; null when the feet decide it. */
  pelvis: VectorPath | null;
  /** Character pixels for one clip pixel. */
  ratio: number;
};

/** Limits of the travel of the neck in shoulder half-widths doubled: sideways and up and down. */
const NECK_LIMIT_X = 0.6;
const NECK_LIMIT_Y = 0.3;
/**
 * The pelvis takes this share of the neck's sideways travel, so that the picture's cut edge stays
 * at the border.
 */
const PELVIS_SHARE = 0.25;
const UPPER_SIGMA_SECONDS = 0.06;
/**
 * In a clip of a face, the neck follows the face by this share, limited to this many head sizes.
 */
const FACE_SHARE = 0.55;
const FACE_LIMIT = 0.3;

/**
 * The trunk of a body on its feet: every vector points as the driver's does. With `image` it keeps
 * the picture's facing.
 */
export function followWholeTrunk(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  orientation: Orientation,
): Trunk {
  const spine = followSegment(character, driver, scale, 'spine');
  const legs = (['leftThigh', 'rightThigh', 'leftShin', 'rightShin'] as const).map(
    (segment) => followSegment(character, driver, scale, segment).ratio,
  );
  const widthOf = (segment: 'shoulders' | 'hips'): VectorPath => {
    const path = widthVectors(character, driver, scale, segment);
    if (orientation === 'video') return path;
    const { angle, length } = bindVector(character, segment);
    const bind = { x: length * Math.cos(angle), y: length * Math.sin(angle) };
    return keepWidth(path, bind, driver.fps);
  };
  return {
    spine: vectorsOf(spine, bindVector(character, 'spine').length),
    shoulders: widthOf('shoulders'),
    hips: widthOf('hips'),
    skull: vectorsOf(
      followSegment(character, driver, scale, 'skull'),
      bindVector(character, 'skull').length,
    ),
    pelvis: null,
    ratio: median([...legs, spine.ratio]),
  };
}

/** A head this many times its height (neck to ears) above the border has all its freedom, */
const SLACK_FULL = 1.1;
/** and one at the border still this share of it. */
const SLACK_MIN = 0.2;

/**
 * How freely a head may move, 0..1: what is cut right below the chin is held at the border, and
 * would be sheared by a head that goes away from it.
 */
export function measureSlack({ framing, joints, height }: Character): number {
  if (framing !== 'head-and-shoulders') return 1;
  const tall = Math.max(jointDistance(joints, 'neck', 'head'), 1);
  const room = height - jointAt(joints, 'neck').y;
  return clamp(room / (SLACK_FULL * tall), SLACK_MIN, 1);
}

/** The trunk above a pinned pelvis: the neck travels as the driver's does, within limits. */
export function followUpperTrunk(character: Character, driver: Driver, scale: Float64Array): Trunk {
  const slack = measureSlack(character);
  const shoulders = followChanges(character, driver, scale, 'shoulders', 0.35 * slack);
  const skull = followChanges(character, driver, scale, 'skull', 0.4 * slack);
  const neck = JOINT_INDEX.neck * 2;
  const sigma = UPPER_SIGMA_SECONDS * driver.fps;
  const path = (axis: number): Float64Array => {
    const values = new Float64Array(driver.frameCount);
    const stride = driver.joints.length / Math.max(driver.frameCount, 1);
    for (let i = 0; i < values.length; i += 1) values[i] = driver.joints[i * stride + neck + axis]!;
    const middle = median(values);
    return smoothValues(values, sigma).map((it) => (it - middle) * shoulders.ratio);
  };
  const width = shoulderWidth(character);
  return pinnedTrunk(character, {
    neckX: path(0).map((it) => softLimit(it, NECK_LIMIT_X * slack * slack * width)),
    neckY: path(1).map((it) => softLimit(it, NECK_LIMIT_Y * slack * slack * width)),
    shoulders: vectorsOf(shoulders, bindVector(character, 'shoulders').length),
    skull: vectorsOf(skull, bindVector(character, 'skull').length),
    ratio: shoulders.ratio,
  });
}

/** The trunk when only a face is seen: the head leads, neck and shoulders give way a little. */
export function followFaceTrunk(character: Character, head: HeadPath): Trunk {
  const size = headSize(character);
  const count = head.turns.length;
  const travel = (values: Float64Array): Float64Array =>
    values.map((it) => softLimit(it * size, FACE_LIMIT * size));
  const faceX = travel(head.travelX);
  const faceY = travel(head.travelY);
  const bind = bindVector(character, 'shoulders');
  const skull = bindVector(character, 'skull');
  const shoulders = emptyVectors(count);
  const skulls = emptyVectors(count);
  for (let i = 0; i < count; i += 1) {
    const sway = 0.15 * head.turns[i]!.roll;
    shoulders.x[i] = bind.length * Math.cos(bind.angle + sway);
    shoulders.y[i] = bind.length * Math.sin(bind.angle + sway);
    skulls.x[i] = skull.length * Math.cos(skull.angle) + (1 - FACE_SHARE) * faceX[i]!;
    skulls.y[i] = skull.length * Math.sin(skull.angle) + (1 - FACE_SHARE) * faceY[i]!;
  }
  return pinnedTrunk(character, {
    neckX: faceX.map((it) => it * FACE_SHARE),
    neckY: faceY.map((it) => it * FACE_SHARE),
    shoulders,
    skull: skulls,
    ratio: 1,
  });
}

type Pinned = {
  neckX: Float64Array;
  neckY: Float64Array;
  shoulders: VectorPath;
  skull: VectorPath;
  ratio: number;
};

function pinnedTrunk(character: Character, pinned: Pinned): Trunk {
  const count = pinned.neckX.length;
  const { joints } = character;
  const pelvis = JOINT_INDEX.pelvis * 2;
  const neck = JOINT_INDEX.neck * 2;
  const bindHips = bindVector(character, 'hips');
  const hips = emptyVectors(count);
  hips.x.fill(bindHips.length * Math.cos(bindHips.angle));
  hips.y.fill(bindHips.length * Math.sin(bindHips.angle));
  const pelvisX = pinned.neckX.map((it) => joints[pelvis]! + PELVIS_SHARE * it);
  const pelvisY = new Float64Array(count).fill(joints[pelvis + 1]!);
  return {
    spine: {
      x: pinned.neckX.map((it, i) => joints[neck]! + it - pelvisX[i]!),
      y: pinned.neckY.map((it, i) => joints[neck + 1]! + it - pelvisY[i]!),
    },
    shoulders: pinned.shoulders,
    hips,
    skull: pinned.skull,
    pelvis: { x: pelvisX, y: pelvisY },
    ratio: pinned.ratio,
  };
}

/**
 * The width of the trunk. Seen from the side it is a short vector that flips its direction in a
 * single frame when the driver turns, so it is smoothed as a vector.
 */
function widthVectors(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  segment: 'shoulders' | 'hips',
): VectorPath {
  const path = followSegment(character, driver, scale, segment);
  const vectors = vectorsOf(path, bindVector(character, segment).length);
  const sigma = UPPER_SIGMA_SECONDS * driver.fps;
  return { x: smoothValues(vectors.x, sigma), y: smoothValues(vectors.y, sigma) };
}

function vectorsOf(path: SegmentPath, bindLength: number): VectorPath {
  return {
    x: path.angle.map((angle, i) => Math.cos(angle) * path.stretch[i]! * bindLength),
    y: path.angle.map((angle, i) => Math.sin(angle) * path.stretch[i]! * bindLength),
  };
}

function emptyVectors(count: number): VectorPath {
  return { x: new Float64Array(count), y: new Float64Array(count) };
}

function shoulderWidth(character: Character): number {
  return 2 * bindVector(character, 'shoulders').length;
}
