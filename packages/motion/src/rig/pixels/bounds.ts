/** The boxes around what a picture shows, and what lies in them. */

import type { Box } from '../../model/geometry.ts';
import type { Plane } from '../../model/image.ts';

/** First and last column and row, inclusive. */
export type Edges = { left: number; top: number; right: number; bottom: number };

/** The edges of all pixels for which `isSet(index)` holds, or null when there are none. */
export function findEdges(
  width: number,
  height: number,
  isSet: (index: number) => boolean,
): Edges | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    const first = findNext(isSet, y * width, (y + 1) * width, 1) - y * width;
    if (first === width) continue;
    const last = findNext(isSet, (y + 1) * width - 1, y * width - 1, -1) - y * width;
    left = Math.min(left, first);
    right = Math.max(right, last);
    top = Math.min(top, y);
    bottom = y;
  }
  return right < 0 ? null : { left, top, right, bottom };
}

/** The first index from `start` on that is set, or `end`. */
function findNext(
  isSet: (index: number) => boolean,
  start: number,
  end: number,
  step: number,
): number {
  let index = start;
  while (index !== end && !isSet(index)) index += step;
  return index;
}

/** The box with `margin` pixels around the edges, as far as the picture goes. */
export function boxAround(edges: Edges, margin: number, width: number, height: number): Box {
  const x = Math.max(0, edges.left - margin);
  const y = Math.max(0, edges.top - margin);
  return {
    x,
    y,
    width: Math.min(width, edges.right + 1 + margin) - x,
    height: Math.min(height, edges.bottom + 1 + margin) - y,
  };
}

/** Copies the values of a box out of a plane; row-major, as many as the box has pixels. */
export function cropPlane({ width, data }: Omit<Plane, 'height'>, box: Box): Float32Array {
  const crop = new Float32Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (y + box.y) * width + box.x;
    crop.set(data.subarray(start, start + box.width), y * box.width);
  }
  return crop;
}
