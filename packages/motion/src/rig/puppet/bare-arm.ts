/**
 * Tells where the texture of an arm shows bare skin, and what its colour is along the arm, by the
 * hue that its forearm has.
 */

import type { JointPositions, Layer } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { median } from '../../model/percentile.ts';
import { clamp, mix } from '../../model/scalar.ts';
import { positionOnSegment } from '../../model/segment.ts';
import type { Side } from '../segment/parts.ts';
import { colourfulness, shareOfSkin } from '../segment/skin-hue.ts';

/** Colours are read at so many places of upper arm, forearm and hand each. */
export const PLACES = 12;
/** ... from pixels this far beside the bone, in lengths of the forearm. */
const CORE = 0.09;
/** Fewer pixels than this tell no colour. */
const PIXELS_MIN = 6;
const SOLID = 200;
/** The hand goes on beyond its joint by this share of its bone. */
const HAND_REACH = 1.7;
/** Places of the forearm, as shares of it, whose usual colour is that of the skin. */
const FOREARM = [0.15, 0.9] as const;
/** Skin has at least this much colour (in shares of a colour's sum), or hue tells nothing. */
const CHROMA_MIN = 0.03;
/** Of the forearm so many places are skin, or it is in a sleeve. */
const BARE_MIN = 0.8;

/** The palm is this much of the bone of the hand with its fingers. */
const PALM = 0.6;
/** A cuff is at the middle of the forearm at most. */
const FROM_MAX = 1.5 * PLACES;

/** An arm whose forearm is bare; places count from the shoulder, {@link PLACES} a bone. */
export type BareArm = {
  side: Side;
  /** The first place that is bare. */
  from: number;
  /** Whether the hand is skin, too, and not in a glove. */
  isHandBare: boolean;
  /** Usual colour of the forearm. */
  skin: Colour;
  /** Colour at each place, of the nearest bare one where none can be read. */
  tones: Colour[];
};

/** Where a pixel lies on an arm: its place, with fractions, and how far beside the bone. */
export type ArmPlace = (x: number, y: number) => { place: number; away: number };

/** Bones of an arm in the pixels of `joints`. */
export function createArmPlace(joints: JointPositions, side: Side): ArmPlace {
  const bones = bonesOf(joints, side);
  return (x, y) => {
    let best = { place: 0, away: Number.POSITIVE_INFINITY };
    for (const [n, [a, b]] of bones.entries()) {
      const t = clamp(positionOnSegment(x, y, a.x, a.y, b.x, b.y), 0, 1);
      const on = between(a, b, t);
      const away = Math.hypot(x - on.x, y - on.y);
      if (away < best.away) best = { place: (n + t) * PLACES, away };
    }
    return best;
  };
}

function bonesOf(joints: JointPositions, side: Side): [Point, Point][] {
  const [shoulder, elbow, wrist, hand] = (['Shoulder', 'Elbow', 'Wrist', 'Hand'] as const).map(
    (name) => jointAt(joints, `${side}${name}`),
  ) as [Point, Point, Point, Point];
  return [
    [shoulder, elbow],
    [elbow, wrist],
    [wrist, between(wrist, hand, HAND_REACH)],
  ];
}

/** Reads a layer of an arm; null when its forearm is not bare or has no hue to tell it by. */
export function readBareArm(layer: Layer, joints: JointPositions, side: Side): BareArm | null {
  const tones = readTones(layer, joints, side);
  const forearm = tones.slice(
    Math.round((1 + FOREARM[0]) * PLACES),
    Math.round((1 + FOREARM[1]) * PLACES),
  );
  const skin = medianColour(forearm.filter((tone) => tone !== null));
  if (skin === null || colourfulness(skin) < CHROMA_MIN) return null;
  const isBare = tones.map((tone) => tone !== null && shareOfSkin(skin, ...tone) > 0.5);
  const bare = forearm.filter((tone) => tone !== null && shareOfSkin(skin, ...tone) > 0.5);
  if (bare.length < BARE_MIN * forearm.length) return null;
  let from = 2 * PLACES;
  // A bracelet or the crook of an arm in deep shadow is no cuff.
  while (from > 0 && (isBare[from - 1] || (from > PLACES && isBare[from - 2]))) from--;
  if (from > FROM_MAX) return null;
  const last = isBare.lastIndexOf(true);
  const filled = tones.map((_, n) => {
    const nearest = nearestBare(isBare, clamp(n, from, last));
    return tones[nearest] ?? skin;
  });
  const hand = isBare.slice(2 * PLACES, 2 * PLACES + Math.round(PALM * PLACES));
  const isHandBare = hand.filter(Boolean).length >= BARE_MIN * hand.length;
  return { side, from, isHandBare, skin, tones: filled };
}

function nearestBare(isBare: readonly boolean[], place: number): number {
  for (let away = 0; away < isBare.length; away++) {
    if (isBare[place - away]) return place - away;
    if (isBare[place + away]) return place + away;
  }
  return place;
}

function readTones(layer: Layer, joints: JointPositions, side: Side): (Colour | null)[] {
  const { width, data } = layer.texture;
  const placeOf = createArmPlace(joints, side);
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const core = CORE * Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y);
  const found = Array.from({ length: 3 * PLACES }, (): Colour[] => []);
  for (let i = 0; i < data.length / 4; i++) {
    if (data[i * 4 + 3]! < SOLID) continue;
    const { place, away } = placeOf((i % width) + layer.x, Math.floor(i / width) + layer.y);
    if (away > core) continue;
    const colour: Colour = [data[i * 4]!, data[i * 4 + 1]!, data[i * 4 + 2]!];
    found[Math.min(Math.floor(place), found.length - 1)]!.push(colour);
  }
  return found.map((colours) => (colours.length < PIXELS_MIN ? null : medianColour(colours)));
}

function medianColour(colours: readonly Colour[]): Colour | null {
  if (colours.length === 0) return null;
  const channel = (c: 0 | 1 | 2): number => median(colours.map((colour) => colour[c]));
  return [channel(0), channel(1), channel(2)];
}

/** The colour at a place between those that were read. */
export function toneAt(tones: readonly Colour[], place: number): Colour {
  const at = clamp(place - 0.5, 0, tones.length - 1);
  const before = tones[Math.floor(at)]!;
  const after = tones[Math.min(Math.floor(at) + 1, tones.length - 1)]!;
  const share = at - Math.floor(at);
  return [
    mix(before[0], after[0], share),
    mix(before[1], after[1], share),
    mix(before[2], after[2], share),
  ];
}
