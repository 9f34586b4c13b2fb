/**
 * Where a bone takes the places around it: turned with it, stretched along it, as wide as before.
 */

import type { Joint, JointPositions } from './character.ts';
import { JOINT_INDEX } from './joints.ts';

/**
 * Writes the affine map (xx, xy, yx, yy, x, y) of a limb bone to `out[at]` ...: from places of the
 * bind pose to those of a frame. `scale` is the width of the bone against the bind pose.
 */
export function writeBoneMatrix(
  bind: JointPositions,
  now: JointPositions,
  [from, to]: readonly [Joint, Joint],
  scale: number,
  out: Float64Array,
  at: number,
): void {
  const a = JOINT_INDEX[from] * 2;
  const b = JOINT_INDEX[to] * 2;
  const bindX = bind[b]! - bind[a]!;
  const bindY = bind[b + 1]! - bind[a + 1]!;
  const nowX = now[b]! - now[a]!;
  const nowY = now[b + 1]! - now[a + 1]!;
  const length = Math.hypot(bindX, bindY) || 1;
  const alongX = bindX / length;
  const alongY = bindY / length;
  const nowLength = Math.hypot(nowX, nowY) || 1e-6;
  const stretchX = nowX / length;
  const stretchY = nowY / length;
  const widthX = (-nowY / nowLength) * scale;
  const widthY = (nowX / nowLength) * scale;
  const xx = stretchX * alongX - widthX * alongY;
  const xy = stretchX * alongY + widthX * alongX;
  const yx = stretchY * alongX - widthY * alongY;
  const yy = stretchY * alongY + widthY * alongX;
  out[at] = xx;
  out[at + 1] = xy;
  out[at + 2] = yx;
  out[at + 3] = yy;
  out[at + 4] = now[a]! - xx * bind[a]! - xy * bind[a + 1]!;
  out[at + 5] = now[a + 1]! - yx * bind[a]! - yy * bind[a + 1]!;
}

/** Writes where the map at `matrices[at]` takes a place to `out[0]`, `out[1]`. */
export function mapPoint(
  matrices: Float64Array,
  at: number,
  x: number,
  y: number,
  out: Float64Array,
): void {
  out[0] = matrices[at]! * x + matrices[at + 1]! * y + matrices[at + 4]!;
  out[1] = matrices[at + 2]! * x + matrices[at + 3]! * y + matrices[at + 5]!;
}

/**
 * Writes the map of the head, which turns, scales and moves as one piece, as
 * {@link writeBoneMatrix} does.
 */
export function writeHeadMatrix(
  bind: JointPositions,
  now: JointPositions,
  roll: number,
  scale: number,
  out: Float64Array,
  at: number,
): void {
  const head = JOINT_INDEX.head * 2;
  const xx = scale * Math.cos(roll);
  const yx = scale * Math.sin(roll);
  const x = bind[head]!;
  const y = bind[head + 1]!;
  out[at] = xx;
  out[at + 1] = -yx;
  out[at + 2] = yx;
  out[at + 3] = xx;
  out[at + 4] = now[head]! - xx * x + yx * y;
  out[at + 5] = now[head + 1]! - yx * x - xx * y;
}
