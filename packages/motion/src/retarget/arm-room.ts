/**
 * Keeps hands inside the picture that the driver keeps inside the clip: an arm that would leave
 * points a little towards the camera instead, which shortens it and leaves its directions.
 */

import { type Character, JOINTS, type Joint } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { clamp } from '../model/scalar.ts';
import type { Driver } from './driver.ts';
import { BORDER_ROOM } from './fit.ts';

const SIDES = ['left', 'right'] as const;
/** Fingers reach beyond the joint of the hand by this share of the way from the wrist. */
const FINGERS = 0.9;
/** An arm is shortened to no less than this; a hand that needs more leaves the picture. */
const SHORTEST = 0.78;
/** An arm begins to give way this long before it must. */
const EASE_SECONDS = 0.2;

type Size = { width: number; height: number };

/**
 * The joints of all frames, in picture pixels, with the arms shortened where they need it: never by
 * a jump, and not at the lower border, where hands of half a body hang out of the picture.
 */
export function keepHandsInside(
  character: Character,
  driver: Driver,
  clip: Size,
  frames: readonly Float32Array[],
): Float32Array[] {
  const result = frames.map((joints) => Float32Array.from(joints));
  const reach = Math.max(1, Math.round(EASE_SECONDS * driver.fps));
  for (const side of SIDES) {
    if (!character.movingLimbs.includes(`${side}Arm`)) continue;
    const needs = frames.map((joints, frame) =>
      isInView(driver, clip, frame, side) ? measureNeed(character, joints, side) : 0,
    );
    const eased = ease(needs, reach);
    for (const [frame, joints] of result.entries()) shorten(joints, side, 1 - eased[frame]!);
  }
  return result;
}

/** Whether the clip shows the driver's fingers. */
function isInView(
  { joints }: Driver,
  { width, height }: Size,
  frame: number,
  side: (typeof SIDES)[number],
): boolean {
  const at = (joint: Joint, axis: number): number =>
    joints[frame * JOINTS.length * 2 + JOINT_INDEX[joint] * 2 + axis]!;
  const tip = (axis: number): number =>
    at(`${side}Hand`, axis) + FINGERS * (at(`${side}Hand`, axis) - at(`${side}Wrist`, axis));
  const x = tip(0) / width;
  return Math.min(x, 1 - x) > BORDER_ROOM && tip(1) / height > BORDER_ROOM;
}

/** By what share the arm must be shorter to have its fingers inside, 0..1 - {@link SHORTEST}. */
function measureNeed(
  { width, height }: Size,
  joints: Float32Array,
  side: (typeof SIDES)[number],
): number {
  const at = (joint: Joint, axis: number): number => joints[JOINT_INDEX[joint] * 2 + axis]!;
  let factor = 1;
  for (const [axis, length] of [width, height].entries()) {
    const shoulder = at(`${side}Shoulder`, axis);
    const hand = at(`${side}Hand`, axis);
    const tip = hand + FINGERS * (hand - at(`${side}Wrist`, axis));
    const far = Math.abs(tip - shoulder) > Math.abs(hand - shoulder) ? tip : hand;
    const low = BORDER_ROOM * length;
    const high = axis === 0 ? length - low : Number.POSITIVE_INFINITY;
    if (shoulder <= low || shoulder >= high) continue;
    if (far < low) factor = Math.min(factor, (shoulder - low) / (shoulder - far));
    if (far > high) factor = Math.min(factor, (high - shoulder) / (far - shoulder));
  }
  return 1 - clamp(factor, SHORTEST, 1);
}

/** A smooth curve that is nowhere below `needs`: a running maximum, then two running means. */
export function ease(needs: readonly number[], reach: number): number[] {
  const around = (of: readonly number[], n: number, far: number): readonly number[] =>
    Array.from({ length: 2 * far + 1 }, (_, k) => of[clamp(n + k - far, 0, of.length - 1)]!);
  const mean = (of: readonly number[]): number[] =>
    of.map((_, n) => around(of, n, reach).reduce((sum, it) => sum + it, 0) / (2 * reach + 1));
  const highest = needs.map((_, n) => Math.max(...around(needs, n, 2 * reach)));
  return mean(mean(highest));
}

function shorten(joints: Float32Array, side: (typeof SIDES)[number], factor: number): void {
  if (factor === 1) return;
  const root = JOINT_INDEX[`${side}Shoulder`] * 2;
  for (const name of ['Elbow', 'Wrist', 'Hand'] as const) {
    const joint = JOINT_INDEX[`${side}${name}`] * 2;
    for (const axis of [0, 1]) {
      const start = joints[root + axis]!;
      joints[joint + axis] = start + factor * (joints[joint + axis]! - start);
    }
  }
}
