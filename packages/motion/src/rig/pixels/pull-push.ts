/** Spreads known colours over unknown pixels, smoothly and near to far. */

import { tapLine } from '../../model/resize.ts';
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
  return push(rgb, weight, filled);
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

function push(rgb: Rgb, weight: Float32Array, coarse: Rgb): Rgb {
  const { width, height } = rgb;
  const result = createRgb(width, height);
  const columns = tapLine(width, coarse.width, 2);
  const rows = tapLine(height, coarse.height, 2);
  const [red, green, blue] = rgb.channels;
  const [cr, cg, cb] = coarse.channels;
  const [tr, tg, tb] = result.channels;
  for (let y = 0; y < height; y++) {
    const top = rows.from[y]! * coarse.width;
    const bottom = rows.to[y]! * coarse.width;
    const fy = rows.part[y]!;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const w = weight[i]!;
      if (w >= 1) {
        tr[i] = red[i]!;
        tg[i] = green[i]!;
        tb[i] = blue[i]!;
        continue;
      }
      const fx = columns.part[x]!;
      const from = columns.from[x]!;
      const to = columns.to[x]!;
      const a = top + from;
      const b = top + to;
      const c = bottom + from;
      const d = bottom + to;
      const wa = (1 - w) * (1 - fx) * (1 - fy);
      const wb = (1 - w) * fx * (1 - fy);
      const wc = (1 - w) * (1 - fx) * fy;
      const wd = (1 - w) * fx * fy;
      tr[i] = w * red[i]! + wa * cr[a]! + wb * cr[b]! + wc * cr[c]! + wd * cr[d]!;
      tg[i] = w * green[i]! + wa * cg[a]! + wb * cg[b]! + wc * cg[c]! + wd * cg[d]!;
      tb[i] = w * blue[i]! + wa * cb[a]! + wb * cb[b]! + wc * cb[c]! + wd * cb[d]!;
    }
  }
  return result;
}
