/**
 * The part of the picture in which all the work is done: the figure with some background around it.
 */

import type { Box, Point } from '../model/geometry.ts';
import type { Plane } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { boxAround, findEdges } from './pixels/bounds.ts';

/** Background kept around the figure, as a share of the picture's longer side. */
const MARGIN_SHARE = 0.06;
const PROBABILITY_MIN = 0.1;

/**
 * Box around all pixels that may be the figure and around `room` (x, y and radius, in pixels), with
 * a margin; null when there are no such pixels.
 */
export function findFigureBox(mask: Plane, room: Point & { radius: number }): Box | null {
  const { width, height, data } = mask;
  const edges = findEdges(width, height, (i) => data[i]! >= PROBABILITY_MIN);
  if (edges === null) return null;
  const left = clamp(Math.floor(room.x - room.radius), 0, edges.left);
  const right = clamp(Math.ceil(room.x + room.radius), edges.right, width - 1);
  const top = clamp(Math.floor(room.y - room.radius), 0, edges.top);
  const margin = Math.round(MARGIN_SHARE * Math.max(width, height));
  // A strip of floor below the box would keep the end of a reflection.
  const isNearBorder = edges.bottom + 1.5 * margin >= height;
  const bottom = isNearBorder ? height - 1 : edges.bottom;
  return boxAround({ left, top, right, bottom }, margin, width, height);
}
