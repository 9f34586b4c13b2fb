/** Keeps a small picture of the driver's hand, so that a character can borrow it. */

import sharp from 'sharp';
import type { Box } from '../../model/geometry.ts';
import { HAND_STRIDE, type Hand } from '../../model/hand.ts';
import type { RgbaImage } from '../../model/image.ts';
import { writeLab } from '../../model/lab.ts';
import type { HandPatch, LabStatistics } from '../../model/motion.ts';
import { cropRgb, type Rgb, shrinkRgb } from '../../model/rgb.ts';
import { FINGER_PART, WRIST_REACH } from './hand-shape.ts';
import { type HandMatte, matteHand, type Skin } from './matte-hand.ts';

/** Room around the points for the surroundings, in palm lengths. */
const MARGIN = 3 * FINGER_PART;
/** A hand is cut at a size at which its palm is at most this many pixels long. */
const PALM_MAX = 80;
/** A matte that lost more of the hand than this, or whose inside is not skin, is not used. */
const COVERAGE_MIN = 0.6;
const SKIN_SHARE_MIN = 0.35;
/** The arm is measured in this band behind the wrist, in palm lengths. */
const CUT_BAND = [-0.52, -0.28] as const;
/** The hand itself begins here. */
const HEEL_BAND = [0.02, 0.2] as const;
/** An arm that looks narrower than this, in palm lengths, is covered by a cuff. */
const CUT_WIDTH_MIN = 0.3;
/** Fewer solid pixels say nothing about the colour of a hand. */
const SOLID_COUNT_MIN = 40;
/** Pixels fainter than this (0..255) are not drawn, and need no room in the picture. */
const ALPHA_MIN = 8;
const WEBP = { quality: 88, alphaQuality: 90, effort: 1, smartSubsample: true } as const;

/** What the cutting of a hand needs to know, in pixels of the frame. */
export type HandPlace = {
  hand: Hand;
  /** Usual length of the palm. */
  palm: number;
  /** Angle in radians from the elbow to the wrist. */
  forearm: number;
};

/** The patch is null when the hand was not cut out cleanly; the skin is that of this frame. */
export type HandCutOut = { patch: HandPatch | null; skin: Skin };

/** A hand near its place in a frame, at most {@link PALM_MAX} large. */
type View = HandPlace & {
  box: Box;
  factor: number;
  rgb: Rgb;
  frame: { width: number; height: number };
};

/**
 * Cuts a hand out of a frame; null when there is nothing to see of it.
 *
 * @param skin usual colour of this hand
 * @param scale clip pixels per pixel of `image`; the patch's box is in clip pixels
 */
export async function cutHand(
  image: RgbaImage,
  place: HandPlace,
  skin: Skin | null,
  scale: number,
): Promise<HandCutOut | null> {
  const view = viewHand(image, place);
  if (view === null) return null;
  const matte = matteHand(view.rgb, view.hand, view.palm, view.forearm, skin);
  if (matte === null) return null;
  const patch = await packHand(matte, view, place, scale);
  return { patch, skin: matte.skin };
}

async function packHand(
  matte: HandMatte,
  view: View,
  place: HandPlace,
  scale: number,
): Promise<HandPatch | null> {
  if (isCutByBorder(view)) return null;
  if (matte.coverage < COVERAGE_MIN || matte.skinShare < SKIN_SHARE_MIN) return null;
  const statistics = measureSkin(matte);
  if (statistics === null) return null;
  const kept = boundsOf(matte.image);
  const { width, height, data } = matte.image;
  const webp = await sharp(data, { raw: { width, height, channels: 4 } })
    .extract({ left: kept.x, top: kept.y, width: kept.width, height: kept.height })
    .webp(WEBP)
    .toBuffer();
  const cut = measureAcross(matte.image, view, CUT_BAND);
  const heel = measureAcross(matte.image, view, HEEL_BAND);
  const unit = view.factor * scale;
  return {
    x: (view.box.x + kept.x * view.factor) * scale,
    y: (view.box.y + kept.y * view.factor) * scale,
    width: kept.width * unit,
    height: kept.height * unit,
    webp: Uint8Array.from(webp),
    palm: place.palm * scale,
    axis: place.forearm,
    skin: statistics,
    cut: cut && { ...cut, offset: cut.offset * unit, width: cut.width * unit },
    heel: heel && { offset: heel.offset * unit, width: heel.width * unit },
    sharpness: measureSharpness(matte),
  };
}

function viewHand(image: RgbaImage, { hand, palm, forearm }: HandPlace): View | null {
  const factor = Math.max(1, Math.ceil(palm / PALM_MAX));
  const xs = [hand[0]! - WRIST_REACH * palm * Math.cos(forearm)];
  const ys = [hand[1]! - WRIST_REACH * palm * Math.sin(forearm)];
  for (let i = 0; i < hand.length; i += HAND_STRIDE) {
    xs.push(hand[i]!);
    ys.push(hand[i + 1]!);
  }
  const margin = MARGIN * palm;
  const x = Math.max(0, Math.floor(Math.min(...xs) - margin));
  const y = Math.max(0, Math.floor(Math.min(...ys) - margin));
  const right = Math.min(image.width, Math.ceil(Math.max(...xs) + margin));
  const bottom = Math.min(image.height, Math.ceil(Math.max(...ys) + margin));
  const width = Math.floor((right - x) / factor) * factor;
  const height = Math.floor((bottom - y) / factor) * factor;
  if (width < 8 * factor || height < 8 * factor) return null;
  const box = { x, y, width, height };
  const rgb = cropRgb(image, box);
  return {
    hand: hand.map((value, i) =>
      i % HAND_STRIDE === 2 ? value / factor : (value - (i % HAND_STRIDE === 0 ? x : y)) / factor,
    ),
    palm: palm / factor,
    forearm,
    box,
    factor,
    frame: image,
    rgb: factor === 1 ? rgb : shrinkRgb(rgb, factor),
  };
}

/** A hand that reaches out of the frame would end in a straight edge. */
function isCutByBorder({ hand, palm, box, factor, frame }: View): boolean {
  const margin = (FINGER_PART * palm) / 2;
  for (let i = 0; i < hand.length; i += HAND_STRIDE) {
    const x = hand[i]! + box.x / factor;
    const y = hand[i + 1]! + box.y / factor;
    if (x < margin || y < margin) return true;
    if (x > frame.width / factor - margin || y > frame.height / factor - margin) return true;
  }
  return false;
}

/** Mean and standard deviation of the solid pixels. */
function measureSkin({ image, solid }: HandMatte): LabStatistics | null {
  const lab = new Float64Array(3);
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < solid.length; i += 1) {
    if (solid[i] === 0) continue;
    writeLab(image.data[i * 4]!, image.data[i * 4 + 1]!, image.data[i * 4 + 2]!, lab, 0);
    for (let c = 0; c < 3; c += 1) {
      sums[c]! += lab[c]!;
      squares[c]! += lab[c]! ** 2;
    }
    count += 1;
  }
  if (count < SOLID_COUNT_MIN) return null;
  const mean = sums.map((sum) => sum / count) as [number, number, number];
  const deviation = squares.map((square, c) =>
    Math.sqrt(Math.max(0, square / count - mean[c]! ** 2)),
  ) as [number, number, number];
  return { mean, deviation };
}

/** Motion blur takes away all fine contrast inside the hand. */
function measureSharpness({ image, solid }: HandMatte): number {
  const { width, data } = image;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = width; i < solid.length - width; i += 1) {
    if (solid[i] === 0) continue;
    const green = (at: number): number => data[at * 4 + 1]!;
    const value = green(i - 1) + green(i + 1) + green(i - width) + green(i + width) - 4 * green(i);
    sum += value;
    squares += value * value;
    count += 1;
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

/**
 * Middle, beside the wrist point and across the forearm, and width of what is seen in a band along
 * it.
 */
function measureAcross(
  { width, height, data }: RgbaImage,
  { hand, palm, forearm }: HandPlace,
  [from, to]: readonly [number, number],
): HandPatch['cut'] {
  const cos = Math.cos(forearm);
  const sin = Math.sin(forearm);
  let total = 0;
  let sum = 0;
  const colour = [0, 0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const dx = x + 0.5 - hand[0]!;
      const dy = y + 0.5 - hand[1]!;
      const along = dx * cos + dy * sin;
      if (along < from * palm || along > to * palm) continue;
      const alpha = data[(y * width + x) * 4 + 3]! / 255;
      total += alpha;
      sum += alpha * (dy * cos - dx * sin);
      for (let c = 0; c < 3; c += 1) colour[c]! += alpha * data[(y * width + x) * 4 + c]!;
    }
  }
  const thick = total / ((to - from) * palm);
  if (thick < CUT_WIDTH_MIN * palm) return null;
  const lab: [number, number, number] = [0, 0, 0];
  const [red, green, blue] = colour.map((value) => Math.round(value / total));
  writeLab(red!, green!, blue!, lab, 0);
  return { offset: sum / total, width: thick, lab };
}

function boundsOf({ width, height, data }: RgbaImage): Box {
  let left = width;
  let right = 0;
  let top = height;
  let bottom = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (data[(y * width + x) * 4 + 3]! < ALPHA_MIN) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
