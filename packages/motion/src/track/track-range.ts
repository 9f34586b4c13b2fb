/**
 * Follows the person through a range of frames of a clip, one frame after the other; the raw
 * material of a motion.
 */

import { type Detectors, openDetectors } from '../detect/detectors.ts';
import { readGaze } from '../detect/face-iris.ts';
import type { PoseModel } from '../detect/model-files.ts';
import type { Region } from '../detect/region.ts';
import type { ClipFrame } from '../media/clip.ts';
import { makeRepeatFinder } from '../media/repeats.ts';
import { makeColourWatch, mayBeCut } from '../model/colour-watch.ts';
import type { Gaze } from '../model/eyes.ts';
import type { MouthPatch } from '../model/motion.ts';
import { FACE_STRIDE, type Face, POSE_STRIDE, type Pose } from '../model/pose.ts';
import { cutMouth } from './mouth.ts';
import { type FrameStretch, openSmallFrames, scalePoints } from './small-frames.ts';

export type RangeJob = FrameStretch & {
  poseModel: PoseModel;
  /** Where the person was just before the range, in clip pixels; null to search. */
  seed: Region | null;
};

/** What was seen in one frame, in clip pixels. */
export type TrackedFrame = {
  index: number;
  /** The frame only repeats the one before and was not looked at; everything else is null then. */
  isRepeat: boolean;
  pose: Pose | null;
  face: Face | null;
  mouth: MouthPatch | null;
  gaze: Gaze | null;
  /** How many people the detector saw; null when it did not run. */
  personCount: number | null;
  /** Where the person will be looked for next; null after a loss. */
  region: Region | null;
  /** How far the colours are from the frame before, in levels; null for a repeat and the first. */
  colourChange: number | null;
};

/** A person who was lost for this many frames is then searched only in every so many frames. */
const LOST_PATIENCE = 5;
const LOST_STRIDE = 5;

/** A followed person needs no search; others who come in are counted this often. */
const COUNT_SECONDS = 2;

/**
 * Frames before the range that are followed, but not reported, so that the region has settled when
 * it begins.
 */
const WARM_UP_FRAMES = 4;

const NOTHING = {
  pose: null,
  face: null,
  mouth: null,
  gaze: null,
  personCount: null,
  region: null,
  colourChange: null,
} as const;

/** Holds one decoded frame at a time. */
export async function* trackRange(job: RangeJob): AsyncGenerator<TrackedFrame, void, undefined> {
  const detectors = await openDetectors({ poseModel: job.poseModel, masks: false, isOpaque: true });
  try {
    yield* followRange(job, detectors);
  } finally {
    detectors.close();
  }
}

async function* followRange(
  job: RangeJob,
  detectors: Detectors,
): AsyncGenerator<TrackedFrame, void, undefined> {
  const fromIndex = Math.max(0, job.fromIndex - (job.seed === null ? WARM_UP_FRAMES : 0));
  const { frames, scale, close } = await openSmallFrames({ ...job, fromIndex });
  try {
    const seed = job.seed && scaleRegion(job.seed, 1 / scale);
    const follow = makeFollower(detectors, { seed, scale, fps: job.fps });
    for await (const frame of frames) {
      const seen = await follow(frame);
      if (frame.index >= job.fromIndex) yield seen;
    }
  } finally {
    close();
  }
}

/** Remembers from frame to frame where body and face were. */
function makeFollower(
  detectors: Detectors,
  { seed, scale, fps }: { seed: Region | null; scale: number; fps: number },
): (frame: ClipFrame) => Promise<TrackedFrame> {
  const isRepeat = makeRepeatFinder();
  const watchColours = makeColourWatch();
  let near = seed;
  let lastFace: Face | null = null;
  let lostFrames = 0;
  let countedAt: number | null = null;
  return async ({ index, image }) => {
    if (isRepeat(image)) return { ...NOTHING, index, isRepeat: true };
    const colourChange = watchColours(image);
    if (mayBeCut(colourChange)) {
      // In another shot nobody is where they were.
      near = null;
      lastFace = null;
      lostFrames = 0;
    }
    const mayRest = lostFrames > LOST_PATIENCE && lostFrames % LOST_STRIDE !== 0;
    const body = mayRest ? null : await detectors.detectPose(image, { near });
    lostFrames = body === null ? lostFrames + 1 : 0;
    let personCount = body?.personCount ?? null;
    countedAt ??= index;
    if (personCount === null && index - countedAt >= COUNT_SECONDS * fps) {
      personCount = await detectors.countPeople(image);
    }
    if (personCount !== null) countedAt = index;
    // The place of a lost person is kept: the one who reappears nearest to it is taken for the
    // same.
    near = body?.region ?? near;
    const seen = await detectors.detectFace(image, { near: lastFace, pose: body?.pose ?? null });
    lastFace = seen?.face ?? null;
    return {
      index,
      isRepeat: false,
      pose: body && scalePoints(body.pose, POSE_STRIDE, scale),
      face: lastFace && scalePoints(lastFace, FACE_STRIDE, scale),
      mouth: lastFace && (await cutMouth(image, lastFace, scale)),
      gaze: lastFace && readGaze(image, lastFace),
      personCount,
      region: body && scaleRegion(body.region, scale),
      colourChange,
    };
  };
}

function scaleRegion(region: Region, scale: number): Region {
  return {
    x: region.x * scale,
    y: region.y * scale,
    size: region.size * scale,
    rotation: region.rotation,
  };
}
