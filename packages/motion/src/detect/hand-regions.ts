/** Where to look for a hand: on the arm of a body, or around the hand of the frame before. */

import type { Point } from '../model/geometry.ts';
import { HAND, type Hand, handPointAt, type Side } from '../model/hand.ts';
import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { POSE, type Pose } from '../model/pose.ts';
import type { Region } from './region.ts';

/** The region is this much larger than the hand that the body suggests. */
const BODY_MARGIN = 2.7;
/** A fist looks short: a hand is at least this part of the shoulders. */
const SHOULDER_PART = 0.42;
/** The region is this much larger than the palm and finger bases of a known hand. */
const HAND_MARGIN = 2;
/**
 * Fingers need more room than the wrist: the region moves by this part of its side along the hand.
 */
const SHIFT = 0.1;
/** Wrist, thumb, and the lower joints of the fingers: they stay when fingers fold. */
const STEADY_POINTS = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18] as const;

const BODY_POINTS = {
  left: [POSE.leftWrist, POSE.leftIndex, POSE.leftPinky],
  right: [POSE.rightWrist, POSE.rightIndex, POSE.rightPinky],
} as const;

/** The square in which the hand of a body must be. */
export function regionFromArm(pose: Pose, side: Side): Region {
  const [wristPoint, indexPoint, pinkyPoint] = BODY_POINTS[side];
  const wrist = landmarkAt(pose, wristPoint);
  const index = landmarkAt(pose, indexPoint);
  const pinky = landmarkAt(pose, pinkyPoint);
  const middle = { x: (2 * index.x + pinky.x) / 3, y: (2 * index.y + pinky.y) / 3 };
  const shoulders = distanceBetween(
    landmarkAt(pose, POSE.leftShoulder),
    landmarkAt(pose, POSE.rightShoulder),
  );
  const reach = Math.max(2 * distanceBetween(wrist, middle), SHOULDER_PART * shoulders);
  return shift({ ...middle, size: BODY_MARGIN * reach, rotation: rotationOf(wrist, middle) });
}

/** The square around a known hand. */
export function regionFromHand(hand: Hand): Region {
  const wrist = handPointAt(hand, HAND.wrist);
  const knuckles = [HAND.indexBase, HAND.middleBase, HAND.middleBase, HAND.pinkyBase].map((it) =>
    handPointAt(hand, it),
  );
  const middle = {
    x: knuckles.reduce((sum, { x }) => sum + x / 4, 0),
    y: knuckles.reduce((sum, { y }) => sum + y / 4, 0),
  };
  const rotation = rotationOf(wrist, middle);
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const places = STEADY_POINTS.map((it) => handPointAt(hand, it));
  const us = places.map(({ x, y }) => x * cos + y * sin);
  const vs = places.map(({ x, y }) => -x * sin + y * cos);
  const [left, right] = [Math.min(...us), Math.max(...us)];
  const [top, bottom] = [Math.min(...vs), Math.max(...vs)];
  const u = (left + right) / 2;
  const v = (top + bottom) / 2;
  return shift({
    x: u * cos - v * sin,
    y: u * sin + v * cos,
    size: HAND_MARGIN * Math.max(right - left, bottom - top),
    rotation,
  });
}

/** The turn that makes fingers point upwards. */
function rotationOf(wrist: Point, middle: Point): number {
  return Math.PI / 2 + Math.atan2(middle.y - wrist.y, middle.x - wrist.x);
}

function shift(region: Region): Region {
  return {
    ...region,
    x: region.x + SHIFT * region.size * Math.sin(region.rotation),
    y: region.y - SHIFT * region.size * Math.cos(region.rotation),
  };
}
