/**
 * Gives the line between an arm and the body to the arm, where a drawing has one: half of it on
 * either side would leave both frayed when the arm goes away.
 */

import type { Limb } from '../../model/character.ts';
import { dilate, maskOfLabel } from '../pixels/binary.ts';
import type { Figure } from './figure.ts';
import { NO_PART, PART, SIDES } from './parts.ts';
import { judgeArms } from './sort-arms.ts';

/** In a drawing of flat colours more than this share of the neighbours are alike, */
const FLAT_MIN = 0.5;
/** which differ by no more than this, of 255. */
const ALIKE_MAX = 1.5;
/** A line is this much darker than the lightest within its reach, */
const DARKER_MIN = 40;
/** and so many pixels of segmentation wide at most. */
const WIDE = 2;
const SOLID = 0.95;

/** Labels whose moving arms have their outlines; unchanged for anything but flat drawings. */
export function claimOutlines(
  figure: Figure,
  labels: Int8Array,
  frozen: readonly Limb[],
): Int8Array {
  if (!isFlat(figure)) return labels;
  const { width, height, channels } = figure.rgb;
  const light = channels[0].map((r, i) => (r + channels[1][i]! + channels[2][i]!) / 3);
  const isForeign = judgeArms(figure, labels, frozen);
  const claimed = Int8Array.from(labels);
  for (const side of SIDES) {
    if (frozen.includes(`${side}Arm`)) continue;
    const arm = PART[`${side}Arm`];
    // Background that was taken for arm has lines of the body beside it.
    const own = maskOfLabel(labels, arm).map((value, i) => (value === 1 && !isForeign(i) ? 1 : 0));
    const near = dilate(own, width, height, WIDE);
    for (let i = 0; i < labels.length; i++) {
      if (near[i] === 0 || labels[i] === NO_PART || labels[i] === PART.head) continue;
      if (labels[i] === PART.leftArm || labels[i] === PART.rightArm) continue;
      if (lightest(light, width, i) - light[i]! > DARKER_MIN) claimed[i] = arm;
    }
  }
  return claimed;
}

function lightest(light: Float32Array, width: number, i: number): number {
  let most = 0;
  for (let dy = -WIDE; dy <= WIDE; dy++) {
    for (let dx = -WIDE; dx <= WIDE; dx++) most = Math.max(most, light[i + dy * width + dx] ?? 0);
  }
  return most;
}

function isFlat({ rgb, alpha }: Figure): boolean {
  const { width, channels } = rgb;
  let [count, alike] = [0, 0];
  for (let i = 0; i < alpha.length - width; i++) {
    if (Math.min(alpha[i]!, alpha[i + 1]!, alpha[i + width]!) < SOLID) continue;
    count++;
    const most = Math.max(
      ...channels.map((channel) =>
        Math.max(
          Math.abs(channel[i]! - channel[i + 1]!),
          Math.abs(channel[i]! - channel[i + width]!),
        ),
      ),
    );
    if (most <= ALIKE_MAX) alike++;
  }
  return alike > FLAT_MIN * count;
}
