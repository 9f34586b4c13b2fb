/** Separates the figure from its background: matte, clean colours and the plate behind. */

import { type Joint, type JointPositions, LIMB_BONES } from '../model/character.ts';
import type { Box, Point } from '../model/geometry.ts';
import type { Plane, RgbaImage } from '../model/image.ts';
import { jointAt } from '../model/joints.ts';
import { between } from '../model/landmarks.ts';
import { cropRgb, type Rgb } from '../model/rgb.ts';
import { findFigureBox } from './figure-box.ts';
import { isInside } from './framing.ts';
import { findFloorMarks, type Sole } from './matte/floor-marks.ts';
import { estimateForeground } from './matte/foreground.ts';
import { makeMatte } from './matte/matte.ts';
import { makePlate } from './matte/plate.ts';
import { type Disc, refineMatte } from './matte/refine-matte.ts';
import { dilate, maskAbove, paintCapsule } from './pixels/binary.ts';
import { cropPlane } from './pixels/bounds.ts';
import { SIDES } from './segment/parts.ts';

/** The background estimate of the refinement keeps this share of the height away from the matte. */
const REFINE_DILATION_SHARE = 0.035;
/** The hole of the plate is this share of the longer side wider than the matte. */
const HOLE_DILATION_SHARE = 0.0095;
const HOLE_ALPHA_MIN = 0.03;
/** Length of a foot seen from the front, as a share of the shin. */
const SOLE_PER_SHIN = 0.3;
/** Shadows and reflections under a foot reach down by this many lengths of it. */
const SHADOW_REACH = 0.9;
/** Gaps beside an arm are within this share of the bone's length from it. */
const GAP_REACH = 0.35;
/** Gaps beside the neck, in distances from neck to ears; between the thighs, in their lengths. */
const BESIDE_NECK = 0.3;
const CROTCH_SHARE = 0.25;
/** Hands and feet lie within this share of the forearm or shin around them. */
const END_REACH = 0.42;
/** The middle of a limb, as a share of its bone's length, is surely the figure. */
const CORE_SHARE = 0.06;
/** High hair ends within this many times the distance from neck to ears above the ears. */
const HAIR_REACH = 1.9;

export type CutOut = {
  /** Where the following planes lie in the picture. */
  box: Box;
  /** The picture inside the box. */
  rgb: Rgb;
  /** 0..1. */
  alpha: Float32Array;
  /** Colours without background. */
  foreground: Rgb;
  /** Whole picture without the figure. */
  plate: RgbaImage;
};

/**
 * `ownAlpha` (at picture size) replaces the matte when the picture brought one; `mask` is the
 * person probability.
 */
export function cutOut(
  picture: RgbaImage,
  mask: Plane,
  ownAlpha: Float32Array | null,
  joints: JointPositions,
  factor: number,
): CutOut {
  const { width, height } = picture;
  const seen = ownAlpha === null ? mask : { width, height, data: ownAlpha };
  const whole = { x: 0, y: 0, width, height };
  const box = findFigureBox(seen, placeOfHair(joints)) ?? whole;
  const rgb = cropRgb(picture, box);
  const given = cropPlane(seen, box);
  const size = Math.max(width, height);
  const alpha = ownAlpha === null ? cutByColours(rgb, given, joints, box, size, factor) : given;
  const foreground = estimateForeground(rgb, alpha);
  const hole = findHole(rgb, alpha, joints, box, Math.round(HOLE_DILATION_SHARE * size));
  if (ownAlpha === null) {
    const marks = findFloorMarks(rgb, hole, findSoles(joints, box, picture), factor);
    for (let i = 0; i < hole.length; i++) if (marks[i] === 1) hole[i] = 1;
  }
  const plate = makePlate(picture, rgb, box, hole, factor);
  return { box, rgb, alpha, foreground, plate };
}

function cutByColours(
  rgb: Rgb,
  probability: Float32Array,
  joints: JointPositions,
  box: Box,
  size: number,
  factor: number,
): Float32Array {
  const matte = makeMatte(rgb, probability, size);
  return refineMatte({
    rgb,
    alpha: matte,
    discs: placesToRefine(joints, box),
    hair: toBox(placeOfHair(joints), box),
    gaps: placesOfGaps(joints, box),
    pockets: placesOfPockets(joints, box),
    ends: placesOfEnds(joints, box),
    core: placesOfCore(joints, box),
    dilation: REFINE_DILATION_SHARE * size,
    factor,
  });
}

/** 1 around upper arms and forearms, where mattes like to close the gap to the trunk. */
function placesOfGaps(joints: JointPositions, box: Box): Uint8Array {
  const places = new Uint8Array(box.width * box.height);
  for (const side of SIDES) {
    const chain = [
      jointAt(joints, `${side}Shoulder`),
      jointAt(joints, `${side}Elbow`),
      jointAt(joints, `${side}Wrist`),
    ].map(({ x, y }) => ({ x: x - box.x, y: y - box.y }));
    for (const [a, b] of [
      [between(chain[0]!, chain[1]!, 0.3), chain[1]!],
      [chain[1]!, chain[2]!],
    ] as const) {
      const radius = GAP_REACH * Math.hypot(b.x - a.x, b.y - a.y);
      paintCapsule(places, box.width, box.height, a.x, a.y, b.x, b.y, radius);
    }
  }
  return places;
}

/** 1 where background shows through the outline: between the thighs, and beside the neck. */
function placesOfPockets(joints: JointPositions, box: Box): Uint8Array {
  const places = new Uint8Array(box.width * box.height);
  const paint = (a: Point, b: Point, radius: number): void =>
    paintAcross(places, box, a, b, radius);
  const [neck, head] = [jointAt(joints, 'neck'), jointAt(joints, 'head')];
  const tall = Math.hypot(head.x - neck.x, head.y - neck.y);
  for (const side of SIDES) {
    const shoulder = jointAt(joints, `${side}Shoulder`);
    const beside = between(neck, shoulder, 0.45);
    paint(between(beside, head, 0.25), between(beside, head, 0.75), BESIDE_NECK * tall);
  }
  const [left, right] = [jointAt(joints, 'leftHip'), jointAt(joints, 'rightHip')];
  const knees = between(jointAt(joints, 'leftKnee'), jointAt(joints, 'rightKnee'), 0.5);
  const crotch = between(between(left, right, 0.5), knees, 0.15);
  paint(crotch, knees, CROTCH_SHARE * Math.hypot(knees.x - crotch.x, knees.y - crotch.y));
  return places;
}

/** 1 around hands and feet. */
function placesOfEnds(joints: JointPositions, box: Box): Uint8Array {
  const places = new Uint8Array(box.width * box.height);
  for (const side of SIDES) {
    for (const [before, end, tip] of [
      [`${side}Elbow`, `${side}Wrist`, `${side}Hand`],
      [`${side}Knee`, `${side}Ankle`, `${side}Foot`],
    ] as const) {
      const [a, b, c] = [jointAt(joints, before), jointAt(joints, end), jointAt(joints, tip)];
      const radius = END_REACH * Math.hypot(a.x - b.x, a.y - b.y);
      paintAcross(places, box, b, c, radius);
    }
  }
  return places;
}

/** 1 along the middle of all bones inside the picture, thinner than any limb. */
function placesOfCore(joints: JointPositions, box: Box): Uint8Array {
  const core = new Uint8Array(box.width * box.height);
  const paint = (a: Point, b: Point, share: number): void => {
    const radius = share * Math.hypot(a.x - b.x, a.y - b.y);
    paintAcross(core, box, a, b, radius);
  };
  const at = (joint: Joint): Point => jointAt(joints, joint);
  paint(between(at('neck'), at('pelvis'), 0.2), at('pelvis'), 0.14);
  paint(between(at('neck'), at('head'), 0.75), between(at('neck'), at('head'), 1.1), 0.9);
  paint(at('neck'), at('head'), 0.08);
  paint(at('leftShoulder'), at('rightShoulder'), 0.06);
  paint(at('leftHip'), at('rightHip'), 0.2);
  for (const [from, to] of Object.values(LIMB_BONES)) paint(at(from), at(to), CORE_SHARE);
  return core;
}

/** Sets the pixels of the box within `radius` of a line between two places of the picture. */
function paintAcross(mask: Uint8Array, box: Box, from: Point, to: Point, radius: number): void {
  const { x, y, width, height } = box;
  paintCapsule(mask, width, height, from.x - x, from.y - y, to.x - x, to.y - y, radius);
}

/** Where high hair may be: a disc around the head that reaches far above it, in picture pixels. */
function placeOfHair(joints: JointPositions): Disc {
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  return { ...head, radius: HAIR_REACH * Math.hypot(head.x - neck.x, head.y - neck.y) };
}

function toBox(disc: Disc, box: Box): Disc {
  return { ...disc, x: disc.x - box.x, y: disc.y - box.y };
}

/** Discs around head and hands, in pixels of the box. */
function placesToRefine(joints: JointPositions, box: Box): Disc[] {
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  const discs = [{ ...head, radius: 1.35 * Math.hypot(head.x - neck.x, head.y - neck.y) }];
  for (const side of SIDES) {
    const elbow = jointAt(joints, `${side}Elbow`);
    const wrist = jointAt(joints, `${side}Wrist`);
    const hand = jointAt(joints, `${side}Hand`);
    const palm = Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
    const forearm = Math.hypot(elbow.x - wrist.x, elbow.y - wrist.y);
    discs.push({ ...between(wrist, hand), radius: Math.max(2.2 * palm, 0.45 * forearm) });
  }
  return discs
    .map((disc) => toBox(disc, box))
    .filter((disc) => isInside(disc, box.width, box.height));
}

/** Matte with a margin, and capsules over the hands, whose tips mattes like to miss. */
function findHole(
  rgb: Rgb,
  alpha: Float32Array,
  joints: JointPositions,
  box: Box,
  margin: number,
): Uint8Array {
  const { width, height } = rgb;
  const inside = maskAbove(alpha, HOLE_ALPHA_MIN);
  const hole = dilate(inside, width, height, margin);
  for (const side of SIDES) {
    const wrist = jointAt(joints, `${side}Wrist`);
    const hand = jointAt(joints, `${side}Hand`);
    if (!isInside(wrist, box.x + width, box.y + height)) continue;
    const palm = Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
    paintAcross(hole, box, wrist, between(wrist, hand, 1.6), 0.6 * palm);
  }
  paintUnderFeet(hole, rgb, joints, box);
  return hole;
}

/** Contact shadows and reflections under the feet would stay behind when the feet move away. */
function paintUnderFeet(
  hole: Uint8Array,
  { width, height }: Rgb,
  joints: JointPositions,
  box: Box,
): void {
  const picture = { width: box.x + width, height: box.y + height };
  for (const { x, y, length } of findSoles(joints, box, picture)) {
    paintCapsule(hole, width, height, x, y, x, y + SHADOW_REACH * length, 0.6 * length);
  }
}

/** Where feet inside the picture stand, in pixels of the box. */
function findSoles(
  joints: JointPositions,
  box: Box,
  { width, height }: { width: number; height: number },
): Sole[] {
  return SIDES.flatMap((side) => {
    const ankle = jointAt(joints, `${side}Ankle`);
    const toe = jointAt(joints, `${side}Foot`);
    const knee = jointAt(joints, `${side}Knee`);
    if (!isInside(ankle, width, height)) return [];
    const length = SOLE_PER_SHIN * Math.hypot(ankle.x - knee.x, ankle.y - knee.y);
    const [x, y] = [(ankle.x + toe.x) / 2 - box.x, Math.max(ankle.y, toe.y) - box.y];
    return [{ x, y, length }];
  });
}
