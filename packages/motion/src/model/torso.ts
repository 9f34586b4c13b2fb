/**
 * Coordinates that follow the torso: `u` along the spine (0 pelvis, 1 neck), `v` across it (1 at
 * the character's left hip and shoulder). A point keeps its `u` and `v` while the torso leans,
 * narrows and rolls its shoulders.
 */

import { wrapAngle } from './angles.ts';
import type { Joint, JointPositions } from './character.ts';
import { JOINT_INDEX } from './joints.ts';
import { clamp } from './scalar.ts';

/** The vectors that {@link torsoPoint} builds a place from, in pixels. */
export type TorsoFrame = {
  pelvisX: number;
  pelvisY: number;
  spineX: number;
  spineY: number;
  /** Spine direction used below the pelvis: partly upright, because clothes hang. */
  belowX: number;
  belowY: number;
  /** From the pelvis to the left hip. */
  hipX: number;
  hipY: number;
  /** From the neck to the left shoulder. */
  shoulderX: number;
  shoulderY: number;
};

/**
 * Least half-width of a torso in spine lengths; a narrower one (seen from the side) has no usable
 * width direction.
 */
const HALF_WIDTH_MIN = 0.08;
/** The width direction may lean from the perpendicular of the spine by at most this tangent. */
const SHEAR_MAX = 1;
/** Share of the spine's turn that the part below the pelvis takes over; the rest is gravity. */
const BELOW_SHARE = 0.75;

/** The torso of a pose. `bindSpineAngle` is the angle of the spine in the bind pose, in radians. */
export function torsoFrame(joints: JointPositions, bindSpineAngle: number): TorsoFrame {
  const at = (joint: Joint): [number, number] => {
    const index = JOINT_INDEX[joint] * 2;
    return [joints[index]!, joints[index + 1]!];
  };
  const [pelvisX, pelvisY] = at('pelvis');
  const [neckX, neckY] = at('neck');
  const [hipLX, hipLY] = at('leftHip');
  const [hipRX, hipRY] = at('rightHip');
  const [shoulderLX, shoulderLY] = at('leftShoulder');
  const [shoulderRX, shoulderRY] = at('rightShoulder');
  const spineX = neckX - pelvisX;
  const spineY = neckY - pelvisY;
  const turn = wrapAngle(Math.atan2(spineY, spineX) - bindSpineAngle) * (BELOW_SHARE - 1);
  const hip = safeHalfWidth((hipLX - hipRX) / 2, (hipLY - hipRY) / 2, spineX, spineY);
  const shoulder = safeHalfWidth(
    (shoulderLX - shoulderRX) / 2,
    (shoulderLY - shoulderRY) / 2,
    spineX,
    spineY,
  );
  return {
    pelvisX,
    pelvisY,
    spineX,
    spineY,
    belowX: spineX * Math.cos(turn) - spineY * Math.sin(turn),
    belowY: spineX * Math.sin(turn) + spineY * Math.cos(turn),
    hipX: hip[0],
    hipY: hip[1],
    shoulderX: shoulder[0],
    shoulderY: shoulder[1],
  };
}

/** The angle of the spine, for {@link torsoFrame}. */
export function spineAngle(joints: JointPositions): number {
  const pelvis = JOINT_INDEX.pelvis * 2;
  const neck = JOINT_INDEX.neck * 2;
  return Math.atan2(joints[neck + 1]! - joints[pelvis + 1]!, joints[neck]! - joints[pelvis]!);
}

/**
 * Keeps a half-width vector away from the spine's own direction, where the torso would have no
 * area.
 */
function safeHalfWidth(x: number, y: number, spineX: number, spineY: number): [number, number] {
  const length = Math.hypot(spineX, spineY) || 1;
  const alongX = spineX / length;
  const alongY = spineY / length;
  let along = x * alongX + y * alongY;
  let across = -x * alongY + y * alongX;
  const least = HALF_WIDTH_MIN * length;
  if (Math.abs(across) < least) across = across < 0 ? -least : least;
  const most = Math.abs(across) * SHEAR_MAX;
  along = clamp(along, -most, most);
  return [along * alongX - across * alongY, along * alongY + across * alongX];
}

/** Writes the place of (`u`, `v`) to `out[at]`, `out[at + 1]`. */
export function torsoPoint(
  frame: TorsoFrame,
  u: number,
  v: number,
  out: Float32Array | Float64Array,
  at: number,
): void {
  if (u < 0) {
    out[at] = frame.pelvisX + u * frame.belowX + v * frame.hipX;
    out[at + 1] = frame.pelvisY + u * frame.belowY + v * frame.hipY;
    return;
  }
  const share = Math.min(u, 1);
  const acrossX = frame.hipX + share * (frame.shoulderX - frame.hipX);
  const acrossY = frame.hipY + share * (frame.shoulderY - frame.hipY);
  out[at] = frame.pelvisX + u * frame.spineX + v * acrossX;
  out[at + 1] = frame.pelvisY + u * frame.spineY + v * acrossY;
}

/** The inverse of {@link torsoPoint} for the bind frame: `u` and `v` of a place in pixels. */
export function torsoCoordinates(frame: TorsoFrame, x: number, y: number): [number, number] {
  const dx = x - frame.pelvisX;
  const dy = y - frame.pelvisY;
  const { spineX, spineY, hipX, hipY, shoulderX, shoulderY } = frame;
  const u = solveAlong(frame, dx, dy);
  const share = clamp(u, 0, 1);
  const acrossX = hipX + share * (shoulderX - hipX);
  const acrossY = hipY + share * (shoulderY - hipY);
  const restX = dx - u * (u < 0 ? frame.belowX : spineX);
  const restY = dy - u * (u < 0 ? frame.belowY : spineY);
  const v = (restX * acrossX + restY * acrossY) / (acrossX * acrossX + acrossY * acrossY);
  return [u, v];
}

/**
 * Solves the quadratic in `u` that remains when the cross product with the width direction removes
 * `v`.
 */
function solveAlong(frame: TorsoFrame, dx: number, dy: number): number {
  const { spineX, spineY, hipX, hipY, shoulderX, shoulderY } = frame;
  const atHips = (dx * hipY - dy * hipX) / (spineX * hipY - spineY * hipX);
  if (atHips <= 0) return (dx * hipY - dy * hipX) / (frame.belowX * hipY - frame.belowY * hipX);
  const atShoulders = (dx * shoulderY - dy * shoulderX) / (spineX * shoulderY - spineY * shoulderX);
  if (atShoulders >= 1) return atShoulders;
  const changeX = shoulderX - hipX;
  const changeY = shoulderY - hipY;
  const a = -(spineX * changeY - spineY * changeX);
  const b = dx * changeY - dy * changeX - (spineX * hipY - spineY * hipX);
  const c = dx * hipY - dy * hipX;
  if (Math.abs(a) < 1e-9 * Math.abs(b)) return -c / b;
  const root = Math.sqrt(Math.max(b * b - 4 * a * c, 0));
  const one = (-b + root) / (2 * a);
  const two = (-b - root) / (2 * a);
  const best = Math.abs(one - 0.5) < Math.abs(two - 0.5) ? one : two;
  return clamp(best, 0, 1);
}
