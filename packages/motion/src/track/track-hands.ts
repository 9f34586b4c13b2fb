/**
 * Adds the hands of a person to her motion. That costs as much as the motion itself, so it is done
 * afterwards, and only for a character that can take them.
 */

import type { HandSightings, Motion } from '../model/motion.ts';
import type { OnProgress } from '../model/progress.ts';
import type { HandsOfFrame } from './hand-range.ts';
import { runWorker } from './run-worker.ts';
import { chooseStep, type FrameRange, splitFrames } from './split-frames.ts';

export type TrackHandsOptions = {
  /** As the motion was tracked. @default 1 */
  everyNthFrame?: number;
  /** Threads, each with its own network and decoder. @default 2 */
  workers?: number;
  /**
   * Asked once, with the first frames of each thread: false ends the work. @default always goes on
   */
  isWorthIt?: (sample: Motion) => boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
};

/** So many frames of each thread tell whether hands are worth following. */
const SAMPLE_FRAMES = 14;

/** One small network is loaded soon, and nothing else goes on meanwhile. */
const WORKER_FRAMES_MIN = 24;

const NO_HANDS: HandSightings = { left: null, right: null };
const NOT_WORTH_IT = new Error('The hands are not worth following.');

/**
 * The same motion with its hands; null when `isWorthIt` said no.
 *
 * @param file the clip that the motion was tracked in
 * @throws MotionError those of `openClip`; the signal's reason when aborted
 */
export async function trackHands(
  file: string,
  motion: Motion,
  options: TrackHandsOptions = {},
): Promise<Motion | null> {
  const { everyNthFrame = 1, workers = 2, isWorthIt, onProgress, signal } = options;
  const step = chooseStep(motion.fps, everyNthFrame);
  const count = Math.ceil(motion.frames.length / step);
  const ranges = splitFrames(count, workers, WORKER_FRAMES_MIN);
  const seen: HandsOfFrame[] = [];
  const stop = new AbortController();
  const onFrame = (frame: HandsOfFrame): void => {
    seen.push(frame);
    onProgress?.(seen.length / count);
    if (!isWorthIt || !isSampled(ranges, seen, frame)) return;
    if (!isWorthIt(withHands(motion, seen, step))) stop.abort(NOT_WORTH_IT);
  };
  const either = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  const poses = motion.frames.flatMap(({ pose }, i) => (i % step === 0 ? [pose] : []));
  const running = ranges.map((range) =>
    runWorker(
      'hands',
      {
        file,
        fps: motion.fps / step,
        ...range,
        poses: poses.slice(range.fromIndex, range.toIndex),
      },
      { signal: either, onFrame },
    ),
  );
  try {
    await Promise.all(running);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(running);
    if (error === NOT_WORTH_IT) return null;
    throw error;
  }
  return withHands(motion, seen, step);
}

/** Whether `latest` completes the samples of all ranges. */
function isSampled(
  ranges: readonly FrameRange[],
  seen: readonly HandsOfFrame[],
  latest: HandsOfFrame,
): boolean {
  const isLast = ranges.some(({ fromIndex }) => latest.index === fromIndex + SAMPLE_FRAMES - 1);
  return (
    isLast &&
    ranges.every(({ fromIndex }) =>
      seen.some(({ index }) => index === fromIndex + SAMPLE_FRAMES - 1),
    )
  );
}

/** Between the frames that were looked at hands are bridged like any other gap. */
function withHands(motion: Motion, seen: readonly HandsOfFrame[], step: number): Motion {
  const found = new Map(seen.map(({ index, hands }) => [index * step, hands]));
  const frames = motion.frames.map((frame, i) => ({ ...frame, hands: found.get(i) ?? NO_HANDS }));
  return { ...motion, frames };
}
