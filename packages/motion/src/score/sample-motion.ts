/** Reads a motion at given times, so that two videos of any rate and length can be compared. */

import type { Motion } from '../model/motion.ts';
import type { Face, Pose } from '../model/pose.ts';

/** What a video shows at one moment. */
export type Moment = { pose: Pose | null; face: Face | null };

/**
 * The body and the face at each time. Between two frames they lie on the straight way; where only
 * one of the two shows them, the nearer one decides. After the end of the video there is nothing.
 */
export function sampleMotion(motion: Motion, timesMs: readonly number[]): Moment[] {
  const { frames, fps, durationMs } = motion;
  const last = frames.length - 1;
  return timesMs.map((timeMs) => {
    if (last < 0 || timeMs >= Math.max(durationMs, 1)) return { pose: null, face: null };
    const place = Math.min(Math.max((timeMs * fps) / 1000, 0), last);
    const before = Math.floor(place + 1e-6);
    const part = Math.max(0, place - before);
    const [a, b] = [frames[before]!, frames[Math.min(before + 1, last)]!];
    return { pose: blend(a.pose, b.pose, part), face: blend(a.face, b.face, part) };
  });
}

function blend(a: Float32Array | null, b: Float32Array | null, part: number): Float32Array | null {
  if (a === null || b === null) return known(part < 0.5 ? a : b);
  return known(part < 1e-6 ? a : a.map((value, i) => value + (b[i]! - value) * part));
}

/** A network that was confused may answer with no numbers at all. */
function known(points: Float32Array | null): Float32Array | null {
  return points?.some(Number.isNaN) ? null : points;
}
