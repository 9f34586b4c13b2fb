/** Finds arms in wide sleeves, and of those the ones whose cloth cannot be told from the trunk. */

import { LIMBS, type Limb } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { describeFrozen, type FrozenLimb } from '../puppet/limb-plans.ts';
import type { Figure } from '../segment/figure.ts';
import { isArm, PART, sideOf } from '../segment/parts.ts';
import { measureContrast } from './measure-contrast.ts';

/** A sleeve is wide from this width on, as a share of the forearm's length. */
const WIDTH_SHARE_MIN = 0.8;
/** Places along the forearm where the width is measured. */
const PLACES = [0.2, 0.4, 0.6, 0.8] as const;
/** Nothing farther from the bone than this share of its length is looked at. */
const REACH_SHARE = 1.2;
/** A seam that changes less than this many times what cloth does by itself is a guess. */
const CONTRAST_MIN = 1.25;

/** Arms, other than those of `stopped`, whose sleeves are much wider than an arm. */
export function findWideSleeves(
  figure: Figure,
  labels: Int8Array,
  stopped: readonly Limb[],
): Limb[] {
  return LIMBS.filter(
    (limb) =>
      isArm(limb) &&
      !stopped.includes(limb) &&
      measureSleeve(figure, labels, limb) >= WIDTH_SHARE_MIN,
  );
}

/** Those of `wide` that cannot move, as they would tear the trunk or leave cloth on it. */
export function findBlurredSleeves(
  figure: Figure,
  labels: Int8Array,
  wide: readonly Limb[],
): FrozenLimb[] {
  return wide.flatMap((limb) => {
    const contrast = measureContrast(figure, labels, limb);
    if (contrast >= CONTRAST_MIN) return [];
    const reason =
      `its wide sleeve cannot be told from the body (their edge is ${contrast.toFixed(2)} times ` +
      `as clear as folds of the cloth, needs ${CONTRAST_MIN})`;
    return [{ limb, finding: describeFrozen(limb, reason) }];
  });
}

/** Median width of the arm across the forearm, as a share of the forearm's length. */
function measureSleeve(figure: Figure, labels: Int8Array, limb: Limb): number {
  const side = sideOf(limb);
  const elbow = jointAt(figure.joints, `${side}Elbow`);
  const wrist = jointAt(figure.joints, `${side}Wrist`);
  const length = Math.max(1, Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y));
  const across = { x: -(wrist.y - elbow.y) / length, y: (wrist.x - elbow.x) / length };
  const { width, height } = figure.rgb;
  const widths = PLACES.map((place) => {
    const middle = between(elbow, wrist, place);
    let count = 0;
    for (let d = -REACH_SHARE * length; d <= REACH_SHARE * length; d++) {
      const x = Math.round(middle.x + d * across.x);
      const y = Math.round(middle.y + d * across.y);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      if (labels[y * width + x] === PART[limb]) count++;
    }
    return count / length;
  });
  const sorted = widths.sort((a, b) => a - b);
  return (sorted[1]! + sorted[2]!) / 2;
}
