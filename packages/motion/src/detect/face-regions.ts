/**
 * Where to look for a face: from a detection, from the face of the frame before, or from the body's
 * head.
 */

import type { Point } from '../model/geometry.ts';
import { between, distanceBetween, facePointAt, landmarkAt } from '../model/landmarks.ts';
import { FACE, FACE_STRIDE, type Face, POSE, type Pose } from '../model/pose.ts';
import type { Region } from './region.ts';

/** How much wider than the face itself the landmark network looks. */
const MARGIN = 1.5;

/** A head whose eyes the body network has seen worse than this gives no region. */
const VISIBILITY_MIN = 0.3;

/** A head smaller than this many pixels between the ears carries no expression worth reading. */
const HEAD_MIN = 6;

/** Angle of the line from the person's right eye to the left one; 0 for an upright face. */
function measureEyeAngle(rightEye: Point, leftEye: Point): number {
  return Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x);
}

/** The square around the points of a face, turned with its eyes. */
export function regionFromFace(face: Face): Region {
  const rotation = measureEyeAngle(
    facePointAt(face, FACE.rightEyeOuter),
    facePointAt(face, FACE.leftEyeOuter),
  );
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

/**
 * The square around a face of the frame before, moved with the eyes of the body: a small head that
 * moves fast would otherwise leave it, and the landmark network believes in whatever is left there.
 */
export function regionFollowing(face: Face, pose: Pose): Region {
  const region = regionFromFace(face);
  if (regionFromPose(pose) === null) return region;
  const before = featuresOfFace(face);
  const now = featuresOfPose(pose);
  const from = between(before.rightEye, before.leftEye);
  const to = between(now.rightEye, now.leftEye);
  return { ...region, x: region.x + to.x - from.x, y: region.y + to.y - from.y };
}

/**
 * How far eyes and mouth of a face lie from those of the body's head, over the size of the face; 0
 * when the body's head is hidden and says nothing.
 */
export function measureMismatch(face: Face, pose: Pose): number {
  if (regionFromPose(pose) === null) return 0;
  const a = featuresOfFace(face);
  const b = featuresOfPose(pose);
  const sum =
    distanceBetween(a.rightEye, b.rightEye) +
    distanceBetween(a.leftEye, b.leftEye) +
    distanceBetween(a.mouth, b.mouth);
  return sum / 3 / (regionFromFace(face).size / MARGIN);
}

/** The square around the head of a body, or null when its face is hidden or tiny. */
export function regionFromPose(pose: Pose): Region | null {
  const { rightEye, leftEye, mouth } = featuresOfPose(pose);
  const seen = [POSE.leftEye, POSE.rightEye].every(
    (index) => landmarkAt(pose, index).visibility >= VISIBILITY_MIN,
  );
  const ears = distanceBetween(landmarkAt(pose, POSE.leftEar), landmarkAt(pose, POSE.rightEar));
  if (!seen || Math.max(ears, distanceBetween(leftEye, rightEye)) < HEAD_MIN) return null;
  const centre = between(between(leftEye, rightEye), mouth);
  return {
    ...centre,
    size: Math.max(3.6 * distanceBetween(leftEye, rightEye), 1.9 * ears),
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

type Features = { rightEye: Point; leftEye: Point; mouth: Point };

function featuresOfFace(face: Face): Features {
  const middleOf = (a: number, b: number) => between(facePointAt(face, a), facePointAt(face, b));
  return {
    rightEye: middleOf(FACE.rightEyeOuter, FACE.rightEyeInner),
    leftEye: middleOf(FACE.leftEyeInner, FACE.leftEyeOuter),
    mouth: middleOf(FACE.mouthRight, FACE.mouthLeft),
  };
}

function featuresOfPose(pose: Pose): Features {
  return {
    rightEye: landmarkAt(pose, POSE.rightEye),
    leftEye: landmarkAt(pose, POSE.leftEye),
    mouth: between(landmarkAt(pose, POSE.mouthLeft), landmarkAt(pose, POSE.mouthRight)),
  };
}
