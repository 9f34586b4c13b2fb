/** Gives hair that the flood left with shoulders and arms back to the head. */

import type { Limb } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import { jointAt } from '../../model/joints.ts';
import { labelComponents, paintCapsule } from '../pixels/binary.ts';
import { type Appearance, distanceToNearest } from './appearance.ts';
import type { Figure } from './figure.ts';
import { NO_PART, PART, SIDES } from './parts.ts';
import { judgeArms } from './sort-arms.ts';
import { createHeadFrame } from './torso-frame.ts';

/** Pixels nearer than this to the colour of the hair are hair. */
const HAIR_MAX = 38;
/** Arms have the colour of hair in their shadows; they must be this much more like the head. */
const UNLIKE_MIN = 12;
/** The middle of an arm, as a share of its bone's length to either side of it. */
const CORE_SHARE = 0.03;
/** A strand of hair beside an arm has so many pixels of a figure of 640. */
const STRAND_MIN = 12;
/** ... and ends within this many head lengths of the middle of the head. */
const STRAND_REACH = 2.4;
/** Hair is looked for within this many head lengths of the middle of the head. */
const REACH = 1.6;
/** When this share of the shoulders has the colour of the hair, colour says nothing. */
const SHARE_MAX = 0.3;

/** Below this height (head lengths above the neck) a head is only hair, */
const CHEST_H = 0.05;
/** which is within this of the colours that were read beside the face. */
const CHEST_HAIR_MAX = 52;

/** Labels with the hair that hangs together with the head completed. */
export function claimHair(
  figure: Figure,
  appearance: Appearance,
  labels: Int8Array,
  excess: readonly Float32Array[],
  frozen: readonly Limb[],
): Int8Array {
  const { hair } = appearance;
  if (hair.length === 0) return labels;
  const isForeign = judgeArms(figure, labels, frozen);
  const strands = findStrands(figure, labels, hair);
  const { width, height } = figure.rgb;
  const head = jointAt(figure.joints, 'head');
  const frame = createHeadFrame(figure.joints);
  const candidates = new Uint8Array(labels.length);
  let body = 0;
  let alike = 0;
  for (let i = 0; i < labels.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    const label = labels[i]!;
    if (label === PART.head) candidates[i] = 1;
    const reach = strands[i] === 1 ? STRAND_REACH : REACH;
    if (Math.hypot(x - head.x, y - head.y) > reach * frame.length) continue;
    if (label !== PART.torso && label !== PART.leftArm && label !== PART.rightArm) continue;
    body++;
    if (!isHair(figure, i, hair)) continue;
    const isArmColour = excess[label]![i]! < excess[PART.head]![i]! + UNLIKE_MIN;
    // Before a sleeve hair is no skin in the shadow, however like the rest of the arm it is.
    const isApart = isForeign(i) || strands[i] === 1;
    if (label !== PART.torso && isArmColour && !isApart) continue;
    alike++;
    candidates[i] = 1;
  }
  if (alike > SHARE_MAX * body) return labels;
  const { labels: pieces, sizes } = labelComponents(candidates, width, height);
  const headPixels = new Float64Array(sizes.length);
  for (let i = 0; i < labels.length; i++) if (labels[i] === PART.head) headPixels[pieces[i]!]!++;
  return labels.map((label, i) =>
    candidates[i] === 1 && headPixels[pieces[i]!]! > 0 ? PART.head : label,
  );
}

/**
 * 1 for pixels of arms that have the colour of hair and do not hang together, in that colour, with
 * the middle of the arm: strands beside it.
 */
function findStrands(figure: Figure, labels: Int8Array, hair: readonly Colour[]): Uint8Array {
  const { width, height } = figure.rgb;
  const strands = new Uint8Array(labels.length);
  for (const side of SIDES) {
    const arm = PART[`${side}Arm`];
    const alike = labels.map((label, i) => (label === arm && isHair(figure, i, hair) ? 1 : 0));
    const core = new Uint8Array(labels.length);
    for (const [from, to] of [
      ['Shoulder', 'Elbow'],
      ['Elbow', 'Wrist'],
    ] as const) {
      const [a, b] = [
        jointAt(figure.joints, `${side}${from}`),
        jointAt(figure.joints, `${side}${to}`),
      ];
      const radius = CORE_SHARE * Math.hypot(b.x - a.x, b.y - a.y);
      paintCapsule(core, width, height, a.x, a.y, b.x, b.y, radius);
    }
    const { labels: pieces, sizes } = labelComponents(Uint8Array.from(alike), width, height);
    const inside = new Set<number>();
    for (let i = 0; i < core.length; i++) {
      if (core[i] === 1 && alike[i] === 1) inside.add(pieces[i]!);
    }
    for (let i = 0; i < strands.length; i++) {
      if (alike[i] === 0 || inside.has(pieces[i]!)) continue;
      if (sizes[pieces[i]!]! >= STRAND_MIN * (height / 640) ** 2) strands[i] = 1;
    }
  }
  return strands;
}

/**
 * Labels without what is below the neck and not hair: skin of the chest and a collar have colours
 * of the head, and would nod with it. What is taken belongs to no part.
 */
export function dropChest(
  figure: Figure,
  appearance: Appearance,
  labels: Int8Array,
  excess: readonly Float32Array[],
): Int8Array {
  const { hair } = appearance;
  if (hair.length === 0 || figure.framing === 'head-and-shoulders') return labels;
  const { width } = figure.rgb;
  const frame = createHeadFrame(figure.joints);
  return labels.map((label, i) => {
    if (label !== PART.head) return label;
    const x = i % width;
    const h = frame.h(x, (i - x) / width);
    if (h >= CHEST_H) return label;
    const arms = Math.min(excess[PART.leftArm]![i]!, excess[PART.rightArm]![i]!);
    const isArmColour = arms <= excess[PART.head]![i]!;
    return isArmColour || !isNear(figure, i, hair, CHEST_HAIR_MAX) ? NO_PART : label;
  });
}

function isHair(figure: Figure, i: number, hair: readonly Colour[]): boolean {
  return isNear(figure, i, hair, HAIR_MAX);
}

function isNear({ rgb }: Figure, i: number, hair: readonly Colour[], max: number): boolean {
  const [r, g, b] = rgb.channels;
  return distanceToNearest([r[i]!, g[i]!, b[i]!], hair) < max;
}
