/**
 * The part of the picture in which all the work is done: the figure with some background around it.
 */

import type { Box, Point } from '../model/geometry.ts';
import type { Plane } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';

/** Background kept around the figure, as a share of the picture's longer side. */
const MARGIN_SHARE = 0.06;
const PROBABILITY_MIN = 0.1;

/**
 * Box around all pixels that may be the figure and around `room` (x, y and radius, in pixels), with
 * a margin; null when there are no such pixels.
 */
export function findFigureBox(mask: Plane, room: Point & { radius: number }): Box | null {
  const { width, height, data } = mask;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x]! < PROBABILITY_MIN) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return null;
  left = clamp(Math.floor(room.x - room.radius), 0, left);
  right = clamp(Math.ceil(room.x + room.radius), right, width - 1);
  top = clamp(Math.floor(room.y - room.radius), 0, top);
  const margin = Math.round(MARGIN_SHARE * Math.max(width, height));
  const x = Math.max(0, left - margin);
  const y = Math.max(0, top - margin);
  return {
    x,
    y,
    width: Math.min(width, right + 1 + margin) - x,
    height: Math.min(height, bottom + 1 + margin) - y,
  };
}
