/**
 * Cuts a wide sleeve anew, in two pieces with round ends: whatever the arm does, they overlap at
 * the elbow in one closed shape, and the cuff ends in one clean line. The picture shows the folds,
 * the opening and the torn rims of one pose only, and none of that turns with an arm.
 */

import { blurBox } from '../../model/blur.ts';
import type { Limb } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { median, percentile } from '../../model/percentile.ts';
import { clamp, mix, smoothstep } from '../../model/scalar.ts';
import { dilate } from '../pixels/binary.ts';
import { chromaDistance, type Figure } from '../segment/figure.ts';
import { PART, sideOf } from '../segment/parts.ts';

/** A cut piece at segmentation size. */
export type SleevePiece = {
  /** How much of each pixel the piece covers, 0..1. */
  shape: Float32Array;
  /** 1 where the picture shows its cloth. */
  cloth: Uint8Array;
  /** The turned up end of the sleeve; null where the picture shows no other cloth there. */
  cuff: Cuff | null;
};

/** Where a cuff is, 0..1, and 1 where the picture shows its cloth. */
export type Cuff = { zone: Float32Array; cloth: Uint8Array };

/** Both pieces of a sleeve. */
export type TailoredSleeve = { upper: SleevePiece; lower: SleevePiece };

/** Places along the upper arm where the sleeve is measured ... */
const UPPER_PLACES = [0.6, 0.7, 0.8] as const;
/** ... which is at least and at most so wide, as shares of the upper arm's length (half widths). */
const HALF_WIDTHS = [0.16, 0.34] as const;
/** The cuff against the sleeve at the elbow: wider ones hide where a hand points. */
const CUFF_WIDTH = 0.9;
/** The sleeve ends where this part of the hand is still inside of it, ... */
const HEM_SHARE = 0.2;
/** ... its round end beginning between these shares of the forearm's length past the elbow. */
const HEM_RANGE = [0.85, 1.2] as const;
/** The end is round by this share of its half width. */
const END_DEPTH = 0.28;
/** The lower piece fades into the upper one from the second place past the elbow to the first. */
const FADE = [0.9, 0.1] as const;
/** Up to this share of the upper arm its outline is the picture's, from the second its own; */
const OWN_OUTLINE = [0.35, 0.6] as const;
/** it may be so many times as wide as the sleeve is farther down. */
const OWN_WIDTH = 1.4;
/** The cuff is this share of the half width deep ... */
const CUFF_DEPTH = 0.42;
/** ... where the picture shows this share of it in another cloth. */
const CUFF_SEEN = 0.12;
/** Up to this share of the way from the elbow to the hem all of an arm is cloth; from there on */
const FOLDS_END = 0.4;
/** Cloth is no darker and no lighter than these parts of its usual light, ... */
const LIGHT_RANGE = [0.3, 1.75] as const;
/** ... and its chroma differs by less than this. */
const CHROMA_MAX = 20;
/** So many pixels around a hand are mixed with its colours. */
const HAND_RIM = 3;
/** Within so many pixels at least this part is of the same cloth. */
const CRUMB_RADIUS = 3;
const CRUMB_SHARE = 0.6;
/** Trunk within this share of the upper arm's length around the shoulder is cloth of the sleeve. */
const ROOT = 0.4;
/** Softer pixels are mixed with the background. */
const SOLID = 0.9;
const HALF = 0.5;

/** Cuts the sleeve of one arm; `hand` is 1 where its hand is. */
export function tailorSleeve(
  figure: Figure,
  labels: Int8Array,
  limb: Limb,
  hand: Uint8Array,
): TailoredSleeve {
  const { width, height } = figure.rgb;
  const side = sideOf(limb);
  const shoulder = jointAt(figure.joints, `${side}Shoulder`);
  const elbow = jointAt(figure.joints, `${side}Elbow`);
  const wrist = jointAt(figure.joints, `${side}Wrist`);
  const upper = createAxis(shoulder, elbow);
  const lower = createAxis(elbow, wrist);
  const [least, most] = HALF_WIDTHS.map((share) => share * upper.length) as [number, number];
  const radius = clamp(measureHalfWidth(figure, labels, limb, upper), least, most);
  const end = CUFF_WIDTH * radius;
  const hem = findHem(hand, width, lower, END_DEPTH * end);
  const nearHand = dilate(hand, width, height, HAND_RIM);
  const isArm = (i: number): boolean =>
    labels[i] === PART[limb] && nearHand[i] === 0 && figure.alpha[i]! > SOLID;
  const looks = readCloth(figure, isArm, upper, radius);
  // Folds are dark and light too: only near the hand one may look into the sleeve.
  const isFold = (i: number): boolean =>
    lower.placeOf(i % width, Math.floor(i / width)).along < FOLDS_END * hem;
  const cloth = dropCrumbs(
    figure,
    labels.map((_, i) => (isArm(i) && (isFold(i) || looks.isCloth(i)) ? 1 : 0)),
  );
  const upperShape = shapeOf(figure, (x, y) => {
    const { along, across } = upper.placeOf(x, y);
    if (along < 0) return radius - Math.hypot(along, across);
    if (along > upper.length) return radius - Math.hypot(along - upper.length, across);
    return radius - Math.abs(across);
  });
  for (let i = 0; i < labels.length; i++) {
    const { along, across } = upper.placeOf(i % width, Math.floor(i / width));
    const isOwn = labels[i] === PART[limb] && Math.abs(across) < OWN_WIDTH * radius;
    const own = isOwn ? 1 : upperShape[i]!;
    const drawn = smoothstep(...OWN_OUTLINE, along / upper.length);
    upperShape[i] = mix(own * figure.alpha[i]!, upperShape[i]!, drawn);
  }
  const lowerShape = shapeOf(figure, (x, y) => {
    const { along, across } = lower.placeOf(x, y);
    if (along < 0) return radius - Math.hypot(along, across);
    if (along <= hem) return mix(radius, end, along / hem) - Math.abs(across);
    return (1 - Math.hypot((along - hem) / (END_DEPTH * end), across / end)) * END_DEPTH * end;
  });
  for (let i = 0; i < labels.length; i++) {
    const { along } = lower.placeOf(i % width, Math.floor(i / width));
    lowerShape[i]! *= smoothstep(...FADE, -along / radius);
  }
  const cuff = cutCuff(figure, isArm, looks, lower, hem, end);
  return {
    upper: { shape: upperShape, cloth: joinTrunk(figure, labels, cloth, upper), cuff: null },
    lower: { shape: lowerShape, cloth, cuff },
  };
}

/** A mask without places that have little of it around them: fills would make blots of them. */
function dropCrumbs({ rgb }: Figure, mask: ArrayLike<number>): Uint8Array {
  const share = blurBox(Float32Array.from(mask), rgb.width, rgb.height, CRUMB_RADIUS);
  return Uint8Array.from(mask, (value, i) => (value === 1 && share[i]! > CRUMB_SHARE ? 1 : 0));
}

/** At its root a sleeve is of one cloth with the trunk. */
function joinTrunk(
  { rgb: { width }, alpha }: Figure,
  labels: Int8Array,
  cloth: Uint8Array,
  upper: Axis,
): Uint8Array {
  return cloth.map((value, i) => {
    if (labels[i] !== PART.torso || alpha[i]! <= SOLID) return value;
    const { along, across } = upper.placeOf(i % width, Math.floor(i / width));
    return Math.hypot(along, across) < ROOT * upper.length ? 1 : value;
  });
}

/** A bone as a ruler: how far along it and beside it places are, in pixels. */
type Axis = {
  length: number;
  placeOf(x: number, y: number): { along: number; across: number };
};

function createAxis(from: Point, to: Point): Axis {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  return {
    length,
    placeOf: (x, y) => ({
      along: ux * (x - from.x) + uy * (y - from.y),
      across: ux * (y - from.y) - uy * (x - from.x),
    }),
  };
}

/** Coverage of pixels by a shape, which is told by the distance to its outline, inside positive. */
function shapeOf({ rgb }: Figure, depthAt: (x: number, y: number) => number): Float32Array {
  return Float32Array.from({ length: rgb.width * rgb.height }, (_, i) =>
    clamp(depthAt(i % rgb.width, Math.floor(i / rgb.width)) + 0.5, 0, 1),
  );
}

/** Half the width of the sleeve around the upper arm. */
function measureHalfWidth(
  { rgb: { width }, alpha }: Figure,
  labels: Int8Array,
  limb: Limb,
  upper: Axis,
): number {
  const widths = UPPER_PLACES.map(() => 0);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== PART[limb] || alpha[i]! < HALF) continue;
    const { along, across } = upper.placeOf(i % width, Math.floor(i / width));
    if (Math.abs(across) > upper.length) continue;
    for (const [n, place] of UPPER_PLACES.entries()) {
      if (Math.abs(along - place * upper.length) < HALF) widths[n]! += 1;
    }
  }
  return median(widths) / 2;
}

/** Where along the forearm the round end of the sleeve, so deep in its middle, begins. */
function findHem(hand: Uint8Array, width: number, lower: Axis, depth: number): number {
  const places: number[] = [];
  for (let i = 0; i < hand.length; i++) {
    if (hand[i] === 1) places.push(lower.placeOf(i % width, Math.floor(i / width)).along);
  }
  const [low, high] = HEM_RANGE;
  const seen = places.length > 0 ? percentile(places, HEM_SHARE) : lower.length;
  return clamp(seen - depth, low * lower.length, high * lower.length);
}

type Looks = { isCloth(i: number): boolean; isOther(i: number): boolean };

/** How the cloth of the upper arm looks, and what is surely another cloth. */
function readCloth(
  { rgb: { width, channels } }: Figure,
  isArm: (i: number) => boolean,
  upper: Axis,
  radius: number,
): Looks {
  const colourOf = (i: number): Colour => [channels[0][i]!, channels[1][i]!, channels[2][i]!];
  const sample: Colour[] = [];
  for (let i = 0; i < channels[0].length; i++) {
    if (!isArm(i)) continue;
    const { along, across } = upper.placeOf(i % width, Math.floor(i / width));
    if (along > 0 && along < upper.length && Math.abs(across) < radius) sample.push(colourOf(i));
  }
  const middle = (c: 0 | 1 | 2): number => median(sample.map((colour) => colour[c]));
  const usual: Colour = [middle(0), middle(1), middle(2)];
  const light = Math.max(1, median(sample.map(lightOf)));
  const shareOf = (i: number): number => lightOf(colourOf(i)) / light;
  const isDull = (i: number): boolean => chromaDistance(colourOf(i), usual) < CHROMA_MAX;
  const [low, high] = LIGHT_RANGE;
  return {
    isCloth: (i) => shareOf(i) >= low && shareOf(i) <= high && isDull(i),
    isOther: (i) => shareOf(i) > high || (shareOf(i) >= low && !isDull(i)),
  };
}

function cutCuff(
  figure: Figure,
  isArm: (i: number) => boolean,
  looks: Looks,
  lower: Axis,
  hem: number,
  end: number,
): Cuff | null {
  const depth = CUFF_DEPTH * end;
  const { width } = figure.rgb;
  // The cuff begins in the same curve in which the sleeve ends.
  const zone = shapeOf(figure, (x, y) => {
    const { along, across } = lower.placeOf(x, y);
    const round = END_DEPTH * end * Math.sqrt(Math.max(0, 1 - (across / end) ** 2));
    return along - (hem + round - depth);
  });
  const other = Uint8Array.from(zone, (_, i) => {
    const { along, across } = lower.placeOf(i % width, Math.floor(i / width));
    const isNear = along > hem - 2 * depth && Math.abs(across) < 2 * end;
    return isNear && isArm(i) && looks.isOther(i) ? 1 : 0;
  });
  const cloth = dropCrumbs(figure, other);
  const seen = cloth.reduce((sum, value) => sum + value, 0);
  return seen > CUFF_SEEN * 2 * end * depth ? { zone, cloth } : null;
}

function lightOf([r, g, b]: Colour): number {
  return (r + 2 * g + b) / 4;
}
