/**
 * Finds the puppet's joints in a detected pose or, failing that, in a face alone; every joint gets
 * a place.
 */

import { JOINTS, type Joint, type JointPositions } from '../model/character.ts';
import type { Point } from '../model/geometry.ts';
import { FACE_STRIDE, type Face, POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';

/** Below this a landmark is a guess of the model, not an observation. */
export const VISIBILITY_MIN = 0.3;
/** Points of the face mesh: top of the forehead, chin, and the two sides at the ears. */
export const FACE_POINT = { forehead: 10, chin: 152, rightSide: 234, leftSide: 454 } as const;

/** Usual adult proportions, used where the picture shows nothing. */
const SPINE_PER_SHOULDER_WIDTH = 1.5;
const HIP_WIDTH_PER_SHOULDER_WIDTH = 0.6;
const SHOULDER_WIDTH_PER_FACE_WIDTH = 2.3;
const NECK_BELOW_CHIN_PER_FACE_HEIGHT = 0.45;
/** A spine outside of these multiples of the shoulder width and head height is not believed. */
const SPINE_PER_HEAD_RANGE = [1.3, 4.5] as const;

export function jointAt(joints: JointPositions, joint: Joint): Point {
  const i = JOINTS.indexOf(joint) * 2;
  return { x: joints[i]!, y: joints[i + 1]! };
}

export function setJoint(joints: JointPositions, joint: Joint, point: Point): void {
  const i = JOINTS.indexOf(joint) * 2;
  joints[i] = point.x;
  joints[i + 1] = point.y;
}

export function landmarkAt(pose: Pose, index: number): Point & { visibility: number } {
  const i = index * POSE_STRIDE;
  return { x: pose[i]!, y: pose[i + 1]!, visibility: pose[i + 3]! };
}

export function facePointAt(face: Face, index: number): Point {
  return { x: face[index * FACE_STRIDE]!, y: face[index * FACE_STRIDE + 1]! };
}

export function between(a: Point, b: Point, t = 0.5): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

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
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  const pelvis = jointAt(joints, 'pelvis');
  const headLength = Math.hypot(head.x - neck.x, head.y - neck.y);
  const spine = Math.hypot(pelvis.x - neck.x, pelvis.y - neck.y);
  const [low, high] = SPINE_PER_HEAD_RANGE;
  return Number.isFinite(spine) && spine > low * headLength && spine < high * headLength;
}

/** Puts hips and legs straight below the shoulders in usual proportions. */
function estimateBelowShoulders(joints: JointPositions): void {
  const left = jointAt(joints, 'leftShoulder');
  const right = jointAt(joints, 'rightShoulder');
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  const headLength = Math.hypot(head.x - neck.x, head.y - neck.y);
  const width = Math.max(Math.hypot(left.x - right.x, left.y - right.y), headLength);
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
  const leftSide = facePointAt(face, FACE_POINT.leftSide);
  const rightSide = facePointAt(face, FACE_POINT.rightSide);
  const chin = facePointAt(face, FACE_POINT.chin);
  const forehead = facePointAt(face, FACE_POINT.forehead);
  const faceWidth = Math.hypot(leftSide.x - rightSide.x, leftSide.y - rightSide.y);
  const faceHeight = Math.hypot(chin.x - forehead.x, chin.y - forehead.y);
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
