/** Divides the figure into torso, head with hair, arms and legs. */

import type { Limb } from '../../model/character.ts';
import type { Appearance } from './appearance.ts';
import { centreJoints } from './centre-joints.ts';
import { claimArms } from './claim-arms.ts';
import { claimHair, dropChest } from './claim-hair.ts';
import { claimHands } from './claim-hands.ts';
import { claimOutlines } from './claim-outlines.ts';
import { dropIslands, smoothLabels } from './clean-labels.ts';
import { dropCollar } from './drop-collar.ts';
import type { Figure } from './figure.ts';
import { floodParts } from './flood.ts';
import { measureExcess } from './label-colours.ts';
import { paintSeeds } from './seeds.ts';
import { sortArms } from './sort-arms.ts';

export type Segmentation = {
  /** Part of each pixel of the figure (see `PART`), `NO_PART` outside of the matte. */
  labels: Int8Array;
  /** The figure with the joints of its moving limbs in the middle of them. */
  figure: Figure;
};

/** Limbs in `frozen` are not looked for, so that their pixels fall to the torso. */
export function segmentParts(
  figure: Figure,
  appearance: Appearance,
  frozen: readonly Limb[],
): Segmentation {
  const { rgb, alpha } = figure;
  const seeds = paintSeeds(figure, appearance, frozen);
  const excess = measureExcess(rgb, alpha, seeds);
  const first = floodParts(rgb, alpha, seeds, excess);
  const whole = joinIslands(figure, first);
  const evened = claimArms(figure, appearance, whole, excess, frozen);
  const sorted = sortArms(figure, evened, excess, frozen);
  const combed = claimHair(figure, appearance, sorted, excess, frozen);
  const chest = dropChest(figure, appearance, combed, excess);
  const freed = joinIslands(figure, dropCollar(figure, appearance, chest));
  const smooth = smoothLabels(freed, rgb.width, rgb.height);
  const handed = joinIslands(figure, claimHands(figure, appearance, smooth, frozen));
  const labels = claimOutlines(figure, handed, frozen);
  const joints = centreJoints(figure, labels, frozen);
  return { labels, figure: { ...figure, joints } };
}

/** Leaves one connected piece of each part; the rest goes to the parts around it. */
export function joinIslands({ rgb, alpha }: Figure, labels: Int8Array): Int8Array {
  return floodParts(rgb, alpha, dropIslands(labels, rgb.width, rgb.height), []);
}
