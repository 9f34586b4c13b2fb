/** Follows the hands of a body that is already known through a range of frames of a clip. */

import { makeRepeatFinder } from '../media/repeats.ts';
import type { HandSightings } from '../model/motion.ts';
import { POSE_STRIDE, type Pose } from '../model/pose.ts';
import { createHandFollower } from './hands/follow-hands.ts';
import { type FrameStretch, openSmallFrames, scalePoints } from './small-frames.ts';

export type HandJob = FrameStretch & {
  /** The body in each frame of the range, in clip pixels; null where nobody is. */
  poses: readonly (Pose | null)[];
};

export type HandsOfFrame = { index: number; hands: HandSightings };

const NO_HANDS: HandSightings = { left: null, right: null };

/** Holds one decoded frame at a time. */
export async function* trackHandRange(job: HandJob): AsyncGenerator<HandsOfFrame, void, undefined> {
  const follower = createHandFollower(job.fps);
  const { frames, scale, close } = await openSmallFrames({ ...job, hasRoughColours: false });
  const isRepeat = makeRepeatFinder();
  try {
    for await (const { index, image } of frames) {
      const pose = job.poses[index - job.fromIndex] ?? null;
      if (isRepeat(image) || pose === null) {
        yield { index, hands: NO_HANDS };
        continue;
      }
      const small = scalePoints(pose, POSE_STRIDE, 1 / scale);
      yield { index, hands: await follower.follow(image, small, scale, index) };
    }
  } finally {
    close();
    follower.close();
  }
}
