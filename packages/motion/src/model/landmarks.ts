/** Reads the places of detected points, and what lies between them. */

import type { Point } from './geometry.ts';
import { FACE_STRIDE, type Face, POSE_STRIDE, type Pose } from './pose.ts';

/** Place in pixels and visibility (0..1) of a body point. */
export function landmarkAt(pose: Pose, index: number): Point & { visibility: number } {
  const at = index * POSE_STRIDE;
  return { x: pose[at]!, y: pose[at + 1]!, visibility: pose[at + 3]! };
}

/** Place of a face point in pixels; its depth is left out. */
export function facePointAt(face: Face, index: number): Point {
  return { x: face[index * FACE_STRIDE]!, y: face[index * FACE_STRIDE + 1]! };
}

/** The point at the share `t` of the way from `a` to `b`. */
export function between(a: Point, b: Point, t = 0.5): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

export function distanceBetween(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}
