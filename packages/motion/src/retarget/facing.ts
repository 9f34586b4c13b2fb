/**
 * Keeps the facing of the picture: what the driver turns slowly is staging and is taken out, what
 * he twists quickly is dance and stays.
 */

import { wrapAngle } from '../model/angles.ts';
import { JOINTS } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { median } from '../model/percentile.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Driver } from './driver.ts';
import type { HeadPath } from './head.ts';
import type { VectorPath } from './trunk.ts';

/** Turns slower than this are facing, in seconds (sigma). */
const FACING_SIGMA_SECONDS = 0.3;
/** A trunk that usually looks this wide, of the picture's width, faces as the picture does. */
const WIDTH_MIN = 0.85;
/** A head that follows a body turned by less than this, in radians, still faces as the picture. */
const TURN_FREE = 0.35;

/**
 * The width of the trunk with its slow narrowing taken out; a quick twist still narrows it. `bind`
 * is the width vector of the picture, in pixels.
 */
export function keepWidth(
  path: VectorPath,
  bind: { x: number; y: number },
  fps: number,
): VectorPath {
  const length = Math.hypot(bind.x, bind.y) || 1;
  const [alongX, alongY] = [bind.x / length, bind.y / length];
  const along = path.x.map((x, i) => x * alongX + path.y[i]! * alongY);
  const slow = smoothValues(along, FACING_SIGMA_SECONDS * fps);
  const missing = slow.map((value) => Math.max(0, WIDTH_MIN * length - value));
  return {
    x: path.x.map((x, i) => x + missing[i]! * alongX),
    y: path.y.map((y, i) => y + missing[i]! * alongY),
  };
}

/** The head without the part of its yaw that the body's slow turns give it. */
export function keepHeadFacing(head: HeadPath, driver: Driver): HeadPath {
  if (driver.reach === 'face') return head;
  const slow = smoothValues(bodyYaw(driver), FACING_SIGMA_SECONDS * driver.fps);
  const usual = median(slow);
  return {
    ...head,
    turns: head.turns.map((turn, i) => {
      const away = slow[i]! - usual;
      const carried = Math.sign(away) * Math.max(0, Math.abs(away) - TURN_FREE);
      // The head gives back at most what it has turned itself.
      const isSame = Math.sign(carried) === Math.sign(turn.yaw);
      const back = isSame ? Math.min(Math.abs(carried), Math.abs(turn.yaw)) : 0;
      return { ...turn, yaw: turn.yaw - Math.sign(turn.yaw) * back };
    }),
  };
}

/** Turn of the shoulders by their depth in radians, positive to the right of the picture. */
function bodyYaw(driver: Driver): Float64Array {
  const stride = JOINTS.length;
  const [left, right] = [JOINT_INDEX.leftShoulder, JOINT_INDEX.rightShoulder];
  return Float64Array.from({ length: driver.frameCount }, (_, i) => {
    const at = i * stride;
    const depth = driver.depth[at + left]! - driver.depth[at + right]!;
    const width = driver.joints[(at + left) * 2]! - driver.joints[(at + right) * 2]!;
    return wrapAngle(Math.atan2(depth, width));
  });
}
