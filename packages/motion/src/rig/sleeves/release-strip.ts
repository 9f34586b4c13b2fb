/**
 * Between a sleeve and the trunk lies their shadow: a narrow strip that is light again behind it is
 * the lit edge of the trunk, and would go with the arm as a stripe.
 */

import type { Limb } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { median } from '../../model/percentile.ts';
import type { Figure } from '../segment/figure.ts';
import { PART, sideOf } from '../segment/parts.ts';
import { createTorsoFrame } from '../segment/torso-frame.ts';

/** The shadow is darker than this part of the sleeve's usual light, for so many pixels. */
const DARK_SHARE = 0.35;
const DARK_RUN = 2;
/** The strip is no wider than this share of the shoulders' width. */
const STRIP_SHARE = 0.16;

/** Gives the strips past the shadow of an arm to the trunk, in the rows between elbow and wrist. */
export function releaseStrip(
  { rgb: { width, channels }, joints }: Figure,
  labels: Int8Array,
  limb: Limb,
): void {
  const side = sideOf(limb);
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const inward = jointAt(joints, `${side}Shoulder`).x > jointAt(joints, 'neck').x ? -1 : 1;
  const lightAt = (i: number): number =>
    (channels[0][i]! + 2 * channels[1][i]! + channels[2][i]!) / 4;
  const arm: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === PART[limb]) arm.push(i);
  const dark = DARK_SHARE * median(arm.map(lightAt));
  const widest = Math.round(STRIP_SHARE * createTorsoFrame(joints).width);
  const [top, bottom] = [Math.min(elbow.y, wrist.y), Math.max(elbow.y, wrist.y)];
  for (let y = Math.max(0, Math.round(top)); y <= bottom && y < labels.length / width; y++) {
    const row = (x: number): number => y * width + x;
    const edge = findInnerEdge(labels, width, y, PART[limb], inward);
    if (edge === null || labels[row(edge + inward)] !== PART.torso) continue;
    let run = 0;
    for (let n = 0; n < widest + DARK_RUN; n++) {
      const x = edge - inward * n;
      if (x < 0 || x >= width || labels[row(x)] !== PART[limb]) break;
      run = lightAt(row(x)) < dark ? run + 1 : 0;
      if (run < DARK_RUN || n < DARK_RUN) continue;
      for (let k = 0; k <= n; k++) labels[row(edge - inward * k)] = PART.torso;
      break;
    }
  }
}

/** The pixel of the arm in a row that is nearest to the spine. */
function findInnerEdge(
  labels: Int8Array,
  width: number,
  y: number,
  arm: number,
  inward: number,
): number | null {
  for (let n = 1; n < width - 1; n++) {
    const x = inward > 0 ? width - 1 - n : n;
    if (labels[y * width + x] === arm) return x;
  }
  return null;
}
