/**
 * Reads from the picture what a borrowed hand must fit: where the own hand ends, its skin, its arm.
 */

import type { Character, Layer } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { HAND, type Hand, handPointAt, palmLength, type Side } from '../../model/hand.ts';
import type { RgbaImage } from '../../model/image.ts';
import { jointAt } from '../../model/joints.ts';
import { writeLab } from '../../model/lab.ts';
import { between, distanceBetween, facePointAt } from '../../model/landmarks.ts';
import type { LabStatistics } from '../../model/motion.ts';
import { median } from '../../model/percentile.ts';
import type { HandCut } from '../../model/performance.ts';
import { clamp } from '../../model/scalar.ts';

export type OwnHand = {
  side: Side;
  isVisible: boolean;
  /** Its place has the colour of skin, but what is there is no hand to the network. */
  isOdd: boolean;
  isInSleeve: boolean;
  /** Wrist point of the hand in the bind pose, and where the own hand fades out. */
  cut: HandCut;
  /** Middle of the bare arm behind the wrist, clockwise of its axis, and its width in pixels. */
  arm: { offset: number; width: number } | null;
  /** Mean colour of the bare arm behind the wrist, L*a*b*. */
  armLab: readonly [number, number, number] | null;
  /** Skin of the hand, or of the face alone when the hand is hidden; null when neither is seen. */
  skin: (Pick<LabStatistics, 'mean'> & { deviation: LabStatistics['deviation'] | null }) | null;
};

/** How far the wrist point of the hand may lie from that of the body, in palm lengths. */
const OFFSET_MAX = 0.35;
/** A palm is about this part of a forearm, where no hand is seen. */
const PALM_PER_FOREARM = 0.4;
const FADE_SEEN = [-0.2, 0.02] as const;
const FADE_HIDDEN = [-0.16, -0.04] as const;
/** Places along the forearm whose colour tells skin from sleeve. */
const FOREARM_PLACES = [0.55, 0.67, 0.79, 0.9] as const;
/** Just behind the wrist, where the borrowed arm begins. */
const ARM_COLOUR_PLACES = [0.76, 0.8, 0.84, 0.88] as const;
/** Shaded sides of an arm are nowhere darker than this part of its middle, nor of a hue so far. */
const ARM_LIGHT_MIN = 0.25;
const ARM_HUE_MAX = 0.17;
/**
 * Where a hand is looked for between the wrist of the body and its knuckles, and how many of these
 * places show skin where there is one: the end of a bare arm shows some too.
 */
const HAND_PLACES = [0.45, 0.7, 0.95, 1.2] as const;
const HAND_PLACES_MIN = 2;
/** Sleeves differ from skin by at least this in normalised colours. */
const SLEEVE_MIN = 0.1;
/** A hand that differs from the face by more is a glove or a guess. */
const OWN_SKIN_MAX = 0.1;
const CHEEKS = [50, 280, 205, 425, 101, 330] as const;
const NOSE_POINTS = [1, 4, 5, 195] as const;
/** Where the arm is measured, in palm lengths behind the wrist. */
const ARM_PLACES = [-0.3, -0.36, -0.42, -0.48, -0.54] as const;

/** A pixel of a layer that is nearly opaque. */
const SOLID = 250;

/** What the side of a character offers to a borrowed hand. */
export function readOwnHand(character: Character, side: Side): OwnHand {
  const face = faceColours(character);
  const hand = believableHand(character, side, face);
  const elbow = jointAt(character.joints, `${side}Elbow`);
  const wrist = jointAt(character.joints, `${side}Wrist`);
  const forearm = distanceBetween(elbow, wrist);
  const palm = hand ? palmLength(hand) : PALM_PER_FOREARM * forearm;
  const armAngle = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
  const at = hand ? limitedWrist(hand, wrist, palm) : wrist;
  const isInSleeve = wearsSleeve(character, side, hand ? handColours(character, hand, side) : face);
  const skinColours = hand ? handColours(character, hand, side) : face;
  const statistics = skinColours.length === 0 ? null : statisticsOf(skinColours);
  return {
    side,
    isVisible: hand !== null,
    isOdd: hand === null && hasSkinAtHand(character, side, face),
    isInSleeve,
    cut: {
      ...at,
      axis: hand ? axisOf(armAngle, hand) : armAngle,
      palm,
      fade: hand ? FADE_SEEN : FADE_HIDDEN,
    },
    arm: isInSleeve ? null : measureArm(character, side, at, armAngle, palm),
    armLab: isInSleeve ? null : armColour(character, side),
    skin: statistics && {
      mean: statistics.mean,
      deviation: hand ? statistics.deviation : null,
    },
  };
}

/** The hand that was seen, when it has the colour of the face and hangs on the arm. */
function believableHand(character: Character, side: Side, face: Colour[]): Hand | null {
  const hand = character.hands?.[side] ?? null;
  if (hand === null) return null;
  const wrist = jointAt(character.joints, `${side}Wrist`);
  if (distanceBetween(handPointAt(hand, HAND.wrist), wrist) > palmLength(hand)) return null;
  if (face.length === 0) return hand;
  return apart(middleColour(handColours(character, hand, side)), middleColour(face)) < OWN_SKIN_MAX
    ? hand
    : null;
}

function limitedWrist(hand: Hand, wrist: Point, palm: number): Point {
  const own = handPointAt(hand, HAND.wrist);
  const away = distanceBetween(own, wrist);
  return between(wrist, own, Math.min(1, (OFFSET_MAX * palm) / Math.max(away, 1e-6)));
}

function axisOf(armAngle: number, hand: Hand): number {
  const own = handPointAt(hand, HAND.wrist);
  const middle = handPointAt(hand, HAND.middleBase);
  const angle = Math.atan2(middle.y - own.y, middle.x - own.x);
  return Math.atan2(
    Math.sin(armAngle) + 0.6 * Math.sin(angle),
    Math.cos(armAngle) + 0.6 * Math.cos(angle),
  );
}

function faceColours(character: Character): Colour[] {
  const { face } = character;
  if (face === null) return [];
  return [...CHEEKS, ...NOSE_POINTS].flatMap((point) =>
    colourAt(character, facePointAt(face, point)),
  );
}

/** Along the palm and the first bones of the fingers. */
function handColours(character: Character, hand: Hand, side: Side): Colour[] {
  const wrist = handPointAt(hand, HAND.wrist);
  return [5, 9, 13, 17].flatMap((base) => {
    const knuckle = handPointAt(hand, base);
    const next = handPointAt(hand, base + 1);
    return [
      ...[0.25, 0.4, 0.55, 0.7, 0.85].map((t) => between(wrist, knuckle, t)),
      ...[0, 0.5, 1].map((t) => between(knuckle, next, t)),
    ].flatMap((place) => colourAt(character, place, side));
  });
}

function wearsSleeve(character: Character, side: Side, skin: readonly Colour[]): boolean {
  if (skin.length === 0) return false;
  const usual = middleColour(skin);
  const elbow = jointAt(character.joints, `${side}Elbow`);
  const wrist = jointAt(character.joints, `${side}Wrist`);
  const distances = FOREARM_PLACES.flatMap((t) =>
    colourAt(character, between(elbow, wrist, t), side).map((colour) => apart(colour, usual)),
  );
  return median(distances) >= SLEEVE_MIN;
}

function hasSkinAtHand(character: Character, side: Side, face: readonly Colour[]): boolean {
  const wrist = jointAt(character.joints, `${side}Wrist`);
  const hand = jointAt(character.joints, `${side}Hand`);
  const colours = HAND_PLACES.flatMap((t) => colourAt(character, between(wrist, hand, t), side));
  if (face.length === 0) return true;
  const usual = middleColour(face);
  const skin = colours.filter((colour) => apart(colour, usual) < OWN_SKIN_MAX);
  return skin.length >= HAND_PLACES_MIN;
}

function armColour(character: Character, side: Side): LabStatistics['mean'] | null {
  const colours = armColours(character, side);
  return colours.length === 0 ? null : statisticsOf(colours).mean;
}

function armColours(character: Character, side: Side): Colour[] {
  const elbow = jointAt(character.joints, `${side}Elbow`);
  const wrist = jointAt(character.joints, `${side}Wrist`);
  return ARM_COLOUR_PLACES.flatMap((t) => colourAt(character, between(elbow, wrist, t), side));
}

function middleColour(colours: readonly Colour[]): Colour {
  const middle = (channel: 0 | 1 | 2): number => median(colours.map((colour) => colour[channel]));
  return [middle(0), middle(1), middle(2)];
}

/** Distance of two colours without their brightness. */
function apart(a: Colour, b: Colour): number {
  const sumA = Math.max(1, a[0] + a[1] + a[2]);
  const sumB = Math.max(1, b[0] + b[1] + b[2]);
  return Math.hypot(
    a[0] / sumA - b[0] / sumB,
    a[1] / sumA - b[1] / sumB,
    a[2] / sumA - b[2] / sumB,
  );
}

/** Of an arm the layer is asked first, whose light may be evened, then the picture. */
function colourAt({ picture, layers }: Character, { x, y }: Point, side?: Side): Colour[] {
  const layer = side && layers.find(({ name }) => name === `${side}Arm`);
  const own = layer ? solidAt(layer.texture, Math.floor(x - layer.x), Math.floor(y - layer.y)) : [];
  return own.length > 0 ? own : solidAt(picture, Math.floor(x), Math.floor(y));
}

function solidAt({ width, height, data }: RgbaImage, column: number, row: number): Colour[] {
  if (column < 0 || row < 0 || column >= width || row >= height) return [];
  const at = (row * width + column) * 4;
  return data[at + 3]! < SOLID ? [] : [[data[at]!, data[at + 1]!, data[at + 2]!]];
}

function statisticsOf(colours: readonly Colour[]): LabStatistics {
  const labs = colours.map(([r, g, b]) => {
    const lab = new Float64Array(3);
    writeLab(r, g, b, lab, 0);
    return lab;
  });
  const mean = (of: (lab: Float64Array) => number): number =>
    labs.reduce((sum, lab) => sum + of(lab), 0) / labs.length;
  const means = [0, 1, 2].map((c) => mean((lab) => lab[c]!)) as [number, number, number];
  const deviation = means.map((middle, c) => Math.sqrt(mean((lab) => (lab[c]! - middle) ** 2))) as [
    number,
    number,
    number,
  ];
  return { mean: means, deviation };
}

/**
 * Walks from the axis outwards until the figure ends; null when the arm is not free on both sides.
 */
function measureArm(
  character: Character,
  side: Side,
  wrist: Point,
  angle: number,
  palm: number,
): { offset: number; width: number } | null {
  const layer =
    character.layers.find(({ name }) => name === `${side}Arm`) ??
    character.layers.find(({ name }) => name === 'body');
  if (!layer) return null;
  const isArm = createArmTest(layer, wrist, angle, middleColour(armColours(character, side)));
  const reach = 0.8 * palm;
  const widths: number[] = [];
  const offsets: number[] = [];
  for (const place of ARM_PLACES) {
    const centre = findInside(isArm, place * palm, 0.35 * palm);
    if (centre === null) continue;
    let low = centre;
    let high = centre;
    while (low > -reach && isArm(place * palm, low)) low -= 0.5;
    while (high < reach && isArm(place * palm, high)) high += 0.5;
    if (low <= -reach || high >= reach) continue;
    widths.push(high - low);
    offsets.push((low + high) / 2);
  }
  if (widths.length < 2) return null;
  return { offset: clamp(median(offsets), -0.5 * palm, 0.5 * palm), width: median(widths) };
}

/** Whether a place, told in the frame of the forearm, shows arm: clothes beside it do not count. */
function createArmTest(
  { texture, x: left, y: top }: Layer,
  wrist: Point,
  angle: number,
  skin: Colour,
): (along: number, across: number) => boolean {
  const { width, height, data } = texture;
  return (along, across) => {
    const x = Math.floor(wrist.x + along * Math.cos(angle) - across * Math.sin(angle) - left);
    const y = Math.floor(wrist.y + along * Math.sin(angle) + across * Math.cos(angle) - top);
    if (x < 0 || y < 0 || x >= width || y >= height) return false;
    const at = (y * width + x) * 4;
    const colour: Colour = [data[at]!, data[at + 1]!, data[at + 2]!];
    if (data[at + 3]! < 128 || colour[1] < ARM_LIGHT_MIN * skin[1]) return false;
    return apart(colour, skin) < ARM_HUE_MAX;
  };
}

function findInside(
  isArm: (along: number, across: number) => boolean,
  along: number,
  reach: number,
): number | null {
  for (let away = 0; away <= reach; away += 1) {
    if (isArm(along, away)) return away;
    if (isArm(along, -away)) return -away;
  }
  return null;
}
