/**
 * Finds the pixels of a hand that comes out of a wide sleeve, so that it can be painted before the
 * opening whatever its cloth does.
 */

import type { JointPositions, Limb } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { median } from '../../model/percentile.ts';
import type { Rgb } from '../../model/rgb.ts';
import { distanceToSegment } from '../../model/segment.ts';
import { dilate, labelComponents, maskOfLabel } from '../pixels/binary.ts';
import type { Figure } from '../segment/figure.ts';
import { floodParts } from '../segment/flood.ts';
import { NO_PART, PART, SIDES, type Side, sideOf } from '../segment/parts.ts';

/** Skin is learnt between these shares of the way from the wrist through its joint, */
const CORE = [0.9, 1.4] as const;
/** no farther from it than so many palms. */
const CORE_REACH = 0.3;
/** The hand is looked for within so many palms of its core. */
const REACH = 1.1;
/** Sleeve is learnt farther from it, up to so many palms. */
const SLEEVE_REACH = 2.6;
/** Hue, a difference of channels against the light, counts so much, and light so much. */
const [HUE_GAIN, LIGHT_GAIN] = [100, 0.15];
/** Hues of what is darker than this (0..255) say little. */
const DARK = 24;
/** What is this much nearer to one than to the other is surely that one. */
const SURE = 0.7;
/** Skin and sleeve are learnt from so many pixels each, */
const [SAMPLES_MIN, SAMPLES_MAX] = [3, 160];
/** and skin once more from all of the hand that was found. */
const ROUNDS = 2;
/** Fingers that lie apart are no smaller than this part of the rest. */
const PART_SHARE = 0.08;
/** Gaps between fingers up to so many pixels are hand. */
const CLOSE = 1;
/** Pixels at its rim that are darker than this part of skin are none, up to so many deep. */
const DARK_RIM = 0.28;
const RIM_ROUNDS = 3;
/** A hand is at least so many squared palms large, and no larger than this. */
const AREA = [0.25, 3] as const;
/** No more than this part of the sleeve around it may be nearer than so much to the skin. */
const DISTANCE_MIN = 4;
const ALIKE_MAX = 0.3;
const [SLEEVE, HAND] = [0, 1];

/** 1 where the hand is, at segmentation size; null where colours do not tell it from its sleeve. */
export function findHand(figure: Figure, labels: Int8Array, limb: Limb): Uint8Array | null {
  const { width, channels } = figure.rgb;
  const side = sideOf(limb);
  const wrist = jointAt(figure.joints, `${side}Wrist`);
  const hand = jointAt(figure.joints, `${side}Hand`);
  // A hand that points at the camera is as large as the other one.
  const palm = Math.max(4, ...SIDES.map((it) => palmOf(figure.joints, it)));
  const away = createDistance(width, between(wrist, hand, CORE[0]), between(wrist, hand, CORE[1]));
  const arm = maskOfLabel(labels, PART[limb]);
  const sample = (accept: (i: number) => boolean): Colour[] => {
    const places = indicesOf(arm, accept);
    const step = Math.max(1, Math.ceil(places.length / SAMPLES_MAX));
    return places
      .filter((_, n) => n % step === 0)
      .map((i): Colour => [channels[0][i]!, channels[1][i]!, channels[2][i]!]);
  };
  const around = sample((i) => away(i) >= REACH * palm && away(i) < SLEEVE_REACH * palm);
  let skin = brightHalf(sample((i) => away(i) < CORE_REACH * palmOf(figure.joints, side)));
  const cloth = around.filter((colour) => nearest(skin, colour) > DISTANCE_MIN);
  if (skin.length < SAMPLES_MIN || cloth.length < SAMPLES_MIN) return null;
  if (cloth.length < (1 - ALIKE_MAX) * around.length) return null;
  let found: Uint8Array | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const near = arm.map((value, i) => (value === 1 && away(i) < REACH * palm ? 1 : 0));
    const hands = divide(figure, arm, near, skin, cloth);
    const area = hands.reduce((sum, value) => sum + value, 0) / (palm * palm);
    if (area < AREA[0] || area > AREA[1]) return found;
    found = hands;
    skin = sample((i) => hands[i] === 1);
  }
  return found;
}

/** 1 where `near` has the hand and not the sleeve, by what both look like. */
function divide(
  { rgb, alpha }: Figure,
  arm: Uint8Array,
  near: Uint8Array,
  skin: readonly Colour[],
  cloth: readonly Colour[],
): Uint8Array {
  const { width, height, channels } = rgb;
  const seeds = new Int8Array(arm.length).fill(NO_PART);
  for (const i of indicesOf(arm, () => true)) {
    if (near[i] === 0) {
      seeds[i] = SLEEVE!;
      continue;
    }
    const colour: Colour = [channels[0][i]!, channels[1][i]!, channels[2][i]!];
    const [toSkin, toCloth] = [nearest(skin, colour), nearest(cloth, colour)];
    if (toCloth < SURE * toSkin) seeds[i] = SLEEVE!;
    else if (toSkin < SURE * toCloth) seeds[i] = HAND!;
  }
  const within = alpha.map((value, i) => value * arm[i]!);
  const flooded = maskOfLabel(floodParts(rgb, within, seeds, []), HAND!);
  const closed = close(largestParts(flooded, width, height), arm, width, height);
  const whole = claimCrumbs(closed, arm, width, height);
  return trimDark(whole, rgb, DARK_RIM * median(skin.map(lightOf)));
}

function palmOf(joints: JointPositions, side: Side): number {
  const [wrist, hand] = [jointAt(joints, `${side}Wrist`), jointAt(joints, `${side}Hand`)];
  return Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
}

/** The brighter half of some colours: between the fingers one looks into the dark. */
function brightHalf(colours: readonly Colour[]): Colour[] {
  const sorted = [...colours].sort((a, b) => lightOf(b) - lightOf(a));
  return sorted.slice(0, Math.ceil(sorted.length / 2));
}

/** Distance to the nearest one of some colours: mostly of hue, as cloth lies in light and shade. */
function nearest(colours: readonly Colour[], colour: Colour): number {
  const [u, v] = hueOf(colour);
  let least = Number.POSITIVE_INFINITY;
  for (const other of colours) {
    const [u2, v2] = hueOf(other);
    const hue = HUE_GAIN * HUE_GAIN * ((u - u2) ** 2 + (v - v2) ** 2);
    least = Math.min(least, hue + (LIGHT_GAIN * (lightOf(colour) - lightOf(other))) ** 2);
  }
  return Math.sqrt(least);
}

/** Differences of the channels against the light, which shade hardly changes. */
function hueOf([r, g, b]: Colour): [number, number] {
  const light = Math.max(DARK, lightOf([r, g, b]));
  return [(r - g) / light, (g - b) / light];
}

function createDistance(width: number, a: Point, b: Point): (i: number) => number {
  return (i) => distanceToSegment(i % width, Math.floor(i / width), a.x, a.y, b.x, b.y);
}

function indicesOf(mask: Uint8Array, accept: (i: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1 && accept(i)) found.push(i);
  return found;
}

/** The largest part of a mask and those that are hardly smaller, as a thumb may lie apart. */
function largestParts(mask: Uint8Array, width: number, height: number): Uint8Array {
  const { labels, sizes } = labelComponents(mask, width, height);
  const sizeMin = PART_SHARE * Math.max(...sizes.slice(1));
  return mask.map((value, i) => (value === 1 && sizes[labels[i]!]! >= sizeMin ? 1 : 0));
}

/** Takes dark pixels off the rim of a hand: they are the inside of the sleeve behind it. */
function trimDark(hand: Uint8Array, { width, height, channels }: Rgb, dark: number): Uint8Array {
  let trimmed = hand;
  for (let round = 0; round < RIM_ROUNDS; round++) {
    const outside = dilate(
      trimmed.map((value) => 1 - value),
      width,
      height,
      1,
    );
    trimmed = trimmed.map((value, i) => {
      const light = lightOf([channels[0][i]!, channels[1][i]!, channels[2][i]!]);
      return value === 1 && outside[i] === 1 && light < dark ? 0 : value;
    });
  }
  return trimmed;
}

/** Takes the crumbs that the hand cuts off from the rest of its arm. */
function claimCrumbs(hand: Uint8Array, arm: Uint8Array, width: number, height: number): Uint8Array {
  const rest = arm.map((value, i) => (value === 1 && hand[i] === 0 ? 1 : 0));
  const { labels, sizes } = labelComponents(rest, width, height);
  const sizeMax = PART_SHARE * hand.reduce((sum, value) => sum + value, 0);
  return hand.map((value, i) =>
    value === 1 || (rest[i] === 1 && sizes[labels[i]!]! < sizeMax) ? 1 : 0,
  );
}

/** Fills the narrow gaps of a mask within another one. */
function close(mask: Uint8Array, within: Uint8Array, width: number, height: number): Uint8Array {
  const outside = dilate(mask, width, height, CLOSE).map((value) => 1 - value);
  const open = dilate(outside, width, height, CLOSE);
  return mask.map((value, i) => (value === 1 || (open[i] === 0 && within[i] === 1) ? 1 : 0));
}

function lightOf([r, g, b]: Colour): number {
  return (r + 2 * g + b) / 4;
}
