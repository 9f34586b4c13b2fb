/**
 * Gives a wide sleeve all that moves with it: the lining below the hand, the rims of the fingers
 * and the shadow at its seam, which would stay behind on the body when the arm lifts.
 */

import { blurBox } from '../../model/blur.ts';
import type { Limb } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { median } from '../../model/percentile.ts';
import { clamp } from '../../model/scalar.ts';
import { distanceToSegment } from '../../model/segment.ts';
import { dilate, labelComponents, maskOfLabel } from '../pixels/binary.ts';
import { limbLength, limbRoot } from '../puppet/limb-plans.ts';
import { smoothLabels } from '../segment/clean-labels.ts';
import { chromaDistance, type Figure } from '../segment/figure.ts';
import { floodParts } from '../segment/flood.ts';
import { NO_PART, PART, sideOf } from '../segment/parts.ts';
import { joinIslands } from '../segment/segment-parts.ts';
import { createTorsoFrame } from '../segment/torso-frame.ts';
import { releaseCrook } from './release-crook.ts';
import { releaseStrip } from './release-strip.ts';

/** Trunk this near to the arm, as a share of the shoulders' width, may be rim or shadow. */
const RIM_SHARE = 0.1;
/** A dark rim of the arm is thinner than this share; what is deeper is its shadow on the trunk. */
const THIN_SHARE = 0.035;
/** A shadow reaches so many times as far. */
const SHADOW_REACH = 2;
/** The inside of a sleeve is mostly darker than this part of its outside. */
const DARK_SHARE = 0.5;
/** Trunk farther in, up to this share of the shoulders' width, says how trunk looks here. */
const SAMPLE_SHARE = 0.2;
/** A pixel with no more than this part of the light of the trunk farther in is shadow, */
const SHADOW_MAX = 0.7;
/** and one that differs in chroma by this much, within so many palms of the hand, is hand. */
const CHROMA_MIN = 22;
const HAND_REACH = 2.2;
const SOLID = 0.5;
/** The rim is claimed from this share of the arm's length on: above, arm and shoulder are one. */
const RIM_START = 0.36;
/** What is nearer to the hand than so many palms stays with it. */
const HAND_CLEAR = 0.85;
/** The hand is so many times as long as from the wrist to its joint. */
const HAND_LENGTH = 1.7;
/** The lining begins this many palms above the tip of the hand's bone ... */
const LINING_START = 0;
/** ... and reaches this many palms inwards of the hand. */
const LINING_REACH = 1.2;
/** What was claimed and has less of the arm around it, within so many pixels, is a rag. */
const RAG_SHARE = 0.45;
const RAG_RADIUS = 4;
const RAG_ROUNDS = 3;
/** Lining is seeded so many pixels inside of the hem, past the mixed ones of its edge. */
const SEED_INSET = [2, 5] as const;

/** Labels in which the arms of `wide` have all of their sleeves. */
export function claimSleeves(figure: Figure, labels: Int8Array, wide: readonly Limb[]): Int8Array {
  const result = Int8Array.from(labels);
  for (const limb of wide) {
    const isPastCuff = createCuff(figure, result, limb);
    releaseTrunk(figure, result, PART[limb], isPastCuff);
    claimLining(figure, result, limb);
    claimRim(figure, result, limb, isPastCuff);
    releaseCrook(figure, result, limb);
    releaseStrip(figure, result, limb);
  }
  const smooth = smoothLabels(result, figure.rgb.width, figure.rgb.height);
  return joinIslands(figure, smooth);
}

/** Which way along a row leads to the spine: +1 or -1. */
function inwardOf(figure: Figure, limb: Limb): number {
  const shoulder = jointAt(figure.joints, `${sideOf(limb)}Shoulder`);
  return shoulder.x > jointAt(figure.joints, 'neck').x ? -1 : 1;
}

/**
 * Whether a place is below the wrist and farther inwards than the sleeve reaches outwards at the
 * wrist: there the robe is, dark as the inside of the sleeve.
 */
function createCuff(
  figure: Figure,
  labels: Int8Array,
  limb: Limb,
): (x: number, y: number) => boolean {
  const { width, height } = figure.rgb;
  const side = sideOf(limb);
  const wrist = jointAt(figure.joints, `${side}Wrist`);
  const hand = jointAt(figure.joints, `${side}Hand`);
  const palm = Math.max(4, Math.hypot(hand.x - wrist.x, hand.y - wrist.y));
  const tip = between(wrist, hand, HAND_LENGTH);
  const inward = inwardOf(figure, limb);
  const row = clamp(Math.round(wrist.y), 0, height - 1);
  const outer = innerEdge(labels, width, row, PART[limb], -inward);
  if (outer === null) return () => false;
  const cuff = Math.abs(wrist.x - outer);
  return (x, y) =>
    y >= row &&
    (x - wrist.x) * inward > cuff &&
    distanceToSegment(x, y, wrist.x, wrist.y, tip.x, tip.y) > HAND_CLEAR * palm;
}

/**
 * 1 where the trunk lies in the shadow of a sleeve: much darker than farther in, in the same row,
 * and near the arm. Lit by the arm's leaving, it would be a black patch.
 */
export function findShadow(figure: Figure, labels: Int8Array, limb: Limb): Uint8Array {
  const { width, height, channels } = figure.rgb;
  const unit = createTorsoFrame(figure.joints).width;
  const reach = Math.max(3, Math.round(RIM_SHARE * unit));
  const inward = inwardOf(figure, limb);
  const shadow = new Uint8Array(labels.length);
  const near = dilate(maskOfLabel(labels, PART[limb]), width, height, SHADOW_REACH * reach);
  for (let i = 0; i < labels.length; i++) {
    if (near[i] === 0 || labels[i] !== PART.torso) continue;
    const x = i % width;
    const sample = Math.round(SAMPLE_SHARE * unit);
    const usual = colourFartherIn(figure, labels, x, (i - x) / width, inward, reach, sample);
    const colour: Colour = [channels[0][i]!, channels[1][i]!, channels[2][i]!];
    if (usual !== null && lightOf(colour) < SHADOW_MAX * lightOf(usual)) shadow[i] = 1;
  }
  return reachFrom(maskOfLabel(labels, PART[limb]), shadow, width, height);
}

/** What of a mask hangs together with a start, one pixel wider, as its rim is half in it. */
function reachFrom(start: Uint8Array, mask: Uint8Array, width: number, height: number): Uint8Array {
  const both = mask.map((value, i) => Math.max(value, start[i]!));
  const { labels: pieces } = labelComponents(both, width, height);
  const reached = new Set<number>();
  for (let i = 0; i < start.length; i++) if (start[i] === 1) reached.add(pieces[i]!);
  const kept = mask.map((value, i) => (value === 1 && reached.has(pieces[i]!) ? 1 : 0));
  return dilate(kept, width, height, 1);
}

/**
 * Gives back to the trunk what lies past the cuff, if it is dark as the inside of a sleeve: there
 * arm and trunk are taken for each other. What is light is a sleeve that is wide on this side.
 */
function releaseTrunk(
  { rgb: { width, channels } }: Figure,
  labels: Int8Array,
  arm: number,
  isPastCuff: (x: number, y: number) => boolean,
): void {
  const sleeve: number[] = [];
  const past: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== arm) continue;
    const x = i % width;
    (isPastCuff(x, (i - x) / width) ? past : sleeve).push(i);
  }
  const lightAt = (i: number): number =>
    lightOf([channels[0][i]!, channels[1][i]!, channels[2][i]!]);
  if (median(past.map(lightAt)) > DARK_SHARE * median(sleeve.map(lightAt))) return;
  for (const i of past) labels[i] = PART.torso;
}

/**
 * Below the hand one looks into the sleeve. A hem keeps colours from flooding there, so the inside
 * is seeded right behind the hem and meets the trunk at the edge between both.
 */
function claimLining(figure: Figure, labels: Int8Array, limb: Limb): void {
  const { width, height } = figure.rgb;
  const side = sideOf(limb);
  const arm = PART[limb];
  const [wrist, hand] = [
    jointAt(figure.joints, `${side}Wrist`),
    jointAt(figure.joints, `${side}Hand`),
  ];
  const palm = Math.max(4, Math.hypot(hand.x - wrist.x, hand.y - wrist.y));
  const inward = inwardOf(figure, limb);
  const limit = Math.round(hand.x + inward * LINING_REACH * palm);
  const first = Math.max(0, Math.round(hand.y - LINING_START * palm));
  const seeds = Int8Array.from(labels);
  let count = 0;
  for (let y = first; y < height; y++) {
    const hem = innerEdge(labels, width, y, arm, inward);
    // Where the sleeve reaches past the hand nothing is open towards the trunk.
    if (hem === null || (hand.x - hem) * inward <= 0) continue;
    if ((limit - hem) * inward <= SEED_INSET[1]) continue;
    for (let x = hem + inward; x !== limit + inward; x += inward) {
      const i = y * width + x;
      if (x < 0 || x >= width || labels[i] !== PART.torso) continue;
      const inset = Math.abs(x - hem);
      const isSeed = inset >= SEED_INSET[0] && inset <= SEED_INSET[1];
      seeds[i] = isSeed && y > hand.y + palm ? arm : NO_PART;
      count++;
    }
  }
  if (count > 0) labels.set(floodParts(figure.rgb, figure.alpha, seeds, []));
}

/** The pixel of the arm in a row that is nearest to the spine. */
function innerEdge(
  labels: Int8Array,
  width: number,
  y: number,
  arm: number,
  inward: number,
): number | null {
  for (let n = 0; n < width; n++) {
    const x = inward > 0 ? width - 1 - n : n;
    if (labels[y * width + x] === arm) return x;
  }
  return null;
}

/**
 * Takes what hangs together with the arm, lies right between it and the trunk, and is darker than
 * the trunk farther in, in the same row, or, at the hand, of another colour: the shadow under a
 * fold, the rim of a finger.
 */
function claimRim(
  figure: Figure,
  labels: Int8Array,
  limb: Limb,
  isPastCuff: (x: number, y: number) => boolean,
): void {
  const { width, height, channels } = figure.rgb;
  const arm = PART[limb];
  const unit = createTorsoFrame(figure.joints).width;
  const reach = Math.max(3, Math.round(RIM_SHARE * unit));
  const thin = Math.max(2, Math.round(THIN_SHARE * unit));
  const sample = Math.round(SAMPLE_SHARE * unit);
  const inward = inwardOf(figure, limb);
  const root = limbRoot(figure.joints, limb);
  const start = RIM_START * limbLength(figure.joints, limb);
  const wrist = jointAt(figure.joints, `${sideOf(limb)}Wrist`);
  const hand = jointAt(figure.joints, `${sideOf(limb)}Hand`);
  const aroundHand = HAND_REACH * Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
  const before = Int8Array.from(labels);
  const isUnlike = (i: number): boolean => {
    const x = i % width;
    const y = (i - x) / width;
    if (Math.hypot(x - root.x, y - root.y) < start || isPastCuff(x, y)) return false;
    if (!isBesideArm(figure, labels, i, arm, inward, reach)) return false;
    const usual = colourFartherIn(figure, before, x, y, inward, reach, sample);
    if (usual === null) return false;
    const colour: Colour = [channels[0][i]!, channels[1][i]!, channels[2][i]!];
    if (lightOf(colour) < SHADOW_MAX * lightOf(usual))
      return isBesideArm(figure, before, i, arm, inward, thin);
    const isAtHand = Math.hypot(x - hand.x, y - hand.y) < aroundHand;
    return isAtHand && chromaDistance(colour, usual) > CHROMA_MIN;
  };
  let border: number[] = [];
  for (let i = 0; i < labels.length; i++) if (before[i] === arm) border.push(i);
  for (let step = 0; step < reach; step++) {
    const next: number[] = [];
    for (const i of border) {
      for (const j of neighbours(i, width, height)) {
        if (labels[j] !== PART.torso || !isUnlike(j)) continue;
        labels[j] = arm;
        next.push(j);
      }
    }
    border = next;
  }
  dropRags(before, labels, arm, width, height);
}

/** Gives back what was claimed but sticks out: a rag would flutter at the arm. */
function dropRags(
  before: Int8Array,
  labels: Int8Array,
  arm: number,
  width: number,
  height: number,
): void {
  for (let round = 0; round < RAG_ROUNDS; round++) {
    const share = blurBox(new Float32Array(maskOfLabel(labels, arm)), width, height, RAG_RADIUS);
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] === arm && before[i] !== arm && share[i]! < RAG_SHARE) labels[i] = before[i]!;
    }
  }
}

/** Whether nothing but figure is between a pixel and the arm, outwards in its row. */
function isBesideArm(
  { alpha }: Figure,
  labels: Int8Array,
  i: number,
  arm: number,
  inward: number,
  reach: number,
): boolean {
  for (let d = 1; d <= reach; d++) {
    const j = i - inward * d;
    if (labels[j] === arm) return true;
    if ((alpha[j] ?? 0) < SOLID) return false;
  }
  return false;
}

function lightOf([r, g, b]: Colour): number {
  return (r + 2 * g + b) / 4;
}

function neighbours(i: number, width: number, height: number): number[] {
  const x = i % width;
  const around: number[] = [];
  if (x > 0) around.push(i - 1);
  if (x < width - 1) around.push(i + 1);
  if (i >= width) around.push(i - width);
  if (i < width * (height - 1)) around.push(i + width);
  return around;
}

/** Median colour of the trunk between two distances farther in. */
function colourFartherIn(
  { rgb }: Figure,
  labels: Int8Array,
  x: number,
  y: number,
  inward: number,
  from: number,
  to: number,
): Colour | null {
  const found: number[][] = [[], [], []];
  for (let d = from + 2; d <= to; d++) {
    const px = x + inward * d;
    if (px < 0 || px >= rgb.width) break;
    const i = y * rgb.width + px;
    if (labels[i] !== PART.torso) continue;
    for (let c = 0; c < 3; c++) found[c]!.push(rgb.channels[c]![i]!);
  }
  if (found[0]!.length < 3) return null;
  return [median(found[0]!), median(found[1]!), median(found[2]!)];
}
