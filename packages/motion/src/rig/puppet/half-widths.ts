/** How thick the limbs are, measured across the matte. */

import type { Limb } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import type { Figure } from '../segment/figure.ts';
import { isArm, PART, sideOf } from '../segment/parts.ts';

/** Shares of the bone between which a half width is believed. */
const BELIEVED = { arm: [0.12, 0.3], leg: [0.14, 0.34] } as const;

/**
 * Half the width of the upper arm or thigh in pixels of the figure: the nearer edge of the part
 * from the bone's middle.
 */
export function measureHalfWidth(figure: Figure, labels: Int8Array, limb: Limb): number {
  const side = sideOf(limb);
  const from = jointAt(figure.joints, isArm(limb) ? `${side}Shoulder` : `${side}Hip`);
  const to = jointAt(figure.joints, isArm(limb) ? `${side}Elbow` : `${side}Knee`);
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  const [low, high] = isArm(limb) ? BELIEVED.arm : BELIEVED.leg;
  const across = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
  const { width, height } = figure.rgb;
  const reach = (sign: number, t: number): number => {
    const middle = between(from, to, t);
    let distance = 0;
    while (distance < high * length) {
      const x = Math.round(middle.x + sign * distance * across.x);
      const y = Math.round(middle.y + sign * distance * across.y);
      if (x < 0 || y < 0 || x >= width || y >= height) break;
      if (labels[y * width + x] !== PART[limb]) break;
      distance++;
    }
    return distance;
  };
  const widths = [0.55, 0.7, 0.85].map((t) => (reach(1, t) + reach(-1, t)) / 2);
  const median = widths.sort((a, b) => a - b)[1]!;
  return Math.min(high * length, Math.max(low * length, median));
}
