/** Gives hair that the flood left with shoulders and arms back to the head. */

import { jointAt } from '../../model/joints.ts';
import { labelComponents } from '../pixels/binary.ts';
import { type Appearance, distanceToNearest } from './appearance.ts';
import type { Colour, Figure } from './figure.ts';
import { NO_PART, PART } from './parts.ts';
import { createHeadFrame } from './torso-frame.ts';

/** Pixels nearer than this to the colour of the hair are hair. */
const HAIR_MAX = 38;
/** Arms have the colour of hair in their shadows; they must be this much more like the head. */
const UNLIKE_MIN = 12;
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
): Int8Array {
  const { hair } = appearance;
  if (hair.length === 0) return labels;
  const { width, height } = figure.rgb;
  const head = jointAt(figure.joints, 'head');
  const frame = createHeadFrame(figure.joints);
  const candidates = new Uint8Array(labels.length);
  let body = 0;
  let alike = 0;
  for (let i = 0; i < labels.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    if (Math.hypot(x - head.x, y - head.y) > REACH * frame.length) continue;
    const label = labels[i]!;
    if (label === PART.head) candidates[i] = 1;
    if (label !== PART.torso && label !== PART.leftArm && label !== PART.rightArm) continue;
    body++;
    if (!isHair(figure, i, hair)) continue;
    const isArmColour = excess[label]![i]! < excess[PART.head]![i]! + UNLIKE_MIN;
    if (label !== PART.torso && isArmColour) continue;
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
