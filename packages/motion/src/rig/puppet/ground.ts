/** Keeps the edge where a body leaves the picture at the border, so that no gap opens there. */

import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { smoothstep } from '../../model/scalar.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';

/** Which sides of the figure's box are borders of the picture. */
export type Borders = { left: boolean; right: boolean; bottom: boolean };

/** Share of the way from the border to the neck over which the hold fades out. */
const REACH_SHARE = {
  'full-body': 0.2,
  'three-quarter': 0.4,
  'half-body': 0.45,
  'head-and-shoulders': 0.8,
};
/** ... but at least this share of the height of the figure's box. */
const REACH_MIN_SHARE = 0.08;
/** Border pixels are looked at in steps of this many. */
const STEP = 4;

/**
 * Weight of the bone `ground`, 0..1, at a place in pixels of the figure. Torso pixels are held, and
 * a head cut at the bottom.
 */
export function createGround(
  figure: Figure,
  labels: Int8Array,
  borders: Borders,
): (x: number, y: number) => number {
  const cuts = findCuts(figure, labels, borders);
  if (cuts.length === 0) return () => 0;
  const neck = jointAt(figure.joints, 'neck');
  const floor = REACH_MIN_SHARE * figure.rgb.height;
  const share = REACH_SHARE[figure.framing];
  const reaches = cuts.map((cut) =>
    Math.max(floor, share * (cut.isSide ? Math.abs(cut.x - neck.x) * 0.6 : cut.y - neck.y)),
  );
  return (x, y) => {
    let weight = 0;
    for (let n = 0; n < cuts.length; n++) {
      const cut = cuts[n]!;
      const t = Math.hypot(x - cut.x, y - cut.y) / reaches[n]!;
      if (t < 1) weight = Math.max(weight, 1 - smoothstep(0.05, 1, t));
    }
    return weight;
  };
}

function findCuts(
  figure: Figure,
  labels: Int8Array,
  borders: Borders,
): (Point & { isSide: boolean })[] {
  const { width, height } = figure.rgb;
  const cuts: (Point & { isSide: boolean })[] = [];
  const look = (x: number, y: number, isSide: boolean): void => {
    const i = y * width + x;
    const isHeld = labels[i] === PART.torso || (labels[i] === PART.head && !isSide);
    if (isHeld && figure.alpha[i]! > 0.3) cuts.push({ x, y, isSide });
  };
  if (borders.bottom) for (let x = 0; x < width; x += STEP) look(x, height - 1, false);
  for (let y = 0; y < height; y += STEP) {
    if (borders.left) look(0, y, true);
    if (borders.right) look(width - 1, y, true);
  }
  return cuts;
}
