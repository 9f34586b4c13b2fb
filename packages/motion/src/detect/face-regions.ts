/**
 * Where to look for a face: from a detection, from the face of the frame before, or from the body's
 * head.
 */

import type { Point } from '../model/geometry.ts';
import { FACE_STRIDE, type Face, POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';
import type { Region } from './region.ts';

/** How much wider than the face itself the landmark network looks. */
const MARGIN = 1.5;

/** Corners of the eyes and of the mouth in the 468 points, the person's right ones first. */
const RIGHT_EYE_CORNER = 33;
const RIGHT_EYE_INNER_CORNER = 133;
const LEFT_EYE_INNER_CORNER = 362;
const LEFT_EYE_CORNER = 263;
const MOUTH_RIGHT_CORNER = 61;
const MOUTH_LEFT_CORNER = 291;

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
  const rotation = measureEyeAngle(
    facePoint(face, RIGHT_EYE_CORNER),
    facePoint(face, LEFT_EYE_CORNER),
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
  const from = middle(before.rightEye, before.leftEye);
  const to = middle(now.rightEye, now.leftEye);
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
    distance(a.rightEye, b.rightEye) + distance(a.leftEye, b.leftEye) + distance(a.mouth, b.mouth);
  return sum / 3 / (regionFromFace(face).size / MARGIN);
}

/** The square around the head of a body, or null when its face is hidden or tiny. */
export function regionFromPose(pose: Pose): Region | null {
  const { rightEye, leftEye, mouth } = featuresOfPose(pose);
  const seen = [POSE.leftEye, POSE.rightEye].every(
    (index) => pose[index * POSE_STRIDE + 3]! >= VISIBILITY_MIN,
  );
  const ears = distance(posePoint(pose, POSE.leftEar), posePoint(pose, POSE.rightEar));
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

type Features = { rightEye: Point; leftEye: Point; mouth: Point };

function featuresOfFace(face: Face): Features {
  const between = (a: number, b: number) => middle(facePoint(face, a), facePoint(face, b));
  return {
    rightEye: between(RIGHT_EYE_CORNER, RIGHT_EYE_INNER_CORNER),
    leftEye: between(LEFT_EYE_INNER_CORNER, LEFT_EYE_CORNER),
    mouth: between(MOUTH_RIGHT_CORNER, MOUTH_LEFT_CORNER),
  };
}

function featuresOfPose(pose: Pose): Features {
  return {
    rightEye: posePoint(pose, POSE.rightEye),
    leftEye: posePoint(pose, POSE.leftEye),
    mouth: middle(posePoint(pose, POSE.mouthLeft), posePoint(pose, POSE.mouthRight)),
  };
}

function facePoint(face: Face, index: number): Point {
  return { x: face[index * FACE_STRIDE]!, y: face[index * FACE_STRIDE + 1]! };
}

function posePoint(pose: Pose, index: number): Point {
  return { x: pose[index * POSE_STRIDE]!, y: pose[index * POSE_STRIDE + 1]! };
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
