/**
 * Keeps the stumps of arms whose hands the lower border of the picture cuts below that border: the
 * arm is raised only as far as nothing is seen to be missing.
 */

import { wrapAngle } from '../model/angles.ts';
import type { Character, JointPositions } from '../model/character.ts';
import type { Finding } from '../model/finding.ts';
import type { Point } from '../model/geometry.ts';
import type { Side } from '../model/hand.ts';
import { JOINT_INDEX, jointAt } from '../model/joints.ts';
import { mix } from '../model/scalar.ts';
import { ease } from './arm-room.ts';

const SIDES = ['left', 'right'] as const;
const PARTS = ['Elbow', 'Wrist', 'Hand'] as const;
/** An arm begins to give way this long before it must. */
const EASE_SECONDS = 0.2;
/** Steps between the driven arm and the hanging one. */
const STEPS = 24;
/** An arm that is held this far down, of the way to hanging, is worth a word. */
const HELD_MIN = 0.3;
/** With this share of what is missing borrowed from the clip, the arm moves as it is driven. */
const BORROWED_MIN = 0.85;
/** A hand of which this share of the way to its knuckles is seen still looks like one. */
const STUMP_MAX = 0.8;
/** Rows of the picture below which a cut is not seen. */
const OVERLAP = 1;

/** The joints of all frames, and the sides whose arm is held. */
export type HeldArms = { joints: Float32Array[]; sides: Side[]; findings: Finding[] };

/**
 * Holds arms down as far as needed, never by a jump. `isBorrowed` tells where a hand of the clip
 * stands in for the one that is missing; a side where it nearly always does is not held.
 */
export function holdCutHands(
  character: Character,
  frames: readonly Float32Array[],
  fps: number,
  isBorrowed: (side: Side, frame: number) => boolean,
): HeldArms {
  const joints = frames.map((frame) => Float32Array.from(frame));
  const held: HeldArms = { joints, sides: [], findings: [] };
  for (const side of SIDES) {
    const cut = findCut(character, side);
    if (cut === null) continue;
    const needs = frames.map((frame) => measureNeed(character, frame, side, cut));
    const needy = needs.flatMap((need, frame) => (need > 0 ? [frame] : []));
    if (needy.length === 0) continue;
    const borrowed = needy.filter((frame) => isBorrowed(side, frame)).length;
    if (borrowed >= BORROWED_MIN * needy.length) continue;
    const eased = ease(needs, Math.max(1, Math.round(EASE_SECONDS * fps)));
    for (const [frame, share] of eased.entries()) {
      if (share > 0) {
        joints[frame]!.set(lower(character, joints[frame]!, side, share, cut));
      }
    }
    held.sides.push(side);
    if (Math.max(...needs) > HELD_MIN) held.findings.push(describeHeld(side));
  }
  return held;
}

function describeHeld(side: Side): Finding {
  return {
    code: 'limb_frozen',
    severity: 'warning',
    message:
      `The ${side} arm of the character stays down because the lower border of the picture cuts ` +
      'its hand; use a picture that shows the hands.',
  };
}

/** Where between wrist and hand the border is, 0..1; null when enough of the hand is seen. */
function findCut({ joints, height, movingLimbs }: Character, side: Side): number | null {
  if (!movingLimbs.includes(`${side}Arm`)) return null;
  const wrist = jointAt(joints, `${side}Wrist`).y;
  const hand = jointAt(joints, `${side}Hand`).y;
  const share = Math.max(0, (height - wrist) / Math.max(1, hand - wrist));
  return share < STUMP_MAX ? share : null;
}

/** The least share of the way to hanging with which the cut is below the border. */
function measureNeed(character: Character, joints: JointPositions, side: Side, cut: number) {
  if (cutOf(joints, side, cut).y >= character.height - OVERLAP) return 0;
  for (let step = 1; step < STEPS; step++) {
    const lowered = turnDown(character, joints, side, step / STEPS);
    if (cutOf(lowered, side, cut).y >= character.height - OVERLAP) return step / STEPS;
  }
  return 1;
}

function cutOf(joints: JointPositions, side: Side, cut: number): Point {
  const wrist = jointAt(joints, `${side}Wrist`);
  const hand = jointAt(joints, `${side}Hand`);
  return { x: mix(wrist.x, hand.x, cut), y: mix(wrist.y, hand.y, cut) };
}

/** The arm on its way from where it is driven to hanging as in the picture. */
function turnDown(
  { joints: bind }: Character,
  joints: JointPositions,
  side: Side,
  share: number,
): Float32Array {
  const result = Float32Array.from(joints);
  for (const [n, part] of PARTS.entries()) {
    const before = `${side}${n === 0 ? 'Shoulder' : PARTS[n - 1]!}` as const;
    const driven = vector(joints, before, `${side}${part}`);
    const hanging = vector(bind, before, `${side}${part}`);
    const angle = hanging.angle + (1 - share) * wrapAngle(driven.angle - hanging.angle);
    const length = mix(driven.length, hanging.length, share);
    const from = jointAt(result, before);
    result.set(
      [from.x + length * Math.cos(angle), from.y + length * Math.sin(angle)],
      JOINT_INDEX[`${side}${part}`] * 2,
    );
  }
  return result;
}

type JointName = Parameters<typeof jointAt>[1];

function vector(joints: JointPositions, from: JointName, to: JointName) {
  const [a, b] = [jointAt(joints, from), jointAt(joints, to)];
  return { angle: Math.atan2(b.y - a.y, b.x - a.x), length: Math.hypot(b.x - a.x, b.y - a.y) };
}

/** Turns an arm down, and lengthens it where the shoulder has risen. */
function lower(
  character: Character,
  joints: JointPositions,
  side: Side,
  share: number,
  cut: number,
): Float32Array {
  const result = turnDown(character, joints, side, share);
  const shoulder = jointAt(result, `${side}Shoulder`);
  const tall = cutOf(result, side, cut).y - shoulder.y;
  const missing = share * (character.height - shoulder.y - tall);
  if (missing <= 0 || tall <= 0) return result;
  for (const part of PARTS) {
    const at = JOINT_INDEX[`${side}${part}`] * 2 + 1;
    result[at]! += (missing * (result[at]! - shoulder.y)) / tall;
  }
  return result;
}
