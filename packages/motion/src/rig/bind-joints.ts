/**
 * Finds the puppet's joints in a detected pose or, failing that, in a face alone; every joint gets
 * a place.
 */

import { JOINTS, type JointPositions } from '../model/character.ts';
import type { Point } from '../model/geometry.ts';
import { jointAt, jointDistance, setJoint } from '../model/joints.ts';
import { between, distanceBetween, facePointAt, landmarkAt } from '../model/landmarks.ts';
import { FACE, type Face, POSE, type Pose } from '../model/pose.ts';

/** Below this a landmark is a guess of the model, not an observation. */
export const VISIBILITY_MIN = 0.3;

/** Usual adult proportions, used where the picture shows nothing. */
const SPINE_PER_SHOULDER_WIDTH = 1.5;
const HIP_WIDTH_PER_SHOULDER_WIDTH = 0.6;
const SHOULDER_WIDTH_PER_FACE_WIDTH = 2.3;
const NECK_BELOW_CHIN_PER_FACE_HEIGHT = 0.45;
/** A spine outside of these multiples of the shoulder width and head height is not believed. */
const SPINE_PER_HEAD_RANGE = [1.3, 4.5] as const;

/**
 * Joints of a body; hips that cannot be right (far too near or far) are replaced by usual
 * proportions.
 */
export function jointsFromPose(pose: Pose): JointPositions {
  const joints = new Float32Array(JOINTS.length * 2);
  const at = (index: number): Point => landmarkAt(pose, index);
  const neck = between(at(POSE.leftShoulder), at(POSE.rightShoulder));
  const head = headCentre(pose);
  setJoint(joints, 'neck', neck);
  setJoint(joints, 'head', head);
  for (const side of ['left', 'right'] as const) {
    setJoint(joints, `${side}Shoulder`, at(POSE[`${side}Shoulder`]));
    setJoint(joints, `${side}Elbow`, at(POSE[`${side}Elbow`]));
    setJoint(joints, `${side}Wrist`, at(POSE[`${side}Wrist`]));
    const index = at(POSE[`${side}Index`]);
    setJoint(joints, `${side}Hand`, between(index, at(POSE[`${side}Pinky`]), 1 / 3));
    setJoint(joints, `${side}Hip`, at(POSE[`${side}Hip`]));
    setJoint(joints, `${side}Knee`, at(POSE[`${side}Knee`]));
    setJoint(joints, `${side}Ankle`, at(POSE[`${side}Ankle`]));
    setJoint(joints, `${side}Foot`, at(POSE[`${side}FootIndex`]));
  }
  setJoint(joints, 'pelvis', between(jointAt(joints, 'leftHip'), jointAt(joints, 'rightHip')));
  if (!isSpineBelievable(joints)) estimateBelowShoulders(joints);
  return joints;
}

/** Middle of the ears, or of the eyes when no ear is seen. */
function headCentre(pose: Pose): Point {
  const leftEar = landmarkAt(pose, POSE.leftEar);
  const rightEar = landmarkAt(pose, POSE.rightEar);
  if (Math.max(leftEar.visibility, rightEar.visibility) >= VISIBILITY_MIN) {
    return between(leftEar, rightEar);
  }
  return between(landmarkAt(pose, POSE.leftEye), landmarkAt(pose, POSE.rightEye));
}

function isSpineBelievable(joints: JointPositions): boolean {
  const headLength = jointDistance(joints, 'neck', 'head');
  const spine = jointDistance(joints, 'neck', 'pelvis');
  const [low, high] = SPINE_PER_HEAD_RANGE;
  return Number.isFinite(spine) && spine > low * headLength && spine < high * headLength;
}

/** Puts hips and legs straight below the shoulders in usual proportions. */
function estimateBelowShoulders(joints: JointPositions): void {
  const left = jointAt(joints, 'leftShoulder');
  const right = jointAt(joints, 'rightShoulder');
  const neck = jointAt(joints, 'neck');
  const headLength = jointDistance(joints, 'neck', 'head');
  const width = Math.max(distanceBetween(left, right), headLength);
  const spine = width * SPINE_PER_SHOULDER_WIDTH;
  const side = Math.sign(left.x - right.x) || 1;
  setJoint(joints, 'pelvis', { x: neck.x, y: neck.y + spine });
  for (const [name, sign] of [
    ['left', side],
    ['right', -side],
  ] as const) {
    const x = neck.x + sign * width * HIP_WIDTH_PER_SHOULDER_WIDTH * 0.5;
    setJoint(joints, `${name}Hip`, { x, y: neck.y + spine });
    setJoint(joints, `${name}Knee`, { x, y: neck.y + spine * 1.9 });
    setJoint(joints, `${name}Ankle`, { x, y: neck.y + spine * 2.75 });
    setJoint(joints, `${name}Foot`, { x: x + sign * width * 0.2, y: neck.y + spine * 2.85 });
  }
}

/**
 * Joints of a body that is only known by its face: everything below hangs straight down in usual
 * proportions.
 */
export function jointsFromFace(face: Face): JointPositions {
  const joints = new Float32Array(JOINTS.length * 2);
  const leftSide = facePointAt(face, FACE.leftSide);
  const rightSide = facePointAt(face, FACE.rightSide);
  const chin = facePointAt(face, FACE.chin);
  const forehead = facePointAt(face, FACE.forehead);
  const faceWidth = distanceBetween(leftSide, rightSide);
  const faceHeight = distanceBetween(chin, forehead);
  const neck = { x: chin.x, y: chin.y + NECK_BELOW_CHIN_PER_FACE_HEIGHT * faceHeight };
  const half = (faceWidth * SHOULDER_WIDTH_PER_FACE_WIDTH) / 2;
  const spine = 2 * half * SPINE_PER_SHOULDER_WIDTH;
  setJoint(joints, 'head', between(leftSide, rightSide));
  setJoint(joints, 'neck', neck);
  for (const [name, sign] of [
    ['left', Math.sign(leftSide.x - rightSide.x) || 1],
    ['right', Math.sign(rightSide.x - leftSide.x) || -1],
  ] as const) {
    const x = neck.x + sign * half;
    setJoint(joints, `${name}Shoulder`, { x, y: neck.y });
    setJoint(joints, `${name}Elbow`, { x: x + sign * half * 0.2, y: neck.y + spine * 0.6 });
    setJoint(joints, `${name}Wrist`, { x: x + sign * half * 0.2, y: neck.y + spine * 1.1 });
    setJoint(joints, `${name}Hand`, { x: x + sign * half * 0.2, y: neck.y + spine * 1.25 });
  }
  estimateBelowShoulders(joints);
  return joints;
}
