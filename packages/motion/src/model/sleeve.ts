/**
 * The cloth of a wide sleeve hangs from its forearm: it keeps pointing down while the forearm
 * turns, and what lies near the arm goes on following the bone.
 */

import type { Character, JointPositions, Layer, Limb } from './character.ts';
import type { Point } from './geometry.ts';
import type { Side } from './hand.ts';
import { jointAt } from './joints.ts';
import { clamp, mix, smoothstep } from './scalar.ts';
import { distanceToSegment } from './segment.ts';

/**
 * Where the cloth of each wide sleeve points: one unit in the bind pose, shorter when it turns
 * over.
 */
export type SleeveHang = Partial<Record<Side, Point>>;

/** How a forearm and its cloth lie in the bind pose. */
export type Sleeve = {
  limb: Limb;
  side: Side;
  elbow: Point;
  /** Unit vector from elbow to wrist, and its length in pixels. */
  along: Point;
  length: number;
  /** Unit vector along which the cloth hangs. */
  hang: Point;
  /** On which side of the forearm the cloth is: 1 clockwise of it in the picture, else -1. */
  turn: number;
};

/** Vertices of one layer that hang, with how freely, 0..1. */
export type SleeveCloth = {
  sleeve: Sleeve;
  layer: number;
  vertices: Uint32Array;
  shares: Float32Array;
};

/** Cloth hangs at this angle to its forearm, in radians ... */
const HANG_MIDDLE = Math.PI / 2;
/** ... and is drawn this much towards the hand of a hanging arm, to the elbow of a raised one. */
const HANG_SWEEP = 0.6;
/** Cloth whose side looks up by the first (sine) falls along its forearm by the second. */
const CLING_AT = 0.5;
const CLING_SHARE = 0.75;
/** From a forearm that points down by this (sine) cloth falls to the hand, else to the elbow. */
const DOWNWARDS = 0.3;
/** A forearm that points at the camera looks short; its sleeve stays this part as long. */
const SHORT_MIN = 0.65;
/** What lies past the wrist is the inside: of a sleeve turned over, only this part is seen. */
const INSIDE_SHARE = 0.35;
/** How far the cloth is turned over, by the sine of its angle to the forearm. */
const INSIDE_SEEN = [-0.5, 0.4] as const;
/** Cloth nearer to the arm than so many palms follows the bone, ... */
const ARM_REACH = 1.1;
/** ... farther than this share of the upper arm more it hangs freely. */
const FREE_SHARE = 0.4;
/** Beyond the elbow cloth follows the upper arm, wholly from this share of its length on. */
const BEYOND_ELBOW = 0.45;
/** The hand goes on beyond its joint by so much. */
const HAND_REACH = 1.7;
/** Sleeves hang when more of their cloth is on one side than on the other: none, wholly. */
const LIMP_FROM = [0.45, 0.65] as const;
/** Cloth is also as stiff as it is thick: it hangs by no more than this. */
const LIMP_MAX = 0.6;
/** ... and when this part of the arm's layer is cloth. */
const CLOTH_PART = [0.05, 0.11] as const;
/** Vertices that hang less than this do not. */
const SHARE_MIN = 0.02;

/** The cloth of all wide sleeves of a character that are as in the picture; empty without any. */
export function findSleeves(character: Character): SleeveCloth[] {
  const { joints, layers } = character;
  return (character.wideSleeves ?? []).flatMap((limb) => {
    // What was cut anew goes with its bones.
    if (layers.some(({ name }) => name === `${sideOfArm(limb)}Forearm`)) return [];
    const layer = layers.findIndex(({ name }) => name === limb);
    return layer < 0 ? [] : [findCloth(joints, limb, layers[layer]!, layer)];
  });
}

/**
 * How far down the side of the forearm looks on which the picture shows the cloth, -1..1, against
 * what the picture shows: below 0 cloth would have to stand up.
 */
export function measureFall(sleeve: Sleeve, joints: JointPositions): number {
  const elbow = jointAt(joints, `${sleeve.side}Elbow`);
  const wrist = jointAt(joints, `${sleeve.side}Wrist`);
  const along = unit(wrist.x - elbow.x, wrist.y - elbow.y);
  return acrossOf(along, sleeve.turn).y - Math.min(0, acrossOf(sleeve.along, sleeve.turn).y);
}

/**
 * The direction in which the cloth of a sleeve wants to hang when the joints are here: on the side
 * of the picture with `over` 1, turned over to the other one with -1.
 */
export function aimSleeve(sleeve: Sleeve, joints: JointPositions, over: number): Point {
  const elbow = jointAt(joints, `${sleeve.side}Elbow`);
  const wrist = jointAt(joints, `${sleeve.side}Wrist`);
  const along = unit(wrist.x - elbow.x, wrist.y - elbow.y);
  const across = acrossOf(along, sleeve.turn);
  const up = clamp((-over * measureFall(sleeve, joints)) / CLING_AT, 0, 1);
  const fallen = Math.PI * smoothstep(DOWNWARDS, -DOWNWARDS, along.y);
  const angle = mix(hangAngle(along), fallen, CLING_SHARE * up);
  const [forwards, sideways] = [Math.cos(angle), over * Math.sin(angle)];
  return {
    x: forwards * along.x + sideways * across.x,
    y: forwards * along.y + sideways * across.y,
  };
}

/** Moves the cloth of one layer (x, y pairs in `out`) to where its forearm and `hang` take it. */
export function applySleeve(
  { sleeve, vertices, shares }: SleeveCloth,
  bind: Float32Array,
  joints: JointPositions,
  hang: Point,
  scale: number,
  out: Float32Array,
): void {
  const elbow = jointAt(joints, `${sleeve.side}Elbow`);
  const wrist = jointAt(joints, `${sleeve.side}Wrist`);
  const along = unit(wrist.x - elbow.x, wrist.y - elbow.y);
  const stretch = Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y) / sleeve.length;
  const long = Math.max(stretch, SHORT_MIN * scale);
  const side = sleeve.turn * (along.x * hang.y - along.y * hang.x);
  const inside = long * mix(INSIDE_SHARE, 1, smoothstep(...INSIDE_SEEN, side));
  for (const [i, vertex] of vertices.entries()) {
    const { t, e } = clothPlace(sleeve, bind[vertex * 2]!, bind[vertex * 2 + 1]!);
    const share = shares[i]!;
    const away = (t - sleeve.length) * (t > sleeve.length ? inside : long);
    const x = wrist.x + away * along.x + e * scale * hang.x;
    const y = wrist.y + away * along.y + e * scale * hang.y;
    out[vertex * 2]! += share * (x - out[vertex * 2]!);
    out[vertex * 2 + 1]! += share * (y - out[vertex * 2 + 1]!);
  }
}

/** Pixels along the forearm and along the hanging cloth at a place of the bind pose. */
function clothPlace(
  { elbow, along, hang }: Sleeve,
  x: number,
  y: number,
): { t: number; e: number } {
  const [dx, dy] = [x - elbow.x, y - elbow.y];
  const area = along.x * hang.y - along.y * hang.x;
  return { t: (dx * hang.y - dy * hang.x) / area, e: (along.x * dy - along.y * dx) / area };
}

/** The bones of an arm as the picture shows it, and how near to them cloth is no cloth. */
type Arm = {
  elbow: Point;
  along: Point;
  /** Lengths of upper arm and forearm in pixels. */
  upper: number;
  lower: number;
  reach: number;
  awayAt(x: number, y: number): number;
};

function readArm(joints: JointPositions, side: Side): Arm {
  const at = (name: 'Shoulder' | 'Elbow' | 'Wrist' | 'Hand'): Point =>
    jointAt(joints, `${side}${name}`);
  const [shoulder, elbow, wrist, hand] = [at('Shoulder'), at('Elbow'), at('Wrist'), at('Hand')];
  const tip = {
    x: wrist.x + HAND_REACH * (hand.x - wrist.x),
    y: wrist.y + HAND_REACH * (hand.y - wrist.y),
  };
  const bones = [
    [shoulder, elbow],
    [elbow, wrist],
    [wrist, tip],
  ] as const;
  return {
    elbow,
    along: unit(wrist.x - elbow.x, wrist.y - elbow.y),
    upper: Math.max(1, Math.hypot(elbow.x - shoulder.x, elbow.y - shoulder.y)),
    lower: Math.max(1, Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y)),
    reach: ARM_REACH * Math.hypot(hand.x - wrist.x, hand.y - wrist.y),
    awayAt: (x, y) =>
      Math.min(...bones.map(([a, b]) => distanceToSegment(x, y, a.x, a.y, b.x, b.y))),
  };
}

/**
 * On which side of the forearm the cloth is, and how limp it is: what is as wide on both sides is
 * stiff and goes with the arm as it is.
 */
function findSide(
  { elbow, along, reach, awayAt }: Arm,
  positions: Float32Array,
): { turn: number; limpness: number } {
  let balance = 0;
  let amount = 0;
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i]!, positions[i + 1]!];
    const [dx, dy] = [x - elbow.x, y - elbow.y];
    if (awayAt(x, y) < reach || dx * along.x + dy * along.y < 0) continue;
    const beside = along.x * dy - along.y * dx;
    balance += beside;
    amount += Math.abs(beside);
  }
  return {
    turn: balance < 0 ? -1 : 1,
    limpness: smoothstep(...LIMP_FROM, Math.abs(balance) / Math.max(1, amount)),
  };
}

function findCloth(
  joints: JointPositions,
  limb: Limb,
  { mesh: { positions } }: Layer,
  layer: number,
): SleeveCloth {
  const side = sideOfArm(limb);
  const arm = readArm(joints, side);
  const { elbow, along, upper, reach } = arm;
  const { turn, limpness } = findSide(arm, positions);
  const angle = hangAngle(along);
  const across = acrossOf(along, turn);
  const hang = {
    x: Math.cos(angle) * along.x + Math.sin(angle) * across.x,
    y: Math.cos(angle) * along.y + Math.sin(angle) * across.y,
  };
  const sleeve: Sleeve = { limb, side, elbow, along, length: arm.lower, hang, turn };
  const all = Float32Array.from({ length: positions.length / 2 }, (_, vertex) => {
    const [x, y] = [positions[vertex * 2]!, positions[vertex * 2 + 1]!];
    const { t, e } = clothPlace(sleeve, x, y);
    const free = smoothstep(reach, reach + FREE_SHARE * upper, arm.awayAt(x, y));
    const lower = smoothstep(-BEYOND_ELBOW * upper, 0, t);
    return free * lower * smoothstep(0, reach, e);
  });
  const part = all.reduce((sum, share) => sum + share, 0) / Math.max(1, all.length);
  const hanging = all.map((share) => LIMP_MAX * share * limpness * smoothstep(...CLOTH_PART, part));
  const vertices = Uint32Array.from(hanging.keys()).filter((it) => hanging[it]! >= SHARE_MIN);
  return { sleeve, layer, vertices, shares: Float32Array.from(vertices, (it) => hanging[it]!) };
}

function sideOfArm(limb: Limb): Side {
  return limb === 'leftArm' ? 'left' : 'right';
}

/** Between forearm and cloth: gravity draws it to the lower end of the forearm. */
function hangAngle(along: Point): number {
  return HANG_MIDDLE - HANG_SWEEP * clamp(along.y, -1, 1);
}

function acrossOf({ x, y }: Point, turn: number): Point {
  return { x: -y * turn, y: x * turn };
}

function unit(x: number, y: number): Point {
  const length = Math.hypot(x, y) || 1e-6;
  return { x: x / length, y: y / length };
}
