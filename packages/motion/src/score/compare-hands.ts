/** Says whether the hands of a result are there and have the shape of its reference's. */

import { HAND_POINT_COUNT, HAND_STRIDE, type Hand, palmLength } from '../model/hand.ts';
import { median, percentile } from '../model/percentile.ts';

/** A hand that the reference shows, and the same hand of the result at that moment. */
export type HandPair = {
  reference: Hand;
  /** Null when none was found at the wrist of that arm. */
  result: Hand | null;
};

export type HandAgreement = {
  handsFound: number | null;
  handShapeError: number | null;
  handShapeErrorP90: number | null;
};

/** With fewer hands in the reference nothing is said. */
const HANDS_MIN = 12;
/** The percentile that is told beside the median. */
const HIGH = 0.9;

/** Of all sizes and places, but not of all turns: a hand that is turned has another shape. */
export function compareHands(pairs: readonly HandPair[]): HandAgreement {
  if (pairs.length < HANDS_MIN) {
    return { handsFound: null, handShapeError: null, handShapeErrorP90: null };
  }
  const errors = pairs.flatMap(({ reference, result }) =>
    result === null ? [] : [shapeError(reference, result)],
  );
  return {
    handsFound: errors.length / pairs.length,
    handShapeError: errors.length === 0 ? null : median(errors),
    handShapeErrorP90: errors.length === 0 ? null : percentile(errors, HIGH),
  };
}

/** Mean distance of the 21 points, seen from the wrist, in palm lengths. */
function shapeError(a: Hand, b: Hand): number {
  const [palmA, palmB] = [Math.max(palmLength(a), 1e-6), Math.max(palmLength(b), 1e-6)];
  let sum = 0;
  for (let i = 0; i < a.length; i += HAND_STRIDE) {
    const dx = (a[i]! - a[0]!) / palmA - (b[i]! - b[0]!) / palmB;
    const dy = (a[i + 1]! - a[1]!) / palmA - (b[i + 1]! - b[1]!) / palmB;
    sum += Math.hypot(dx, dy);
  }
  return sum / HAND_POINT_COUNT;
}
