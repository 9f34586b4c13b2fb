/**
 * Looks at a large face in every frame, and closely: a blink or a word is shorter than two frames,
 * and a face alone costs a fraction of a body.
 */

import type { Gaze } from '../model/eyes.ts';
import { distanceBetween, facePointAt } from '../model/landmarks.ts';
import type { MouthPatch } from '../model/motion.ts';
import { median } from '../model/percentile.ts';
import { FACE, type Face } from '../model/pose.ts';
import type { FaceOfFrame } from './face-range.ts';
import { runHere, runWorker } from './run-worker.ts';
import { splitFrames } from './split-frames.ts';

/** What is known of the face of one frame. */
export type FaceFrame = {
  isRepeat: boolean;
  face: Face | null;
  mouth: MouthPatch | null;
  gaze: Gaze | null;
};

/** The faces of every `step`-th frame of a motion. */
export type FaceFrames = { step: number; frames: (FaceFrame | null)[] };

export type FaceLook = {
  file: string;
  /** Size of the clip in pixels. */
  width: number;
  height: number;
  fps: number;
  frameCount: number;
  /** Every so many frames the whole person was looked at. */
  step: number;
  workers: number;
  signal?: AbortSignal;
};

/** A face this wide, in parts of the clip's shorter side and in pixels, is looked at closely. */
const WIDTH_SHARE_MIN = 0.15;
const WIDTH_PIXELS_MIN = 48;
/** It must be seen in this part of the frames. */
const SEEN_SHARE_MIN = 0.5;

/**
 * Reads a large face again in all frames, now that its place is known before and after each; gives
 * the same frames back when the face is too small for the difference to be seen. Following from
 * frame to frame lags: what the network reads leans a little on where it is told to look.
 *
 * @throws MotionError those of `openClip`; the signal's reason when aborted
 */
export async function lookAtFaces(
  looked: readonly (FaceFrame | null)[],
  look: FaceLook,
): Promise<FaceFrames> {
  const { step, frameCount, file, fps } = look;
  if (!isLarge(looked, look)) return { step, frames: [...looked] };
  const near = Array.from({ length: frameCount }, (_, i) => nearFace(looked, i / step));
  const stop = new AbortController();
  const signal = AbortSignal.any(look.signal ? [look.signal, stop.signal] : [stop.signal]);
  const follow = look.workers === 0 ? runHere : runWorker;
  const running = splitFrames(frameCount, look.workers).map((range) => {
    const faces = near.slice(range.fromIndex, range.toIndex);
    return follow('faces', { file, fps, ...range, faces }, { signal, onFrame: () => {} });
  });
  const closely = new Map<number, FaceOfFrame>();
  try {
    for (const frame of (await Promise.all(running)).flat()) closely.set(frame.index, frame);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
  const frames = near.map((_, i) => closely.get(i) ?? null);
  return { step: 1, frames };
}

function isLarge(looked: readonly (FaceFrame | null)[], { width, height }: FaceLook): boolean {
  const widths = looked.flatMap((frame) =>
    frame?.face
      ? [
          distanceBetween(
            facePointAt(frame.face, FACE.rightSide),
            facePointAt(frame.face, FACE.leftSide),
          ),
        ]
      : [],
  );
  if (widths.length < SEEN_SHARE_MIN * looked.length) return false;
  const usual = median(widths);
  return usual >= WIDTH_PIXELS_MIN && usual >= WIDTH_SHARE_MIN * Math.min(width, height);
}

/** The face between the two frames around `at`, or the one of them that shows it. */
function nearFace(looked: readonly (FaceFrame | null)[], at: number): Face | null {
  const before = looked[Math.floor(at)]?.face ?? null;
  const after = looked[Math.ceil(at)]?.face ?? null;
  if (before === null || after === null) return before ?? after;
  return before.map((value, i) => (value + after[i]!) / 2);
}
