/** Where to look for a face: from a detection, from the face of the frame before, or from the body's head. */

import type { Point } from '../model/geometry.ts';
import { FACE_STRIDE, type Face, POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';
import type { Region } from './region.ts';

/** How much wider than the face itself the landmark network looks. */
const MARGIN = 1.5;

/** Outer corners of the eyes in the 468 points: the person's right one, then the left one. */
const RIGHT_EYE_CORNER = 33;
const LEFT_EYE_CORNER = 263;

/** A head whose eyes the body network has seen worse than this gives no region. */
const VISIBILITY_MIN = 0.3;

/** A head smaller than this many pixels between the ears carries no expression worth reading. */
const HEAD_MIN = 6;

/** Angle of the line from the person's right eye to the left one; 0 for an upright face. */
export function measureEyeAngle(rightEye: Point, leftEye: Point): number {
  return Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x);
}

/** The square around the points of a face, turned with its eyes. */
export function regionFromFace(face: Face): Region {
  const point = (index: number): Point => ({
    x: face[index * FACE_STRIDE]!,
    y: face[index * FACE_STRIDE + 1]!,
  });
  const rotation = measureEyeAngle(point(RIGHT_EYE_CORNER), point(LEFT_EYE_CORNER));
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < face.length; i += FACE_STRIDE) {
    const u = face[i]! * cos + face[i + 1]! * sin;
    const v = -face[i]! * sin + face[i + 1]! * cos;
    left = Math.min(left, u);
    right = Math.max(right, u);
    top = Math.min(top, v);
    bottom = Math.max(bottom, v);
  }
  const u = (left + right) / 2;
  const v = (top + bottom) / 2;
  return {
    x: u * cos - v * sin,
    y: u * sin + v * cos,
    size: Math.max(right - left, bottom - top) * MARGIN,
    rotation,
  };
}

/** The square around the head of a body, or null when its face is hidden or tiny. */
export function regionFromPose(pose: Pose): Region | null {
  const point = (index: number): Point => ({
    x: pose[index * POSE_STRIDE]!,
    y: pose[index * POSE_STRIDE + 1]!,
  });
  const leftEye = point(POSE.leftEye);
  const rightEye = point(POSE.rightEye);
  const mouth = middle(point(POSE.mouthLeft), point(POSE.mouthRight));
  const seen = [POSE.leftEye, POSE.rightEye].every(
    (index) => pose[index * POSE_STRIDE + 3]! >= VISIBILITY_MIN,
  );
  const ears = distance(point(POSE.leftEar), point(POSE.rightEar));
  if (!seen || Math.max(ears, distance(leftEye, rightEye)) < HEAD_MIN) return null;
  const centre = middle(middle(leftEye, rightEye), mouth);
  return {
    ...centre,
    size: Math.max(3.6 * distance(leftEye, rightEye), 1.9 * ears),
    rotation: measureEyeAngle(rightEye, leftEye),
  };
}

/** The square around a detected face box. */
export function regionFromBox(
  centre: Point,
  size: number,
  rightEye: Point,
  leftEye: Point,
): Region {
  return { ...centre, size: size * MARGIN, rotation: measureEyeAngle(rightEye, leftEye) };
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
