/** Says how clear the edge is along which a wide sleeve would be cut from the trunk. */

import type { Limb } from '../../model/character.ts';
import { percentile } from '../../model/percentile.ts';
import { limbLength, limbRoot } from '../puppet/limb-plans.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';

/** The seam begins at this share of the arm's length: above, arm and shoulder are one. */
const SEAM_START = 0.36;
/** A seam of fewer pixels, as a share of the arm's length, is no matter. */
const SEAM_MIN = 0.15;
/** Colours are compared so many pixels apart. */
const STEP = 2;
/** Of the cloth's own changes this part is smaller than what it is compared with. */
const CLOTH_PERCENTILE = 0.75;

/**
 * Change of colour along the seam of an arm and the trunk against the changes within their cloth;
 * infinite for an arm that hardly touches the trunk.
 */
export function measureContrast(figure: Figure, labels: Int8Array, limb: Limb): number {
  const { width, height } = figure.rgb;
  const arm = PART[limb];
  const root = limbRoot(figure.joints, limb);
  const length = limbLength(figure.joints, limb);
  const seam: number[] = [];
  const cloth: number[] = [];
  for (let y = STEP; y < height - STEP; y++) {
    for (let x = STEP; x < width - STEP; x++) {
      const i = y * width + x;
      if (labels[i] !== arm && labels[i] !== PART.torso) continue;
      const around = [i - STEP, i + STEP, i - STEP * width, i + STEP * width];
      const isSeam = labels[i] === arm && around.some((j) => labels[j] === PART.torso);
      if (isSeam && Math.hypot(x - root.x, y - root.y) > SEAM_START * length) {
        seam.push(changeNear(figure, i));
      } else if (around.every((j) => labels[j] === labels[i])) cloth.push(changeAt(figure, i));
    }
  }
  if (seam.length < SEAM_MIN * length) return Number.POSITIVE_INFINITY;
  return percentile(seam, 0.5) / Math.max(1, percentile(cloth, CLOTH_PERCENTILE));
}

/** The greatest change within one pixel, as a seam is not cut to the pixel. */
function changeNear(figure: Figure, i: number): number {
  const { width } = figure.rgb;
  return Math.max(...[0, 1, -1, width, -width].map((step) => changeAt(figure, i + step)));
}

function changeAt({ rgb: { width, channels } }: Figure, i: number): number {
  let [across, down] = [0, 0];
  for (const plane of channels) {
    across += Math.abs((plane[i + STEP] ?? 0) - (plane[i - STEP] ?? 0));
    down += Math.abs((plane[i + STEP * width] ?? 0) - (plane[i - STEP * width] ?? 0));
  }
  return Math.max(across, down);
}
