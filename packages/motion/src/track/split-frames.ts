/** Decides which frames of a clip are looked at, and shares them out among threads. */

/** However few frames are asked for, this many a second are looked at, or all that there are. */
const LOOKS_A_SECOND_MIN = 12;

/**
 * A worker is not worth its start for fewer frames than this: loading the networks costs it as much
 * processor time as following some thirty frames, and a tenth of a gigabyte.
 */
const WORKER_FRAMES_MIN = 75;

export type FrameRange = { fromIndex: number; toIndex: number };

/** Looks at every so many of `fps` frames a second: `everyNthFrame`, or fewer in a slow clip. */
export function chooseStep(fps: number, everyNthFrame: number): number {
  return Math.min(everyNthFrame, Math.max(1, Math.floor(fps / LOOKS_A_SECOND_MIN)));
}

/** Ranges of about equal length, none of them shorter than a worker is worth. */
export function splitFrames(
  frameCount: number,
  workers: number,
  framesMin = WORKER_FRAMES_MIN,
): FrameRange[] {
  const count = Math.max(1, Math.min(workers, Math.floor(frameCount / framesMin)));
  return Array.from({ length: count }, (_, i) => ({
    fromIndex: Math.round((i * frameCount) / count),
    toIndex: Math.round(((i + 1) * frameCount) / count),
  }));
}
