/**
 * Coordinates that follow the trunk of the bind pose: how high along the spine, how far to the
 * side.
 */

import type { JointPositions } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';

/**
 * A profile has narrow shoulders; the trunk is never thought narrower than this share of the spine.
 */
const WIDTH_PER_SPINE_MIN = 0.5;

export type TorsoFrame = {
  /** Length of the spine (pelvis to neck) in pixels. */
  spine: number;
  /** Width between the shoulders in pixels, not less than half the spine. */
  width: number;
  /** 0 at the pelvis, 1 at the neck. */
  u: (x: number, y: number) => number;
  /** Sideways distance from the spine in trunk widths; positive towards the character's left. */
  v: (x: number, y: number) => number;
};

export function createTorsoFrame(joints: JointPositions): TorsoFrame {
  const pelvis = jointAt(joints, 'pelvis');
  const neck = jointAt(joints, 'neck');
  const left = jointAt(joints, 'leftShoulder');
  const right = jointAt(joints, 'rightShoulder');
  const spine = Math.max(1, Math.hypot(neck.x - pelvis.x, neck.y - pelvis.y));
  const upX = (neck.x - pelvis.x) / spine;
  const upY = (neck.y - pelvis.y) / spine;
  // Perpendicular to the spine, turned so that it points to the left shoulder.
  const facing = (left.x - right.x) * -upY + (left.y - right.y) * upX >= 0 ? 1 : -1;
  const shoulders = Math.hypot(left.x - right.x, left.y - right.y);
  const width = Math.max(shoulders, WIDTH_PER_SPINE_MIN * spine);
  return {
    spine,
    width,
    u: (x, y) => ((x - pelvis.x) * upX + (y - pelvis.y) * upY) / spine,
    v: (x, y) => (((x - pelvis.x) * -upY + (y - pelvis.y) * upX) * facing) / width,
  };
}

/** Coordinates that follow neck and head. */
export type HeadFrame = {
  /** Distance from the neck to the middle of the ears in pixels. */
  length: number;
  /** 0 at the neck, 1 at the middle of the ears. */
  h: (x: number, y: number) => number;
  /** Distance from the axis of neck and head in lengths. */
  side: (x: number, y: number) => number;
};

export function createHeadFrame(joints: JointPositions): HeadFrame {
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  const length = Math.max(1, Math.hypot(head.x - neck.x, head.y - neck.y));
  const upX = (head.x - neck.x) / length;
  const upY = (head.y - neck.y) / length;
  return {
    length,
    h: (x, y) => ((x - neck.x) * upX + (y - neck.y) * upY) / length,
    side: (x, y) => Math.abs((x - neck.x) * -upY + (y - neck.y) * upX) / length,
  };
}
