/** Spreads known colours over unknown pixels, smoothly and near to far. */

import { samplePlane } from '../../model/resize.ts';
import { createRgb, type Rgb } from '../../model/rgb.ts';

/**
 * Pull-push interpolation (Gortler et al. 1996). `weight` is 0..1 for each pixel: colours of weight
 * 1 stay, colours of weight 0 are replaced by the weighted mean of what is around them. Where
 * nothing is known at all the result is black.
 */
export function pullPush(rgb: Rgb, weight: Float32Array): Rgb {
  const { width, height } = rgb;
  if (width <= 1 && height <= 1) return rgb;
  const coarse = pull(rgb, weight);
  const filled = pullPush(coarse.rgb, coarse.weight);
  const result = createRgb(width, height);
  for (let c = 0; c < 3; c++) {
    push(rgb.channels[c]!, weight, filled, filled.channels[c]!, result.channels[c]!, width, height);
  }
  return result;
}

function pull(rgb: Rgb, weight: Float32Array): { rgb: Rgb; weight: Float32Array } {
  const { width, height } = rgb;
  const smallWidth = (width + 1) >> 1;
  const smallHeight = (height + 1) >> 1;
  const small = createRgb(smallWidth, smallHeight);
  const smallWeight = new Float32Array(smallWidth * smallHeight);
  const [r, g, b] = rgb.channels;
  const [sr, sg, sb] = small.channels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const w = weight[i]!;
      if (w === 0) continue;
      const j = (y >> 1) * smallWidth + (x >> 1);
      sr[j]! += w * r[i]!;
      sg[j]! += w * g[i]!;
      sb[j]! += w * b[i]!;
      smallWeight[j]! += w;
    }
  }
  for (let j = 0; j < smallWeight.length; j++) {
    const w = smallWeight[j]!;
    if (w === 0) continue;
    sr[j]! /= w;
    sg[j]! /= w;
    sb[j]! /= w;
    smallWeight[j] = Math.min(1, w);
  }
  return { rgb: small, weight: smallWeight };
}

function push(
  source: Float32Array,
  weight: Float32Array,
  coarse: Rgb,
  coarseChannel: Float32Array,
  target: Float32Array,
  width: number,
  height: number,
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const w = weight[i]!;
      if (w >= 1) {
        target[i] = source[i]!;
        continue;
      }
      const [cx, cy] = [(x - 0.5) / 2, (y - 0.5) / 2];
      const spread = samplePlane(coarseChannel, coarse.width, coarse.height, cx, cy);
      target[i] = w * source[i]! + (1 - w) * spread;
    }
  }
}
