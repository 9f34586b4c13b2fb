/** Takes a quick look at a picture and a clip and tells what would make the result bad. */

import { openDetectors } from './detect/detectors.ts';
import type { PreflightFinding } from './preflight/finding.ts';
import { judge } from './preflight/judge.ts';
import { lookAtClip } from './preflight/look-at-clip.ts';
import { lookAtPicture } from './preflight/look-at-picture.ts';

/** What to look at. */
export type PreflightOptions = {
  imageFile: string;
  videoFile: string;
  signal?: AbortSignal;
};

/** Networks that are loaded, for one pair after the other. */
export type OpenPreflight = {
  /**
   * Looks at the picture and at some moments of the clip, which takes seconds; the findings of the
   * whole tracking may know better. Findings of severity `error` mean that no result can be made.
   *
   * @throws MotionError `picture_unreadable`, `clip_unreadable` or `clip_too_large`; the signal's
   * reason when aborted
   */
  look(options: PreflightOptions): Promise<PreflightFinding[]>;
  /** Frees the networks. */
  close(): void;
};

/** Loads what looking needs, which takes a second. */
export async function openPreflight(): Promise<OpenPreflight> {
  const detectors = await openDetectors({ poseModel: 'full', masks: false });
  return {
    async look({ imageFile, videoFile, signal }) {
      const picture = await lookAtPicture(imageFile, detectors);
      signal?.throwIfAborted();
      const clip = await lookAtClip(videoFile, detectors, signal ? { signal } : {});
      return judge(picture, clip);
    },
    close: detectors.close,
  };
}

/** Looks at one pair, as {@link OpenPreflight} does. */
export async function preflight(options: PreflightOptions): Promise<PreflightFinding[]> {
  const opened = await openPreflight();
  try {
    return await opened.look(options);
  } finally {
    opened.close();
  }
}
