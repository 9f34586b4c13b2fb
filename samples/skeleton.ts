/**
 * Turns a pose into the exact places of all joints: what the figure is hung on, and at the same
 * time the ground truth that a pose tracker is measured against.
 */
import type { Frame, Vec } from './space.ts';
import {
  add,
  aim,
  attach,
  cross,
  dot,
  measure,
  normalize,
  scale,
  subtract,
  toWorld,
  turn,
  WORLD,
} from './space.ts';

/** Lengths of one body in metres. Pairs are the figure's left, then its right. */
export type Build = {
  hipHeight: number;
  hipHalf: number;
  /** Height above the hips of the waist, the shoulder joints and the base of the neck. */
  waist: number;
  shoulder: number;
  neck: number;
  shoulderHalf: number;
  /** From the base of the neck to the middle of the head. */
  neckToHead: number;
  upperArm: number;
  foreArm: number;
  hand: number;
  thigh: number;
  shin: number;
  ankle: number;
  head: number;
};

/** One arm: bone directions in the chest's frame, how the palm faces, how the hand curls. */
export type ArmPose = { upper: Vec; lower: Vec; palm: Vec; hand: Vec; curl: number };

/** One foot: where the ankle stands on the floor plan, lift and turn (radians, toes outward). */
export type FootPose = { x: number; z: number; lift: number; turn: number; tilt: number };

/** What the face does; everything from 0 to 1 but the gaze, which is from -1 to 1. */
export type FacePose = {
  smile: number;
  open: number;
  blink: number;
  brow: number;
  gazeX: number;
  gazeY: number;
};

export type Pose = {
  /** The middle of the hips against its place when standing upright. */
  hips: Vec;
  /** Yaw, pitch and roll of hips (world), chest (against hips), head (against chest). */
  pelvis: Vec;
  chest: Vec;
  head: Vec;
  /** How far each shoulder is pulled up, in metres. */
  shrug: readonly [number, number];
  arms: readonly [ArmPose, ArmPose];
  feet: readonly [FootPose, FootPose];
  face: FacePose;
};

export type Limb = { root: Vec; middle: Vec; end: Vec; tip: Frame };

export type Skeleton = {
  build: Build;
  pelvis: Frame;
  chest: Frame;
  head: Frame;
  neck: Vec;
  arms: readonly [Limb, Limb];
  legs: readonly [Limb, Limb];
  face: FacePose;
};

/** Hangs the body on the pose: feet stay where the pose puts them, knees follow. */
export function poseSkeleton(build: Build, pose: Pose): Skeleton {
  const pelvis = attach(WORLD, add([0, build.hipHeight, 0], pose.hips), pose.pelvis);
  const chest = attach(pelvis, [0, build.waist, 0], pose.chest);
  const neck = toWorld(chest, [0, build.neck - build.waist, -0.012]);
  const head = attach({ ...chest, origin: neck }, [0, 0, 0], pose.head);
  const headCentre = toWorld(head, [0, build.neckToHead, 0.022]);
  return {
    build,
    pelvis,
    chest,
    neck,
    head: { ...head, origin: headCentre },
    arms: [poseArm(build, chest, pose, 0), poseArm(build, chest, pose, 1)],
    legs: [poseLeg(build, pelvis, pose, 0), poseLeg(build, pelvis, pose, 1)],
    face: pose.face,
  };
}

function poseArm(build: Build, chest: Frame, pose: Pose, side: 0 | 1): Limb {
  const sign = side === 0 ? 1 : -1;
  const arm = pose.arms[side];
  const mirror = (v: Vec): Vec => turn(chest, [v[0] * sign, v[1], v[2]]);
  const root = toWorld(chest, [
    build.shoulderHalf * sign,
    build.shoulder - build.waist + pose.shrug[side],
    -0.005,
  ]);
  const middle = add(root, scale(normalize(mirror(arm.upper)), build.upperArm));
  const end = add(middle, scale(normalize(mirror(arm.lower)), build.foreArm));
  return { root, middle, end, tip: aim(end, mirror(arm.hand), mirror(arm.palm)) };
}

/** Two bones of known length between hip and ankle: the knee is found by the law of cosines. */
function poseLeg(build: Build, pelvis: Frame, pose: Pose, side: 0 | 1): Limb {
  const sign = side === 0 ? 1 : -1;
  const foot = pose.feet[side];
  const root = toWorld(pelvis, [build.hipHalf * sign, 0, 0]);
  const ankle: Vec = [foot.x, build.ankle + foot.lift, foot.z];
  const reach = (build.thigh + build.shin) * 0.9995;
  const apart = Math.min(measure(subtract(ankle, root)), reach);
  const along = normalize(subtract(ankle, root));
  const end = add(root, scale(along, apart));
  const outward = Math.sin(foot.turn) * sign;
  const forward: Vec = [outward, 0, Math.cos(foot.turn)];
  const bend = normalize(subtract(forward, scale(along, dot(forward, along))));
  const toKnee = (build.thigh ** 2 - build.shin ** 2 + apart ** 2) / (2 * apart);
  const aside = Math.sqrt(Math.max(0, build.thigh ** 2 - toKnee ** 2));
  const middle = add(add(root, scale(along, toKnee)), scale(bend, aside));
  const up = normalize(add([0, 1, 0], scale(forward, Math.tan(foot.tilt))));
  const z = normalize(subtract(forward, scale(up, dot(forward, up))));
  return { root, middle, end, tip: { x: cross(up, z), y: up, z, origin: end } };
}

/** The joints by their BlazePose names, in metres of the world. */
export function listJoints(skeleton: Skeleton): Record<string, Vec> {
  const { head, arms, legs, build } = skeleton;
  const s = build.head;
  const joints: Record<string, Vec> = { nose: toWorld(head, [0, -0.026 * s, 0.114 * s]) };
  for (const side of [0, 1] as const) {
    const name = side === 0 ? 'left' : 'right';
    const sign = side === 0 ? 1 : -1;
    joints[`${name}Ear`] = toWorld(head, [0.088 * s * sign, -0.004 * s, -0.004]);
    joints[`${name}Shoulder`] = arms[side].root;
    joints[`${name}Elbow`] = arms[side].middle;
    joints[`${name}Wrist`] = arms[side].end;
    joints[`${name}Hip`] = legs[side].root;
    joints[`${name}Knee`] = legs[side].middle;
    joints[`${name}Ankle`] = legs[side].end;
    joints[`${name}FootIndex`] = toWorld(legs[side].tip, [0, 0.035 - build.ankle, 0.165]);
  }
  return joints;
}
