/** Takes islands and frayed edges out of a division into parts. */

import { blurBox } from '../../model/blur.ts';
import { labelComponents, maskOfLabel } from '../pixels/binary.ts';
import { NO_PART, PART_COUNT } from './parts.ts';

const MAJORITY_RADIUS = 3;
const MAJORITY_ROUNDS = 2;

/**
 * Unlabels all but the largest connected piece of each part, so that another part can take the
 * rest.
 */
export function dropIslands(labels: Int8Array, width: number, height: number): Int8Array {
  const kept = Int8Array.from(labels);
  for (let part = 0; part < PART_COUNT; part++) {
    const mask = maskOfLabel(labels, part);
    const { labels: pieces, sizes } = labelComponents(mask, width, height);
    const largest = sizes.indexOf(Math.max(...sizes));
    for (let i = 0; i < kept.length; i++) {
      if (mask[i] === 1 && pieces[i] !== largest) kept[i] = NO_PART;
    }
  }
  return kept;
}

/** Gives each labelled pixel the part that most pixels around it have. */
export function smoothLabels(labels: Int8Array, width: number, height: number): Int8Array {
  let current = labels;
  for (let round = 0; round < MAJORITY_ROUNDS; round++) {
    const best = new Float32Array(labels.length);
    const next = new Int8Array(labels.length).fill(NO_PART);
    for (let part = 0; part < PART_COUNT; part++) {
      if (!current.includes(part)) continue;
      const mask = new Float32Array(maskOfLabel(current, part));
      const share = blurBox(mask, width, height, MAJORITY_RADIUS);
      for (let i = 0; i < share.length; i++) {
        if (current[i] === NO_PART || share[i]! <= best[i]!) continue;
        best[i] = share[i]!;
        next[i] = part;
      }
    }
    current = next;
  }
  return current;
}

/** Labels every pixel with the part of the nearest labelled one (city-block steps). */
export function spreadLabels(labels: Int8Array, width: number, height: number): Int8Array {
  const spread = Int8Array.from(labels);
  const queue = new Int32Array(labels.length);
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] !== NO_PART) queue[count++] = i;
  const reach = (from: number, to: number): void => {
    if (spread[to] !== NO_PART) return;
    spread[to] = spread[from]!;
    queue[count++] = to;
  };
  for (let next = 0; next < count; next++) {
    const i = queue[next]!;
    const x = i % width;
    if (x > 0) reach(i, i - 1);
    if (x < width - 1) reach(i, i + 1);
    if (i >= width) reach(i, i - width);
    if (i < width * (height - 1)) reach(i, i + width);
  }
  return spread;
}
