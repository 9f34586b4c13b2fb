/** Makes wide sleeves whole, and says how the trunk goes on behind them. */

import type { Limb } from '../../model/character.ts';
import type { Figure } from '../segment/figure.ts';
import { claimSleeves } from './claim-sleeves.ts';
import { clipTrunk, outlineTrunk, type TrunkOutline } from './outline-trunk.ts';

/** Labels with all of the sleeves of `wide`; other pictures keep theirs as they are. */
export function completeSleeves(
  figure: Figure,
  labels: Int8Array,
  wide: readonly Limb[],
): { labels: Int8Array; outlines: TrunkOutline[] } {
  if (wide.length === 0) return { labels, outlines: [] };
  const claimed = claimSleeves(figure, labels, wide);
  const outlines = outlineTrunk(figure, claimed, wide);
  return { labels: clipTrunk(claimed, figure.rgb.width, outlines), outlines };
}
