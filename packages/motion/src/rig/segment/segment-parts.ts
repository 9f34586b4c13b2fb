/** Divides the figure into torso, head with hair, arms and legs. */

import type { Limb } from '../../model/character.ts';
import type { Appearance } from './appearance.ts';
import { dropIslands, smoothLabels } from './clean-labels.ts';
import type { Figure } from './figure.ts';
import { floodParts } from './flood.ts';
import { measureExcess } from './label-colours.ts';
import { paintSeeds } from './seeds.ts';

/**
 * Part of each pixel of the figure (see `PART`), `NO_PART` outside of the matte. Limbs in `frozen` are not looked for, so
 * that their pixels fall to the torso.
 */
export function segmentParts(
  figure: Figure,
  appearance: Appearance,
  frozen: readonly Limb[],
): Int8Array {
  const { rgb, alpha } = figure;
  const seeds = paintSeeds(figure, appearance, frozen);
  const excess = measureExcess(rgb, alpha, seeds);
  const first = floodParts(rgb, alpha, seeds, excess);
  const whole = dropIslands(first, rgb.width, rgb.height);
  const second = floodParts(rgb, alpha, whole, []);
  return smoothLabels(second, rgb.width, rgb.height);
}
