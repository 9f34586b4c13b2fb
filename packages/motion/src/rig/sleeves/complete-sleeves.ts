/** Makes wide sleeves whole, and says how the trunk goes on behind them. */

import type { Limb } from '../../model/character.ts';
import type { Figure } from '../segment/figure.ts';
import { claimSleeves } from './claim-sleeves.ts';
import { findHand } from './find-hand.ts';
import { clipTrunk, outlineTrunk, type TrunkOutline } from './outline-trunk.ts';

/** What is known about wide sleeves. */
export type CompleteSleeves = {
  labels: Int8Array;
  /** How the trunk goes on behind them. */
  outlines: TrunkOutline[];
  /** Hands that are painted before their sleeves: 1 where the hand is. */
  hands: Partial<Record<Limb, Uint8Array>>;
};

/** Labels with all of the sleeves of `wide`; other pictures keep theirs as they are. */
export function completeSleeves(
  figure: Figure,
  labels: Int8Array,
  wide: readonly Limb[],
): CompleteSleeves {
  if (wide.length === 0) return { labels, outlines: [], hands: {} };
  const claimed = claimSleeves(figure, labels, wide);
  const outlines = outlineTrunk(figure, claimed, wide);
  const clipped = clipTrunk(claimed, figure.rgb.width, outlines);
  const hands: CompleteSleeves['hands'] = {};
  for (const { limb } of outlines) {
    const hand = findHand(figure, clipped, limb);
    if (hand !== null) hands[limb] = hand;
  }
  return { labels: clipped, outlines, hands };
}
