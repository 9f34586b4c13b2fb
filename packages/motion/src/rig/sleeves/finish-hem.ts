/**
 * Ends a sleeve that the border of the picture cuts: raised, it would show a straight cut edge, so
 * it goes on a little below the border and ends in a curve.
 */

import type { RgbaImage } from '../../model/image.ts';
import { clamp } from '../../model/scalar.ts';

/** The curve is this deep, as a share of its width and in pixels at most. */
const DEPTH_SHARE = 0.28;
const DEPTH_MAX = 48;
/** Narrower pieces of the last row are left as they are. */
const WIDTH_MIN = 6;
/** The last rows are repeated there and back, so that the cloth keeps its grain. */
const GRAIN_ROWS = 5;
const SOLID = 128;

/** The texture with an end below its last row, which lies at the border of the picture. */
export function finishHem({ width, height, data }: RgbaImage): RgbaImage {
  const runs = findRuns(data.subarray((height - 1) * width * 4), width);
  if (runs.length === 0) return { width, height, data };
  const depths = runs.map(([from, to]) => Math.min(DEPTH_MAX, DEPTH_SHARE * (to - from)));
  const tall = height + Math.ceil(Math.max(...depths)) + 1;
  const longer = new Uint8Array(width * tall * 4);
  longer.set(data);
  for (const [n, [from, to]] of runs.entries()) {
    const [middle, half] = [(from + to) / 2, (to - from) / 2];
    for (let x = from; x < to; x++) {
      const across = (x + 0.5 - middle) / half;
      const depth = depths[n]! * Math.sqrt(Math.max(0, 1 - across * across));
      for (let row = 0; row <= depth; row++) {
        const back = Math.min(height - 1, mirrorRow(row));
        const source = ((height - 1 - back) * width + x) * 4;
        const target = ((height + row) * width + x) * 4;
        longer.set(data.subarray(source, source + 3), target);
        longer[target + 3] = Math.round(
          data[((height - 1) * width + x) * 4 + 3]! * clamp(depth - row, 0, 1),
        );
      }
    }
  }
  return { width, height: tall, data: longer };
}

/** 0, 1, ... up to the last row that is repeated, then back and forth again. */
function mirrorRow(row: number): number {
  const at = row % (2 * GRAIN_ROWS);
  return at < GRAIN_ROWS ? at : 2 * GRAIN_ROWS - 1 - at;
}

/** Stretches of solid pixels of one row: first column and the one after the last. */
function findRuns(row: Uint8Array, width: number): [from: number, to: number][] {
  const runs: [number, number][] = [];
  let from = -1;
  for (let x = 0; x <= width; x++) {
    const isSolid = x < width && row[x * 4 + 3]! >= SOLID;
    if (isSolid && from < 0) from = x;
    if (isSolid || from < 0) continue;
    if (x - from >= WIDTH_MIN) runs.push([from, x]);
    from = -1;
  }
  return runs;
}
