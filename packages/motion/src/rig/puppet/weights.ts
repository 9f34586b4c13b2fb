/**
 * Which bones move a place of the figure, and how much: smooth at the joints, apart everywhere
 * else.
 */

import { blurGaussian } from '../../model/blur.ts';
import {
  BONES,
  INFLUENCES_MAX,
  type Layer,
  LIMB_BONES,
  LIMB_CHAINS,
  LIMBS,
  type Limb,
} from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { between, facePointAt } from '../../model/landmarks.ts';
import { FACE } from '../../model/pose.ts';
import { samplePlane } from '../../model/resize.ts';
import { mix, smoothstep } from '../../model/scalar.ts';
import { distanceToSegment } from '../../model/segment.ts';
import { maskOfLabel } from '../pixels/binary.ts';
import type { Figure } from '../segment/figure.ts';
import { isArm, PART, sideOf } from '../segment/parts.ts';
import { createHeadFrame, createTorsoFrame } from '../segment/torso-frame.ts';
import type { TrunkOutline } from '../sleeves/outline-trunk.ts';
import { type LimbModes, limbLength, limbRoot } from './limb-plans.ts';

/**
 * Around its root a limb shares its weights with the torso: fully up to the first share of its
 * length, not beyond the second.
 */
export const ROOT_ZONE = { arm: [0.22, 0.34], leg: [0.34, 0.58] } as const;
/** Blend width of labels at a root, in half widths of the limb. */
const LABEL_SIGMA = { arm: 0.42, leg: 0.45 } as const;
/** Less trunk and leg than this around a place say nothing about where it belongs. */
const ROOT_MIN = 0.2;
/** Blend widths at elbow and knee, at wrist and ankle, in half widths of the limb. */
const MIDDLE_BLEND = 1.1;
const END_BLEND = 0.7;
/** Blend width at the elbow of a wide sleeve: its cloth folds there and must not swirl. */
const WIDE_BLEND = 0.4;
/** Hands and feet go on beyond their joint; the bone is thought this much longer. */
const HAND_REACH = 2.2;
/** The cloth around a hand leaves it from the second distance, in palm lengths, to the first. */
const SLEEVE_FROM_HAND = [1.5, 0.8] as const;
/** Chin of a head without a face, in head lengths above the neck. */
const CHIN_H = 0.45;
/** Largest share of a thigh in the cloth of a skirt. */
const SKIRT_THIGH_WEIGHT = 0.6;

/**
 * Weights of all bones at a place in pixels of the figure, for the layer that is asked; they sum to
 * 1.
 */
export type WeightField = (x: number, y: number, layer: Layer['name']) => Float32Array;

export type WeightInputs = {
  figure: Figure;
  /** Part of every pixel, also outside of the matte. */
  labels: Int8Array;
  modes: LimbModes;
  halfWidths: Record<Limb, number>;
  isSkirt: boolean;
  hasHeadLayer: boolean;
  ground: (x: number, y: number) => number;
  /** How the trunk goes on behind wide sleeves. */
  outlines: readonly TrunkOutline[];
  /** Hands with a layer of their own. */
  hands: Partial<Record<Limb, Uint8Array>>;
};

/** The returned array is reused by the next call. */
export function createWeightField(inputs: WeightInputs): WeightField {
  const limbs = LIMBS.filter((limb) => inputs.modes[limb] !== 'frozen');
  const shares = limbs.map((limb) => createLimbShare(inputs, limb));
  const splits = limbs.map((limb) => createBoneSplit(inputs, limb));
  const headShare = createHeadShare(inputs);
  const skirt = createSkirtShare(inputs);
  const weights = new Float32Array(BONES.length);
  const torsoIndex = BONES.indexOf('torso');
  const headIndex = BONES.indexOf('head');
  const groundIndex = BONES.indexOf('ground');
  return (x, y, layer) => {
    weights.fill(0);
    let rest = 1;
    for (let n = 0; n < limbs.length; n++) {
      const share = Math.min(rest, shares[n]!(x, y, layer));
      if (share <= 0) continue;
      rest -= share;
      splits[n]!(x, y, share, weights, layer);
    }
    // Limbs are never held at the border: an arm that hangs down to it must come off when it rises.
    const held = rest * inputs.ground(x, y);
    const free = rest - held;
    const head = free * headShare(x, y, layer);
    weights[headIndex] = head;
    weights[torsoIndex] = free - head;
    weights[groundIndex] = held;
    skirt(x, y, weights);
    return weights;
  };
}

/** How much of a place belongs to a limb, as the given layer sees it. */
function createLimbShare(
  { figure, labels, modes, halfWidths }: WeightInputs,
  limb: Limb,
): (x: number, y: number, layer: Layer['name']) => number {
  const { width, height } = figure.rgb;
  const mask = new Float32Array(maskOfLabel(labels, PART[limb]));
  const sigma = halfWidths[limb] * (isArm(limb) ? LABEL_SIGMA.arm : LABEL_SIGMA.leg);
  const soft = blurGaussian(mask, width, height, Math.max(1, sigma));
  if (!isArm(limb)) {
    // An arm that hangs beside the hip is no reason to leave the hem there with the trunk.
    const isRoot = (label: number): boolean => label !== PART.leftArm && label !== PART.rightArm;
    const around = Float32Array.from(labels, (label) => (isRoot(label) ? 1 : 0));
    const whole = blurGaussian(around, width, height, Math.max(1, sigma));
    for (let i = 0; i < soft.length; i++) soft[i]! /= Math.max(ROOT_MIN, whole[i]!);
  }
  const sharp = blurGaussian(mask, width, height, 1.5);
  const root = limbRoot(figure.joints, limb);
  const length = limbLength(figure.joints, limb);
  const [full, none] = isArm(limb) ? ROOT_ZONE.arm : ROOT_ZONE.leg;
  const isMerged = modes[limb] === 'merged';
  const handLayer = isArm(limb) ? `${sideOf(limb)}Hand` : null;
  const forearmLayer = isArm(limb) ? `${sideOf(limb)}Forearm` : null;
  return (x, y, layer) => {
    if (layer === forearmLayer) return 1;
    const away = Math.hypot(x - root.x, y - root.y) / length;
    const shared = 1 - smoothstep(full, none, away);
    let apart = 0;
    if (layer === limb || layer === handLayer) apart = 1;
    else if (isMerged && layer === 'body') apart = samplePlane(sharp, width, height, x, y);
    if (shared === 0) return apart;
    return mix(apart, samplePlane(soft, width, height, x, y), shared);
  };
}

/** Divides the share of a limb among its three bones by the distances to them. */
function createBoneSplit(
  { figure, halfWidths, outlines, hands }: WeightInputs,
  limb: Limb,
): (x: number, y: number, share: number, weights: Float32Array, layer: Layer['name']) => void {
  const names = LIMB_CHAINS[limb];
  const segments = names.map((name, n) => {
    const [first, second] = LIMB_BONES[name];
    const a = jointAt(figure.joints, first);
    const b = jointAt(figure.joints, second);
    return { a, b: n === 2 ? between(a, b, HAND_REACH) : b };
  });
  const indices = names.map((name) => BONES.indexOf(name));
  const radius = halfWidths[limb];
  const isWide = outlines.some((outline) => outline.limb === limb);
  const blend = isWide ? WIDE_BLEND : MIDDLE_BLEND;
  const side = sideOf(limb);
  const isCut = hands[limb] !== undefined;
  const { a: wrist, b: tip } = segments[2]!;
  const palm = Math.hypot(tip.x - wrist.x, tip.y - wrist.y) / HAND_REACH;
  return (x, y, share, weights, layer) => {
    const d = segments.map(({ a, b }) => distanceToSegment(x, y, a.x, a.y, b.x, b.y));
    const middle = smoothstep(-blend * radius, blend * radius, d[0]! - d[1]!);
    const near = smoothstep(
      -END_BLEND * radius,
      END_BLEND * radius,
      Math.min(d[0]!, d[1]!) - d[2]!,
    );
    // A wide sleeve goes with the forearm, whatever the hand does inside of it.
    const sleeve = isWide ? near * smoothstep(...SLEEVE_FROM_HAND, d[2]! / palm) : near;
    const end = isCut && layer !== `${side}Hand` ? 0 : isCut ? near : sleeve;
    const lower = isCut && layer === limb ? 0 : layer === `${side}Forearm` ? 1 : middle;
    weights[indices[0]!]! += share * (1 - lower) * (1 - end);
    weights[indices[1]!]! += share * lower * (1 - end);
    weights[indices[2]!]! += share * end;
  };
}

/**
 * How much the head moves a place that no limb moves. On the axis of the neck head and torso pixels
 * follow one ramp, so that the neck bends and never cuts; beside it hair hangs on the head and
 * shoulders stay with the torso.
 */
function createHeadShare({
  figure,
  labels,
  hasHeadLayer,
}: WeightInputs): (x: number, y: number, layer: Layer['name']) => number {
  const { width, height } = figure.rgb;
  const frame = createHeadFrame(figure.joints);
  const chin = figure.face === null ? null : facePointAt(figure.face, FACE.chin);
  const top = Math.max(0.12, chin === null ? CHIN_H : frame.h(chin.x, chin.y));
  const bottom = Math.min(-0.02, top - 0.45);
  const mask = new Float32Array(maskOfLabel(labels, PART.head));
  const soft = blurGaussian(mask, width, height, Math.max(1.5, frame.length * 0.06));
  return (x, y, layer) => {
    const h = frame.h(x, y);
    const side = frame.side(x, y);
    const neck = smoothstep(bottom, top, h);
    const hair = Math.max(neck, smoothstep(-0.9, 0.55, h));
    const asHead = mix(neck, hair, smoothstep(0.45, 0.8, side));
    const asTorso = neck * (1 - smoothstep(0.5, 0.95, side));
    if (layer === 'head') return asHead;
    const isHead = hasHeadLayer ? 0 : samplePlane(soft, width, height, x, y);
    return mix(asTorso, asHead, isHead);
  };
}

/** Lets the thighs carry the cloth of a skirt along. */
function createSkirtShare({
  figure,
  modes,
  isSkirt,
}: WeightInputs): (x: number, y: number, weights: Float32Array) => void {
  if (!isSkirt || modes.leftLeg === 'frozen' || modes.rightLeg === 'frozen') return () => {};
  const frame = createTorsoFrame(figure.joints);
  const torso = BONES.indexOf('torso');
  const left = BONES.indexOf('leftThigh');
  const right = BONES.indexOf('rightThigh');
  return (x, y, weights) => {
    const share = SKIRT_THIGH_WEIGHT * smoothstep(0.05, -0.55, frame.u(x, y)) * weights[torso]!;
    if (share <= 0) return;
    const toLeft = smoothstep(-0.45, 0.45, frame.v(x, y));
    weights[torso]! -= share;
    weights[left]! += share * toLeft;
    weights[right]! += share * (1 - toLeft);
  };
}

/** Writes the strongest influences of one vertex, scaled to sum to 1. */
export function storeInfluences(
  weights: Float32Array,
  vertex: number,
  boneIndices: Uint8Array,
  boneWeights: Float32Array,
): void {
  const order = Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]!);
  const strongest = order.slice(0, INFLUENCES_MAX);
  const sum = strongest.reduce((total, bone) => total + weights[bone]!, 0);
  strongest.forEach((bone, n) => {
    boneIndices[vertex * INFLUENCES_MAX + n] = bone;
    boneWeights[vertex * INFLUENCES_MAX + n] = weights[bone]! / sum;
  });
}
