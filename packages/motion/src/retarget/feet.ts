/**
 * Keeps a planted foot where it is: finds when the driver's feet rest, holds ankle and toe there,
 * and lets the leg take up the difference.
 */

import { type Character, JOINTS, type Joint } from '../model/character.ts';
import { JOINT_INDEX, jointDistance } from '../model/joints.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Shape } from './assemble.ts';

/** The joints of one leg. */
export type LegJoints = { hip: Joint; knee: Joint; ankle: Joint; foot: Joint };

export const LEGS: readonly [LegJoints, LegJoints] = [
  { hip: 'leftHip', knee: 'leftKnee', ankle: 'leftAnkle', foot: 'leftFoot' },
  { hip: 'rightHip', knee: 'rightKnee', ankle: 'rightAnkle', foot: 'rightFoot' },
];

/** A place over time. */
export type Path = { x: Float64Array; y: Float64Array };

/** One foot over time: where it should be, and how firmly. */
export type FootPath = {
  /** The ankle, in picture pixels. */
  x: Float64Array;
  y: Float64Array;
  /** From the ankle to the toe while planted, in picture pixels at the size of the picture. */
  toe: Path;
  /** 0 free, 1 planted. */
  lock: Float64Array;
  /** How much the foot carries the body, above 0. */
  weight: Float64Array;
};

/** How a foot is found to rest. */
export type Ground = {
  /** Slow travel to be taken out of the steps; null takes none. */
  wander: Path | null;
  /** Length of the spine in picture pixels. */
  spine: number;
  fps: number;
};

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
/** From one stay to the next that follows at once a foot takes at least this long. */
const SHIFT_SECONDS = 0.16;
const PATH_SIGMA_SECONDS = 0.05;
/** A leg is bent by at most this share of its length to reach its lock. */
const REACH_MAX = 0.14;

/**
 * Finds the times in which a foot dwells, holds it there, and joins the holds by the driver's own
 * path.
 */
export function plantFoot(path: Path, shape: Shape, leg: LegJoints, ground: Ground): FootPath {
  const { wander, spine, fps } = ground;
  const count = path.x.length;
  const sigma = PATH_SIGMA_SECONDS * fps;
  const x = smoothValues(path.x, sigma);
  const y = smoothValues(path.y, sigma);
  const toe = readToe(shape, leg, count);
  const weight = footWeights(x, y, spine);
  const dwells = findDwells(x, y, DWELL_RADIUS * spine, fps);
  const lock = new Float64Array(count);
  const ankleKnots: Knot[] = [];
  const toeKnots: Knot[] = [];
  const shift = SHIFT_SECONDS * fps;
  for (const [n, [from, to]] of dwells.entries()) {
    const at = Math.round((from + to) / 2);
    const hold = {
      x: mean(x, from, to) - (wander?.x[at] ?? 0),
      y: mean(y, from, to) - (wander?.y[at] ?? 0),
    };
    const toeHold = { x: mean(toe.x, from, to), y: mean(toe.y, from, to) };
    // Where another stay is near, both give way, so that it is not reached in a single frame.
    const give = (gap: number): number => Math.floor(clamp((shift - gap) / 2, 0, (to - from) / 4));
    const first = from + give(n > 0 ? from - dwells[n - 1]![1] : shift);
    const last = to - give(n + 1 < dwells.length ? dwells[n + 1]![0] - to : shift);
    lock.fill(1, from, to + 1);
    for (let i = first; i <= last; i += 1) {
      ankleKnots.push({ frame: i, x: hold.x - x[i]!, y: hold.y - y[i]! });
      toeKnots.push({ frame: i, x: toeHold.x - toe.x[i]!, y: toeHold.y - toe.y[i]! });
    }
  }
  const offset = joinKnots(ankleKnots, count, wander);
  fadeLock(lock, LOCK_FADE_SECONDS * fps);
  return {
    ...addPaths({ x, y }, offset),
    toe: addPaths(toe, joinKnots(toeKnots, count, null)),
    lock,
    weight: weight.map((value, i) => value * (1 + 3 * lock[i]!)),
  };
}

/**
 * Moves the ankle of each planted foot to its lock and holds its toe; the knee follows by half, so
 * that both bones share the difference and the knee never jumps. `joints` is one frame in picture
 * pixels, `size` the size of the body in it.
 */
export function lockFeet(
  character: Character,
  feet: readonly [FootPath, FootPath],
  frame: number,
  size: number,
  joints: Float32Array,
): void {
  const reach = REACH_MAX * bindLeg(character) * size;
  for (const [i, leg] of LEGS.entries()) {
    const path = feet[i]!;
    const lock = path.lock[frame]!;
    const ankle = JOINT_INDEX[leg.ankle] * 2;
    const knee = JOINT_INDEX[leg.knee] * 2;
    const foot = JOINT_INDEX[leg.foot] * 2;
    let dx = (path.x[frame]! - joints[ankle]!) * lock;
    let dy = (path.y[frame]! - joints[ankle + 1]!) * lock;
    const distance = Math.hypot(dx, dy);
    if (distance > reach) {
      dx *= reach / distance;
      dy *= reach / distance;
    }
    const toeX = joints[foot]! - joints[ankle]!;
    const toeY = joints[foot + 1]! - joints[ankle + 1]!;
    joints[knee]! += dx / 2;
    joints[knee + 1]! += dy / 2;
    joints[ankle]! += dx;
    joints[ankle + 1]! += dy;
    joints[foot] = joints[ankle]! + toeX + lock * (size * path.toe.x[frame]! - toeX);
    joints[foot + 1] = joints[ankle + 1]! + toeY + lock * (size * path.toe.y[frame]! - toeY);
  }
}

function readToe(shape: Shape, { ankle, foot }: LegJoints, count: number): Path {
  const stride = JOINTS.length * 2;
  const from = JOINT_INDEX[ankle] * 2;
  const to = JOINT_INDEX[foot] * 2;
  const along = (axis: 0 | 1): Float64Array =>
    Float64Array.from(
      { length: count },
      (_, i) => shape[i * stride + to + axis]! - shape[i * stride + from + axis]!,
    );
  return { x: along(0), y: along(1) };
}

function addPaths(path: Path, offset: Path): Path {
  return {
    x: path.x.map((value, i) => value + offset.x[i]!),
    y: path.y.map((value, i) => value + offset.y[i]!),
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

/** An offset that is wanted in a frame. */
type Knot = { frame: number; x: number; y: number };

function joinKnots(knots: readonly Knot[], count: number, wander: Path | null): Path {
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

function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i += 1) sum += values[i]!;
  return sum / (to - from + 1);
}

function bindLeg({ joints }: Character): number {
  const thigh = jointDistance(joints, 'leftHip', 'leftKnee');
  return Math.max(thigh, 1) + Math.max(jointDistance(joints, 'leftKnee', 'leftAnkle'), 1);
}
