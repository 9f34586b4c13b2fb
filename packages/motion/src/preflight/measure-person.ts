/** Measures how a body stands in a picture: what of it is shown, how large, and which way up. */

import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import { POSE, POSE_LANDMARK_COUNT, type Pose } from '../model/pose.ts';
import { measureTorso } from '../model/same-person.ts';

/** How far down a body is shown. */
export type Reach = 'shoulders' | 'hips' | 'knees' | 'feet';

/** Lengths of a body over the length of its trunk, as far and as long as they are seen. */
export type Proportions = { arms: number | null; legs: number | null; head: number | null };

export type PersonFacts = {
  reach: Reach;
  /** Part of the picture's area that the box around the body takes, 0..1. */
  areaShare: number;
  /** How far the spine leans from upright, in degrees: 90 lies, 180 stands on its head. */
  tiltDegrees: number;
  /** The back is turned to the camera. */
  facesAway: boolean;
  headIsOutside: boolean;
  /** Hands and feet outside the picture, such as `left hand`. */
  limbsOutside: string[];
  /** Part of the limbs inside the picture that something hides, 0..1. */
  hiddenShare: number;
  proportions: Proportions;
};

/** The model sees most of a landmark at this visibility. */
const SEEN_MIN = 0.5;
/** Hips may be covered by arms or a desk, so that they count as seen earlier. */
const HIP_SEEN_MIN = 0.35;
/** A point this part of the shorter side beyond the border is outside for certain. */
const OUTSIDE_MARGIN = 0.02;
/** The shoulders of a body that is seen from behind are this part of its trunk apart at least. */
const AWAY_WIDTH_MIN = 0.25;

const EYES = [POSE.leftEye, POSE.rightEye];
const HANDS = { 'left hand': POSE.leftWrist, 'right hand': POSE.rightWrist };
const FEET = { 'left foot': POSE.leftAnkle, 'right foot': POSE.rightAnkle };
const ARM_POINTS = [POSE.leftElbow, POSE.rightElbow, POSE.leftWrist, POSE.rightWrist];
const LEG_POINTS = [POSE.leftKnee, POSE.rightKnee, POSE.leftAnkle, POSE.rightAnkle];

/** `pose` in pixels of a picture of that size. */
export function measurePerson(pose: Pose, width: number, height: number): PersonFacts {
  const margin = OUTSIDE_MARGIN * Math.min(width, height);
  const isInside = (index: number, by = 0): boolean => {
    const { x, y } = landmarkAt(pose, index);
    return x >= -by && y >= -by && x <= width + by && y <= height + by;
  };
  const isSeen = (index: number, least = SEEN_MIN): boolean =>
    landmarkAt(pose, index).visibility >= least && isInside(index);
  const reach = decideReach(isSeen);
  const limbs = reach === 'feet' ? { ...HANDS, ...FEET } : HANDS;
  const points = (reach === 'feet' ? [...ARM_POINTS, ...LEG_POINTS] : ARM_POINTS).filter((index) =>
    isInside(index),
  );
  return {
    reach,
    areaShare: measureArea(pose, width, height) / (width * height),
    tiltDegrees: measureTilt(pose),
    facesAway: facesAway(pose),
    // The network pushes a head that is cut off into the border: no whole one has its eyes there.
    headIsOutside: !isInside(POSE.nose, margin) || EYES.some((eye) => !isInside(eye, -margin)),
    limbsOutside: Object.entries(limbs).flatMap(([name, index]) =>
      isInside(index, margin) ? [] : [name],
    ),
    hiddenShare: points.filter((index) => !isSeen(index)).length / Math.max(1, points.length),
    proportions: measureProportions(pose, isSeen),
  };
}

function decideReach(isSeen: (index: number, least?: number) => boolean): Reach {
  if (isSeen(POSE.leftAnkle) || isSeen(POSE.rightAnkle)) return 'feet';
  if (isSeen(POSE.leftKnee) || isSeen(POSE.rightKnee)) return 'knees';
  const hips = isSeen(POSE.leftHip, HIP_SEEN_MIN) || isSeen(POSE.rightHip, HIP_SEEN_MIN);
  return hips ? 'hips' : 'shoulders';
}

/** Pixels of the box around all points, as far as it lies inside the picture. */
function measureArea(pose: Pose, width: number, height: number): number {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < POSE_LANDMARK_COUNT; i += 1) {
    const { x, y } = landmarkAt(pose, i);
    left = Math.min(left, Math.max(0, x));
    top = Math.min(top, Math.max(0, y));
    right = Math.max(right, Math.min(width, x));
    bottom = Math.max(bottom, Math.min(height, y));
  }
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}

function measureTilt(pose: Pose): number {
  const middle = (a: number, b: number) => {
    const [one, other] = [landmarkAt(pose, a), landmarkAt(pose, b)];
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
  };
  const neck = middle(POSE.leftShoulder, POSE.rightShoulder);
  const pelvis = middle(POSE.leftHip, POSE.rightHip);
  const angle = Math.atan2(Math.abs(neck.x - pelvis.x), pelvis.y - neck.y);
  return (angle * 180) / Math.PI;
}

/** The left shoulder of a body that faces the camera is on the right of the picture. */
function facesAway(pose: Pose): boolean {
  const left = landmarkAt(pose, POSE.leftShoulder);
  const right = landmarkAt(pose, POSE.rightShoulder);
  const isUpright = measureTilt(pose) < 90;
  const width = isUpright ? right.x - left.x : left.x - right.x;
  return width > AWAY_WIDTH_MIN * measureTorso(pose);
}

function measureProportions(pose: Pose, isSeen: (index: number) => boolean): Proportions {
  const trunk = median([
    lengthOf(pose, [POSE.leftShoulder, POSE.leftHip]),
    lengthOf(pose, [POSE.rightShoulder, POSE.rightHip]),
  ]);
  const measure = (...chains: number[][]): number | null => {
    const seen = chains.filter((chain) => chain.every((index) => isSeen(index)));
    if (seen.length === 0 || trunk === 0) return null;
    return Math.max(...seen.map((chain) => lengthOf(pose, chain))) / trunk;
  };
  const hips = [POSE.leftHip, POSE.rightHip].every((index) => isSeen(index));
  if (!hips) return { arms: null, legs: null, head: null };
  return {
    arms: measure(
      [POSE.leftShoulder, POSE.leftElbow, POSE.leftWrist],
      [POSE.rightShoulder, POSE.rightElbow, POSE.rightWrist],
    ),
    legs: measure(
      [POSE.leftHip, POSE.leftKnee, POSE.leftAnkle],
      [POSE.rightHip, POSE.rightKnee, POSE.rightAnkle],
    ),
    head: facesAway(pose) ? null : measure([POSE.leftEar, POSE.rightEar]),
  };
}

/** Along a chain of points, in the plane of the picture: the depth is too rough to count. */
function lengthOf(pose: Pose, chain: readonly number[]): number {
  return chain.slice(1).reduce((sum, index, i) => {
    return sum + distanceBetween(landmarkAt(pose, chain[i]!), landmarkAt(pose, index));
  }, 0);
}
