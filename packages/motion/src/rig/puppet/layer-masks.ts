/**
 * Which pixels each layer shows, and which hidden ones it must invent because another layer will
 * move away from them.
 */

import { type Layer, LIMBS, type Limb } from '../../model/character.ts';
import { type Colour, meanColour } from '../../model/colour.ts';
import { jointAt } from '../../model/joints.ts';
import { dilate, maskOfLabel, paintCapsule } from '../pixels/binary.ts';
import { colourDistance, type Figure } from '../segment/figure.ts';
import { isArm, PART, sideOf } from '../segment/parts.ts';
import { createHeadFrame } from '../segment/torso-frame.ts';
import { coverWithin, type TrunkOutline, underSleeve } from '../sleeves/outline-trunk.ts';
import { type SleevePiece, tailorSleeve } from '../sleeves/tailor-sleeve.ts';
import { bridgeUnderArm, evenUnderArm, extendUnderArm } from './hidden-trunk.ts';
import { type LimbModes, limbLength, limbRoot } from './limb-plans.ts';
import { ROOT_ZONE } from './weights.ts';

/**
 * A layer under another goes on below it by this share of the figure's height, so that soft edges
 * never show the plate.
 */
const OVERLAP_SHARE = 0.0045;
const ARMS = ['leftArm', 'rightArm'] as const;
/** Hair that hangs below this height (head lengths above the neck) hides the body. */
const HANGING_H = 0.3;
/**
 * Hair pixels (at segmentation size of a 640 pixel figure) over the shoulders that make a head
 * layer worth it.
 */
const HANGING_MIN = 150;

/** A pixel at a cut is the layer's own when it is this near in colour (0..441) ... */
const ALIKE_MAX = 26;
/** ... to the mean of what is surely the layer's within this many pixels. */
const ALIKE_REACH = 3;

/** Softer pixels within so many of a hand are its fringe. */
const FRINGE_ALPHA = 0.9;
const HAND_FRINGE = 3;

/** A hand reaches this many palm lengths to every side of its bone. */
const HAND_REACH = 1.5;

/** So many pixels of the trunk beside a bare arm that hides more of it may have its colours. */
const ARM_RIM = 2;

/** So many pixels around a wide sleeve may have its colours or its shadow. */
const WIDE_RIM = 5;

/** At segmentation size, 1 or 0 a pixel. */
export type LayerMask = {
  name: Layer['name'];
  /** Pixels of the picture that belong to the layer. */
  keep: Uint8Array;
  /** Hidden pixels that are filled with the colours of `keep`. */
  extend: Uint8Array;
  /** Pixels of `keep` whose colours may be another part's; they are shown but teach no colour. */
  doubtful: Uint8Array;
  /** How much of each pixel the layer may cover, 0..1. @default all of it */
  limit?: Float32Array;
  /** The layer is cut anew: its outline is this one's, whatever the matte says. */
  piece?: SleevePiece;
};

export type MaskInputs = {
  figure: Figure;
  /** Part of every pixel, also outside of the matte. */
  labels: Int8Array;
  modes: LimbModes;
  halfWidths: Record<Limb, number>;
  isSkirt: boolean;
  hasHeadLayer: boolean;
  outlines: readonly TrunkOutline[];
  /** Hands with a layer of their own, before their sleeves. */
  hands: Partial<Record<Limb, Uint8Array>>;
  /** What the trunk hides of bare arms. */
  hiddenArms: Partial<Record<Limb, Uint8Array>>;
};

/**
 * Long hair over shoulders and arms slides better on a layer of its own; so does any head before
 * arms with own layers.
 */
export function needsHeadLayer(figure: Figure, labels: Int8Array, modes: LimbModes): boolean {
  if (figure.framing === 'head-and-shoulders') return false;
  if (modes.leftArm === 'layer' || modes.rightArm === 'layer') return true;
  const { width, height } = figure.rgb;
  const frame = createHeadFrame(figure.joints);
  let hanging = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== PART.head || figure.alpha[i]! < 0.5) continue;
    const x = i % width;
    const y = (i - x) / width;
    if (frame.h(x, y) < 0.15 && frame.side(x, y) > 0.4) hanging++;
  }
  return hanging > HANGING_MIN * (height / 640) ** 2;
}

/** Masks of all layers, back to front. */
export function planLayers(inputs: MaskInputs): LayerMask[] {
  const layered = LIMBS.filter((limb) => inputs.modes[limb] === 'layer');
  const legs = layered.filter((limb) => !isArm(limb));
  const arms = layered.filter(isArm);
  const masks = legs.map((leg) => maskLimb(inputs, leg));
  masks.push(maskBody(inputs));
  for (const arm of arms) {
    const hand = maskHand(inputs, arm);
    masks.push(...(hand ? maskSleeve(inputs, arm, hand) : [maskLimb(inputs, arm)]));
  }
  if (inputs.hasHeadLayer) masks.push(maskHead(inputs));
  return masks;
}

function isInRootZone({ figure }: MaskInputs, limb: Limb, x: number, y: number): boolean {
  const root = limbRoot(figure.joints, limb);
  const share = isArm(limb) ? ROOT_ZONE.arm[0] : ROOT_ZONE.leg[0];
  return Math.hypot(x - root.x, y - root.y) < share * limbLength(figure.joints, limb);
}

function overlapOf(figure: Figure): number {
  return Math.max(2, Math.round(OVERLAP_SHARE * figure.rgb.height));
}

function maskLimb(inputs: MaskInputs, limb: Limb): LayerMask {
  const { figure, labels, isSkirt, hasHeadLayer, halfWidths } = inputs;
  const { width, height } = figure.rgb;
  const keep = new Uint8Array(labels.length);
  const extend = new Uint8Array(labels.length);
  const sharesRoot = isArm(limb) || !isSkirt;
  for (let i = 0; i < labels.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    if (labels[i] === PART[limb]) keep[i] = 1;
    else if (sharesRoot && labels[i] === PART.torso && isInRootZone(inputs, limb, x, y))
      keep[i] = 1;
  }
  if (isArm(limb) && hasHeadLayer)
    extendUpperBone(inputs, limb, PART.head, extend, halfWidths[limb]);
  if (!isArm(limb) && isSkirt) extendUpperBone(inputs, limb, PART.torso, extend, halfWidths[limb]);
  for (let i = 0; i < keep.length; i++) if (keep[i] === 1) extend[i] = 0;
  const under = coveredBy(labels, width, height, isArm(limb) ? PART.head : PART.torso);
  const sure = sharesRoot && !isArm(limb) ? new Uint8Array(labels.length) : under;
  const doubtful = dropAlike(sure, keep, figure);
  const hidden = inputs.hiddenArms[limb];
  if (hidden) {
    mark(extend, hidden, (i) => keep[i] === 0);
    // The rim of what was seen is mixed with what hid the rest.
    mark(doubtful, dilate(hidden, width, height, 1), (i) => keep[i] === 1);
  }
  return { name: limb, keep, extend, doubtful };
}

/** The hand of a wide sleeve with its fringe; null for one that stays with its arm. */
function maskHand({ figure, labels, hands }: MaskInputs, arm: Limb): LayerMask | null {
  const hand = hands[arm];
  if (hand === undefined) return null;
  const near = dilate(hand, figure.rgb.width, figure.rgb.height, HAND_FRINGE);
  const keep = hand.map((value, i) => {
    const isFringe = near[i] === 1 && labels[i] === PART[arm] && figure.alpha[i]! < FRINGE_ALPHA;
    return value === 1 || isFringe ? 1 : 0;
  });
  // Its rim is mixed with the dark of the sleeve, which would draw a line around it elsewhere.
  const outside = keep.map((value) => 1 - value);
  const doubtful = dilate(outside, figure.rgb.width, figure.rgb.height, 1);
  return { name: `${sideOf(arm)}Hand`, keep, extend: new Uint8Array(labels.length), doubtful };
}

/** Both pieces of a wide sleeve, and the hand before the lower one. */
function maskSleeve({ figure, labels }: MaskInputs, arm: Limb, hand: LayerMask): LayerMask[] {
  const { upper, lower } = tailorSleeve(figure, labels, arm, hand.keep);
  const maskPiece = (name: Layer['name'], piece: SleevePiece): LayerMask => {
    const shown = piece.shape.map((share) => (share > 0 ? 1 : 0));
    return {
      name,
      keep: piece.cloth.map((value, i) => value * shown[i]!),
      extend: piece.cloth.map((value, i) => (1 - value) * shown[i]!),
      doubtful: new Uint8Array(labels.length),
      piece,
    };
  };
  return [maskPiece(arm, upper), maskPiece(`${sideOf(arm)}Forearm`, lower), hand];
}

/** Continues a limb along its first bone where `cover` hides it. */
function extendUpperBone(
  { figure, labels }: MaskInputs,
  limb: Limb,
  cover: number,
  extend: Uint8Array,
  radius: number,
): void {
  const { width, height } = figure.rgb;
  const side = sideOf(limb);
  const from = jointAt(figure.joints, isArm(limb) ? `${side}Shoulder` : `${side}Hip`);
  const to = jointAt(figure.joints, isArm(limb) ? `${side}Elbow` : `${side}Knee`);
  const capsule = new Uint8Array(labels.length);
  paintCapsule(capsule, width, height, from.x, from.y, to.x, to.y, radius);
  for (let i = 0; i < extend.length; i++) {
    if (capsule[i] === 1 && labels[i] === cover && figure.alpha[i]! > 0.5) extend[i] = 1;
  }
}

function maskBody(inputs: MaskInputs): LayerMask {
  const { figure, labels, modes, hasHeadLayer } = inputs;
  const { width, height } = figure.rgb;
  const keep = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === PART.torso) keep[i] = 1;
    else if (label === PART.head) keep[i] = hasHeadLayer ? 0 : 1;
    else {
      const limb = LIMBS.find((name) => PART[name] === label)!;
      const x = i % width;
      const isLayer = modes[limb] === 'layer';
      // A sleeve that is cut anew brings all of its own root.
      const sharesRoot = isArm(limb) ? !inputs.hands[limb] : !inputs.isSkirt;
      keep[i] = !isLayer || (sharesRoot && isInRootZone(inputs, limb, x, (i - x) / width)) ? 1 : 0;
    }
  }
  const extend = extendTrunk(inputs, keep);
  const rims = new Uint8Array(labels.length);
  const sleeves = new Uint8Array(labels.length);
  for (const limb of LIMBS) {
    if (modes[limb] !== 'layer' || !isArm(limb)) continue;
    const outline = inputs.outlines.find((it) => it.limb === limb);
    if (outline) mark(sleeves, outline.shadow, () => true);
    const rim = dilate(maskOfLabel(labels, PART[limb]), width, height, outline ? WIDE_RIM : 1);
    mark(outline ? sleeves : rims, rim, (i) => labels[i] !== PART[limb]);
  }
  if (hasHeadLayer) mark(rims, coveredBy(labels, width, height, PART.head), () => true);
  const doubtful = dropAlike(rims, keep, figure);
  // Where cloth goes on under a bare arm, single pixels of its skin would draw a dotted line.
  const underArms = extend.map((value, i) => (isBareArm(inputs, labels[i]!) ? value : 0));
  mark(doubtful, dilate(underArms, width, height, ARM_RIM), (i) => keep[i] === 1);
  // In the shade of a sleeve everything is alike: what it left there draws dotted lines.
  mark(doubtful, sleeves, () => true);
  const limit = coverWithin(inputs.outlines, width, height);
  return { name: 'body', keep, extend, doubtful, limit };
}

/** Whether a label is that of an arm that no wide sleeve covers. */
function isBareArm({ outlines }: MaskInputs, label: number): boolean {
  return ARMS.some((arm) => PART[arm] === label && !outlines.some(({ limb }) => limb === arm));
}

function mark(target: Uint8Array, source: Uint8Array, accept: (i: number) => boolean): void {
  for (let i = 0; i < target.length; i++) if (source[i] === 1 && accept(i)) target[i] = 1;
}

/** A rim of one pixel around a covering part: its colours are mixed. */
function coveredBy(labels: Int8Array, width: number, height: number, cover: number): Uint8Array {
  const mask = maskOfLabel(labels, cover);
  return dilate(mask, width, height, 1);
}

/**
 * Doubtful pixels without those that look like the layer right beside them: bare skin goes on from
 * neck to shoulder, and a guess in its place would draw a line over it.
 */
function dropAlike(
  doubtful: Uint8Array,
  keep: Uint8Array,
  { rgb: { width, height, channels }, alpha }: Figure,
): Uint8Array {
  const isSure = (i: number): boolean => keep[i] === 1 && doubtful[i] === 0 && alpha[i]! > 0.9;
  const colourOf = (i: number): Colour => [channels[0][i]!, channels[1][i]!, channels[2][i]!];
  return doubtful.map((value, i) => {
    if (value === 0 || keep[i] === 0) return value;
    const x = i % width;
    const y = (i - x) / width;
    const beside: Colour[] = [];
    for (let py = Math.max(0, y - ALIKE_REACH); py <= Math.min(height - 1, y + ALIKE_REACH); py++) {
      for (
        let px = Math.max(0, x - ALIKE_REACH);
        px <= Math.min(width - 1, x + ALIKE_REACH);
        px++
      ) {
        if (isSure(py * width + px)) beside.push(colourOf(py * width + px));
      }
    }
    const usual = meanColour(beside);
    return usual !== null && colourDistance(colourOf(i), usual) < ALIKE_MAX ? 0 : 1;
  });
}

/** Where the trunk goes on under arms with their own layer and under hair. */
function extendTrunk(inputs: MaskInputs, keep: Uint8Array): Uint8Array {
  const { figure, labels, modes, halfWidths, hasHeadLayer, outlines } = inputs;
  const { width } = figure.rgb;
  const extend = new Uint8Array(labels.length);
  const head = createHeadFrame(figure.joints);
  const overlap = overlapOf(figure);
  const solid = keep.map((value, i) => (value === 1 && figure.alpha[i]! > 0.5 ? 1 : 0));
  const trunk = solid.map((value, i) => (labels[i] === PART.torso ? value : 0));
  const thin = growInside(solid, figure, 1);
  const rim = growInside(trunk, figure, overlap).map((value, i) => Math.max(value, thin[i]!));
  const underArms = ARMS.filter((arm) => modes[arm] === 'layer').flatMap((arm) => {
    const outline = outlines.find(({ limb }) => limb === arm);
    if (outline) return [underSleeve(outline, labels, width)];
    return [
      extendUnderArm(trunk, labels, width, PART[arm], halfWidths[arm]),
      bridgeUnderArm(solid, labels, width, PART[arm], halfWidths[arm]),
    ];
  });
  for (let i = 0; i < extend.length; i++) {
    if (keep[i] === 1 || figure.alpha[i]! < 0.05) continue;
    const x = i % width;
    const y = (i - x) / width;
    const label = labels[i]!;
    if (label === PART.head && hasHeadLayer) {
      extend[i] = rim[i] === 1 || head.h(x, y) < HANGING_H ? 1 : 0;
      continue;
    }
    if (rim[i] === 1 || underArms.some((under) => under[i] === 1)) extend[i] = 1;
  }
  let even: Uint8Array = extend;
  for (const arm of ARMS) {
    if (modes[arm] !== 'layer' || outlines.some(({ limb }) => limb === arm)) continue;
    const hand = placesOfHand(figure, arm);
    even = evenUnderArm(even, solid, labels, width, PART[arm], hand, halfWidths[arm]);
  }
  return even;
}

/** 1 around the hand of an arm, where it may lie on the hip. */
function placesOfHand({ joints, rgb }: Figure, arm: Limb): Uint8Array {
  const places = new Uint8Array(rgb.width * rgb.height);
  const wrist = jointAt(joints, `${sideOf(arm)}Wrist`);
  const hand = jointAt(joints, `${sideOf(arm)}Hand`);
  const radius = HAND_REACH * Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
  paintCapsule(places, rgb.width, rgb.height, wrist.x, wrist.y, hand.x, hand.y, radius);
  return places;
}

/**
 * Grows a mask pixel by pixel through the matte only, so that it never jumps a gap between body and
 * arm.
 */
function growInside(mask: Uint8Array, { alpha, rgb }: Figure, steps: number): Uint8Array {
  let grown = mask;
  for (let step = 0; step < steps; step++) {
    grown = dilate(grown, rgb.width, rgb.height, 1).map((value, i) =>
      value === 1 && alpha[i]! > 0.3 ? 1 : 0,
    );
  }
  return grown;
}

function maskHead({ labels }: MaskInputs): LayerMask {
  const keep = maskOfLabel(labels, PART.head);
  const none = new Uint8Array(labels.length);
  return { name: 'head', keep, extend: none, doubtful: none };
}
