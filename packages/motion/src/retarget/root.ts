/**
 * Decides where the body stands: its feet land where the driver's do, and stay there while they are
 * planted.
 */

import { type Character, JOINTS, type Joint } from '../model/character.ts';
import { JOINT_INDEX, jointDistance } from '../model/joints.ts';
import { median, percentile } from '../model/percentile.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Shape } from './assemble.ts';
import type { Driver } from './driver.ts';
import { type FootPath, LEGS, type Path, plantFoot } from './feet.ts';

export type Orientation = 'image' | 'video';

/**
 * With `image`, the body wanders at most this many spine lengths in all; travel beyond that is
 * taken out of the steps.
 */
const WANDER_X = 0.35;
const WANDER_Y = 0.12;
const WANDER_SIGMA_SECONDS = 0.4;
const ROOT_SIGMA_SECONDS = 0.055;

export type Standing = {
  pelvisX: Float64Array;
  pelvisY: Float64Array;
  feet: readonly [FootPath, FootPath];
};

/**
 * Places the body of a full-body picture. `size` is the size of the body relative to the picture in
 * each frame; `ratio` is character pixels for one clip pixel at apparent scale 1.
 */
export function standOnFeet(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  shape: Shape,
  size: Float64Array,
  ratio: number,
  orientation: Orientation,
): Standing {
  const count = driver.frameCount;
  const paths = LEGS.map(({ ankle }) => {
    const flat = readAnkle(driver, ankle);
    return orientation === 'image' ? flatten(driver, flat, scale) : flat;
  });
  const gain = orientation === 'image' ? ratio : ratio / scale[0]!;
  anchorToPicture(character, paths, gain, orientation, driver);
  const spine = bindSpine(character);
  const wander = orientation === 'image' ? measureWander(paths, spine, driver) : null;
  const ground = { wander, spine, fps: driver.fps };
  const plant = (i: 0 | 1): FootPath => plantFoot(paths[i]!, shape, LEGS[i], ground);
  const feet = [plant(0), plant(1)] as const;
  const standing: Standing = {
    pelvisX: new Float64Array(count),
    pelvisY: new Float64Array(count),
    feet,
  };
  for (let frame = 0; frame < count; frame += 1) {
    const root = rootOfFeet(feet, shape, size[frame]!, frame);
    standing.pelvisX[frame] = root[0];
    standing.pelvisY[frame] = root[1];
  }
  standing.pelvisX = smoothValues(standing.pelvisX, ROOT_SIGMA_SECONDS * driver.fps);
  standing.pelvisY = smoothValues(standing.pelvisY, ROOT_SIGMA_SECONDS * driver.fps);
  return standing;
}

function readAnkle(driver: Driver, joint: Joint): Path {
  const stride = JOINTS.length * 2;
  const x = new Float64Array(driver.frameCount);
  const y = new Float64Array(driver.frameCount);
  for (let i = 0; i < driver.frameCount; i += 1) {
    x[i] = driver.joints[i * stride + JOINT_INDEX[joint] * 2]!;
    y[i] = driver.joints[i * stride + JOINT_INDEX[joint] * 2 + 1]!;
  }
  return { x, y };
}

/**
 * Takes the walk to the camera out of a path: everything moves away from the horizon, near the
 * middle of the torso.
 */
function flatten(driver: Driver, path: Path, scale: Float64Array): Path {
  const neck = readAnkle(driver, 'neck');
  const pelvis = readAnkle(driver, 'pelvis');
  const centreX = median(pelvis.x);
  const centreY = (median(neck.y) + median(pelvis.y)) / 2;
  return {
    x: path.x.map((value, i) => centreX + (value - centreX) / scale[i]!),
    y: path.y.map((value, i) => centreY + (value - centreY) / scale[i]!),
  };
}

/**
 * Scales the paths to the character and lays them over its feet: the first frame for `video`, the
 * middle for `image`, or the frames in which the driver stands like the picture.
 */
function anchorToPicture(
  character: Character,
  paths: readonly Path[],
  gain: number,
  orientation: Orientation,
  { isSeen, like = [] }: Driver,
): void {
  const [left, right] = paths as readonly [Path, Path];
  for (const axis of ['x', 'y'] as const) {
    const middle = left[axis].map((value, i) => (value + right[axis][i]!) / 2);
    const resting = like.length > 0 ? like : [...middle.keys()].filter((i) => isSeen[i]);
    const origin = orientation === 'video' ? middle[0]! : median(resting.map((i) => middle[i]!));
    const offset = axis === 'x' ? 0 : 1;
    const bind =
      (character.joints[JOINT_INDEX.leftAnkle * 2 + offset]! +
        character.joints[JOINT_INDEX.rightAnkle * 2 + offset]!) /
      2;
    for (const path of paths) {
      path[axis] = path[axis].map((value) => bind + gain * (value - origin));
    }
  }
}

/**
 * The slow travel of both feet that is more than a picture's place allows, to be subtracted from
 * the steps. A driver who has left the clip stays where nobody wants to be, so that this does not
 * count.
 */
function measureWander(
  paths: readonly Path[],
  spine: number,
  { fps, isSeen }: Pick<Driver, 'fps' | 'isSeen'>,
): Path {
  const [left, right] = paths as readonly [Path, Path];
  const excess = (axis: 'x' | 'y', allowed: number): Float64Array => {
    const middle = left[axis].map((value, i) => (value + right[axis][i]!) / 2);
    const slow = smoothValues(middle, WANDER_SIGMA_SECONDS * fps);
    const range = percentile(slow, 0.98) - percentile(slow, 0.02);
    const kept = Math.min(1, allowed / Math.max(range, 1e-6));
    const centre = median(slow.filter((_, i) => isSeen[i]));
    return slow.map((value) => (1 - kept) * (value - centre));
  };
  return { x: excess('x', WANDER_X * spine), y: excess('y', WANDER_Y * spine) };
}

function rootOfFeet(
  feet: readonly [FootPath, FootPath],
  shape: Shape,
  size: number,
  frame: number,
): [number, number] {
  const stride = JOINTS.length * 2;
  let x = 0;
  let y = 0;
  let sum = 0;
  for (const [i, leg] of LEGS.entries()) {
    const path = feet[i]!;
    const at = frame * stride + JOINT_INDEX[leg.ankle] * 2;
    const weight = path.weight[frame]!;
    x += weight * (path.x[frame]! - size * shape[at]!);
    y += weight * (path.y[frame]! - size * shape[at + 1]!);
    sum += weight;
  }
  return [x / sum, y / sum];
}

function bindSpine({ joints }: Character): number {
  return Math.max(jointDistance(joints, 'pelvis', 'neck'), 1);
}
