/**
 * Makes one staging of several shots: after a cut the driver goes on at the place and in the size
 * in which the shot before has left it.
 */

import { distanceBetween, facePointAt, landmarkAt } from '../model/landmarks.ts';
import type { Motion, MotionFrame } from '../model/motion.ts';
import { median } from '../model/percentile.ts';
import { FACE, FACE_STRIDE, type Face, POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';

/** Sizes and places are medians over this much of each side of a cut. */
const BORDER_SECONDS = 0.5;

/** A person who is away for longer has left the clip. */
const AWAY_SECONDS_MIN = 1;
/** On the way out and in, at most this long, a body this near to the border is half unseen. */
const LEAVING_SECONDS_MAX = 0.6;
const BORDER_SHARE = 0.1;

/**
 * The motion without the bodies that are just leaving or entering the clip: most of them is
 * guessed, and a character would rest at the border in their pose.
 */
export function dropLeavingBodies(motion: Motion): Motion {
  const { width, fps } = motion;
  const frames = motion.frames.slice();
  const isAtBorder = ({ pose }: MotionFrame): boolean => {
    if (!pose) return false;
    const x = (landmarkAt(pose, POSE.leftHip).x + landmarkAt(pose, POSE.rightHip).x) / 2;
    return x < BORDER_SHARE * width || x > (1 - BORDER_SHARE) * width;
  };
  const drop = (from: number, step: 1 | -1): void => {
    for (let n = 0; n < LEAVING_SECONDS_MAX * fps; n += 1) {
      const at = from + n * step;
      const frame = frames[at];
      if (!frame || !isAtBorder(frame)) return;
      frames[at] = { ...frame, pose: null };
    }
  };
  let from = 0;
  for (const [i, { pose }] of motion.frames.entries()) {
    if (!pose) continue;
    if (i - from > AWAY_SECONDS_MIN * fps) {
      drop(from - 1, -1);
      drop(i, 1);
    }
    from = i + 1;
  }
  if (motion.frames.length - from > AWAY_SECONDS_MIN * fps) drop(from - 1, -1);
  return { ...motion, frames };
}

/** Size in pixels, and the point that stays: between the feet of a body, the middle of a face. */
type Stance = { size: number; x: number; y: number };

/** New places are `scale * old + (x, y)`. */
type Placement = { scale: number; x: number; y: number };

/**
 * The motion with bodies and faces moved so that no cut shows in place and size. Hands and mouths
 * stay with the pictures they were cut from. A motion without cuts is returned as it is.
 */
export function joinShots(motion: Motion): Motion {
  const cuts = motion.cuts ?? [];
  if (cuts.length === 0) return motion;
  const edges = [0, ...cuts, motion.frames.length];
  const border = Math.max(1, Math.round(BORDER_SECONDS * motion.fps));
  const frames = motion.frames.slice(0, edges[1]);
  for (let i = 1; i + 1 < edges.length; i += 1) {
    const shot = motion.frames.slice(edges[i], edges[i + 1]);
    const placement = matchBorders(frames, shot, border);
    for (const frame of shot) frames.push(placement ? placeFrame(frame, placement) : frame);
  }
  return { ...motion, frames };
}

/** By bodies if both sides show one, else by faces; null when they have neither in common. */
function matchBorders(
  earlier: readonly MotionFrame[],
  later: readonly MotionFrame[],
  border: number,
): Placement | null {
  for (const measure of [standOf, headOf]) {
    const last = earlier.flatMap((frame) => measure(frame) ?? []).slice(-border);
    const first = later.flatMap((frame) => measure(frame) ?? []).slice(0, border);
    if (last.length === 0 || first.length === 0) continue;
    const [from, to] = [middleOf(first), middleOf(last)];
    const scale = to.size / from.size;
    return { scale, x: to.x - scale * from.x, y: to.y - scale * from.y };
  }
  return null;
}

function middleOf(stances: readonly Stance[]): Stance {
  const of = (key: keyof Stance): number => median(stances.map((stance) => stance[key]));
  return { size: of('size'), x: of('x'), y: of('y') };
}

function standOf({ pose }: MotionFrame): Stance | null {
  if (!pose) return null;
  const at = (index: number) => landmarkAt(pose, index);
  const [leftHip, rightHip] = [at(POSE.leftHip), at(POSE.rightHip)];
  // The longest of the three is the same whichever way a person turns.
  const size = Math.max(
    distanceBetween(at(POSE.leftShoulder), at(POSE.rightShoulder)),
    distanceBetween(at(POSE.leftShoulder), leftHip),
    distanceBetween(at(POSE.rightShoulder), rightHip),
  );
  const y = Math.max(at(POSE.leftAnkle).y, at(POSE.rightAnkle).y);
  return size > 0 ? { size, x: (leftHip.x + rightHip.x) / 2, y } : null;
}

function headOf({ face }: MotionFrame): Stance | null {
  if (!face) return null;
  const [right, left] = [
    facePointAt(face, FACE.rightEyeOuter),
    facePointAt(face, FACE.leftEyeOuter),
  ];
  const chin = facePointAt(face, FACE.chin);
  const size = Math.max(distanceBetween(right, left), distanceBetween(right, chin));
  return size > 0 ? { size, x: (right.x + left.x) / 2, y: (right.y + left.y) / 2 } : null;
}

function placeFrame(frame: MotionFrame, placement: Placement): MotionFrame {
  return {
    ...frame,
    pose: frame.pose && placePoints(frame.pose, POSE_STRIDE, placement),
    face: frame.face && placePoints(frame.face, FACE_STRIDE, placement),
  };
}

function placePoints(
  points: Pose | Face,
  stride: number,
  { scale, x, y }: Placement,
): Float32Array<ArrayBufferLike> {
  const offsets = [x, y, 0];
  return points.map((value, i) => {
    const offset = offsets[i % stride];
    return offset === undefined ? value : scale * value + offset;
  });
}
