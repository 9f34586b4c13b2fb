/** Where a point lies along a line segment, the question that bones ask of pixels. */

import { clamp } from './scalar.ts';

/** Position of the foot of the perpendicular: 0 at the first end, 1 at the second, not clamped. */
export function positionOnSegment(
  x: number,
  y: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const lengthSquared = dx * dx + dy * dy;
  return lengthSquared > 0 ? ((x - ax) * dx + (y - ay) * dy) / lengthSquared : 0;
}

/** Distance from a point to a segment in pixels. */
export function distanceToSegment(
  x: number,
  y: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): number {
  const t = clamp(positionOnSegment(x, y, ax, ay, bx, by), 0, 1);
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}
