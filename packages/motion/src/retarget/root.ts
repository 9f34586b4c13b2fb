/**
 * Decides where the body stands: its feet land where the driver's do, and stay there while they are
 * planted.
 */

import { type Character, JOINTS, type Joint } from '../model/character.ts';
import { JOINT_INDEX, jointDistance } from '../model/joints.ts';
import { median, percentile } from '../model/percentile.ts';
import { smoothstep } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Shape } from './assemble.ts';
import type { Driver } from './driver.ts';

export type Orientation = 'image' | 'video';

type Side = { ankle: Joint; foot: Joint; knee: Joint };
const SIDES: readonly [Side, Side] = [
  { ankle: 'leftAnkle', foot: 'leftFoot', knee: 'leftKnee' },
  { ankle: 'rightAnkle', foot: 'rightFoot', knee: 'rightKnee' },
];

/**
 * A foot is planted while it stays within this radius (of the spine's length) for at least this
 * time.
 */
const DWELL_RADIUS = 0.05;
const DWELL_SECONDS_MIN = 0.16;
/**
 * A longer stay is held in pieces, so that the search for stays takes a time in proportion to the
 * clip.
 */
const DWELL_SECONDS_MAX = 8;
/** The lock of a planted foot fades in and out over this time. */
const LOCK_FADE_SECONDS = 0.12;
/** A leg is bent by at most this share of its length to reach its lock. */
const REACH_MAX = 0.14;
/**
 * With `image`, the body wanders at most this many spine lengths in all; travel beyond that is
 * taken out of the steps.
 */
const WANDER_X = 1;
const WANDER_Y = 0.25;
const WANDER_SIGMA_SECONDS = 0.6;
const ROOT_SIGMA_SECONDS = 0.055;

/** One foot over time: where it should be, and how firmly. */
export type FootPath = {
  x: Float64Array;
  y: Float64Array;
  lock: Float64Array;
  weight: Float64Array;
};

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
  const paths = SIDES.map((side) => {
    const flat = readAnkle(driver, side.ankle);
    return orientation === 'image' ? flatten(driver, flat, scale) : flat;
  });
  const gain = orientation === 'image' ? ratio : ratio / scale[0]!;
  anchorToPicture(character, paths, gain, orientation, driver.isSeen);
  const spine = bindSpine(character);
  const wander = orientation === 'image' ? measureWander(paths, spine, driver) : null;
  const feet = paths.map((path) => plantFoot(path, wander, spine, driver.fps)) as unknown as [
    FootPath,
    FootPath,
  ];
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

/**
 * Moves the ankle of each planted foot to its lock; the knee follows by half. `joints` is one frame
 * in picture pixels.
 */
export function lockFeet(
  character: Character,
  standing: Standing,
  frame: number,
  joints: Float32Array,
): void {
  for (const [i, side] of SIDES.entries()) {
    const path = standing.feet[i]!;
    const ankle = JOINT_INDEX[side.ankle] * 2;
    const knee = JOINT_INDEX[side.knee] * 2;
    const foot = JOINT_INDEX[side.foot] * 2;
    let dx = (path.x[frame]! - joints[ankle]!) * path.lock[frame]!;
    let dy = (path.y[frame]! - joints[ankle + 1]!) * path.lock[frame]!;
    const reach = REACH_MAX * bindLeg(character);
    const distance = Math.hypot(dx, dy);
    if (distance > reach) {
      dx *= reach / distance;
      dy *= reach / distance;
    }
    joints[knee]! += dx / 2;
    joints[knee + 1]! += dy / 2;
    joints[ankle]! += dx;
    joints[ankle + 1]! += dy;
    joints[foot]! += dx;
    joints[foot + 1]! += dy;
  }
}

type Path = { x: Float64Array; y: Float64Array };

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
 * middle for `image`.
 */
function anchorToPicture(
  character: Character,
  paths: readonly Path[],
  gain: number,
  orientation: Orientation,
  isSeen: readonly boolean[],
): void {
  const [left, right] = paths as readonly [Path, Path];
  for (const axis of ['x', 'y'] as const) {
    const middle = left[axis].map((value, i) => (value + right[axis][i]!) / 2);
    const origin =
      orientation === 'video' ? middle[0]! : median(middle.filter((_, i) => isSeen[i]));
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

/**
 * Finds the times in which a foot dwells, holds it there, and joins the holds by the driver's own
 * path.
 */
function plantFoot(path: Path, wander: Path | null, spine: number, fps: number): FootPath {
  const count = path.x.length;
  const sigma = 0.05 * fps;
  const x = smoothValues(path.x, sigma);
  const y = smoothValues(path.y, sigma);
  const weight = footWeights(x, y, spine);
  const dwells = findDwells(x, y, DWELL_RADIUS * spine, fps);
  const lock = new Float64Array(count);
  const knots: { frame: number; x: number; y: number }[] = [];
  for (const [from, to] of dwells) {
    const at = Math.round((from + to) / 2);
    const holdX = mean(x, from, to) - (wander?.x[at] ?? 0);
    const holdY = mean(y, from, to) - (wander?.y[at] ?? 0);
    for (let i = from; i <= to; i += 1) {
      lock[i] = 1;
      knots.push({ frame: i, x: holdX - x[i]!, y: holdY - y[i]! });
    }
  }
  const offset = joinKnots(knots, count, wander);
  fadeLock(lock, LOCK_FADE_SECONDS * fps);
  return {
    x: x.map((value, i) => value + offset.x[i]!),
    y: y.map((value, i) => value + offset.y[i]!),
    lock,
    weight: weight.map((value, i) => value * (1 + 3 * lock[i]!)),
  };
}

/** A foot that moves slowly carries the body. */
function footWeights(x: Float64Array, y: Float64Array, spine: number): Float64Array {
  return x.map((_, i) => {
    const before = Math.max(i - 1, 0);
    const after = Math.min(i + 1, x.length - 1);
    const span = Math.max(after - before, 1) * spine;
    const speed = Math.hypot(x[after]! - x[before]!, y[after]! - y[before]!) / span;
    return 1 / (speed * speed + 4e-4);
  });
}

/**
 * Runs of frames that stay within `radius` of their mean for long enough, greedily from the start.
 */
function findDwells(
  x: Float64Array,
  y: Float64Array,
  radius: number,
  fps: number,
): [number, number][] {
  const least = Math.max(3, DWELL_SECONDS_MIN * fps);
  const most = Math.max(least, DWELL_SECONDS_MAX * fps);
  const result: [number, number][] = [];
  let from = 0;
  while (from < x.length) {
    let to = from;
    const end = Math.min(x.length, from + most);
    while (to + 1 < end && staysWithin(x, y, from, to + 1, radius)) to += 1;
    const isDwell = to - from + 1 >= least;
    if (isDwell) result.push([from, to]);
    from = isDwell ? to + 1 : from + 1;
  }
  return result;
}

function staysWithin(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  radius: number,
): boolean {
  const middleX = mean(x, from, to);
  const middleY = mean(y, from, to);
  for (let i = from; i <= to; i += 1) {
    if (Math.hypot(x[i]! - middleX, y[i]! - middleY) > radius) return false;
  }
  return true;
}

function joinKnots(
  knots: readonly { frame: number; x: number; y: number }[],
  count: number,
  wander: Path | null,
): Path {
  const result = { x: new Float64Array(count), y: new Float64Array(count) };
  let next = 0;
  for (let i = 0; i < count; i += 1) {
    while (next < knots.length && knots[next]!.frame < i) next += 1;
    const after = knots[next] ?? knots[knots.length - 1];
    const before = next > 0 ? knots[next - 1]! : after;
    if (!after || !before) {
      result.x[i] = -(wander?.x[i] ?? 0);
      result.y[i] = -(wander?.y[i] ?? 0);
      continue;
    }
    const span = after.frame - before.frame;
    const ease = span > 0 ? smoothstep(before.frame, after.frame, i) : 0;
    result.x[i] = before.x + (after.x - before.x) * ease;
    result.y[i] = before.y + (after.y - before.y) * ease;
  }
  return result;
}

function fadeLock(lock: Float64Array, frames: number): void {
  const step = 1 / (Math.max(frames, 1) + 1);
  for (let i = 1; i < lock.length; i += 1) lock[i] = Math.max(lock[i]!, lock[i - 1]! - step);
  for (let i = lock.length - 2; i >= 0; i -= 1) lock[i] = Math.max(lock[i]!, lock[i + 1]! - step);
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
  for (const [i, side] of SIDES.entries()) {
    const path = feet[i]!;
    const at = frame * stride + JOINT_INDEX[side.ankle] * 2;
    const weight = path.weight[frame]!;
    x += weight * (path.x[frame]! - size * shape[at]!);
    y += weight * (path.y[frame]! - size * shape[at + 1]!);
    sum += weight;
  }
  return [x / sum, y / sum];
}

function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i += 1) sum += values[i]!;
  return sum / (to - from + 1);
}

function bindSpine({ joints }: Character): number {
  return Math.max(jointDistance(joints, 'pelvis', 'neck'), 1);
}

function bindLeg({ joints }: Character): number {
  const thigh = jointDistance(joints, 'leftHip', 'leftKnee');
  return Math.max(thigh, 1) + Math.max(jointDistance(joints, 'leftKnee', 'leftAnkle'), 1);
}
