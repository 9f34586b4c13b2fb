/**
 * Hand landmarks: the 21 points of MediaPipe Hands (Zhang et al. 2020), in the order of the model.
 */

import type { Point } from './geometry.ts';

export const HAND_POINT_COUNT = 21;

/** Numbers stored per hand point: x, y (pixels), z (pixels, smaller is nearer). */
export const HAND_STRIDE = 3;

/** Index of the points that more than one stage asks for. */
export const HAND = {
  wrist: 0,
  thumbBase: 1,
  indexBase: 5,
  middleBase: 9,
  pinkyBase: 17,
} as const;

/** One hand in one picture: `Float32Array(21 * 3)`. */
export type Hand = Float32Array;

export const SIDES = ['left', 'right'] as const;
/** The person's own side. */
export type Side = (typeof SIDES)[number];

export function handPointAt(hand: Hand, index: number): Point {
  return { x: hand[index * HAND_STRIDE]!, y: hand[index * HAND_STRIDE + 1]! };
}

/**
 * Length of the palm in pixels, wrist to the base of the middle finger. The palm seen from its edge
 * or foreshortened is told by its depth and its width.
 */
export function palmLength(hand: Hand): number {
  const reach = (index: number, depthShare: number): number => {
    const at = index * HAND_STRIDE;
    return Math.hypot(
      hand[at]! - hand[0]!,
      hand[at + 1]! - hand[1]!,
      depthShare * (hand[at + 2]! - hand[2]!),
    );
  };
  return Math.max(
    reach(HAND.middleBase, 0.8),
    reach(HAND.indexBase, 0),
    1.05 * reach(HAND.pinkyBase, 0),
  );
}
