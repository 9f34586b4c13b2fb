/**
 * Judges a finished video: tracks it as its reference was tracked and compares the two at equal
 * times. Works on videos of any engine.
 */

import { openDetectors } from './detect/detectors.ts';
import { readFaceTopology } from './detect/face-topology.ts';
import { openClip } from './media/clip.ts';
import { readPicture } from './media/picture.ts';
import { MotionError } from './model/finding.ts';
import type { Motion } from './model/motion.ts';
import { median } from './model/percentile.ts';
import type { OnProgress } from './model/progress.ts';
import { compareMotions } from './score/compare-motions.ts';
import { type FaceReading, readFaceSignals } from './score/face-signals.ts';
import { measureIdentity, type SeenFace } from './score/identity.ts';
import type { MotionScore } from './score/motion-score.ts';
import { readFacesClosely } from './score/read-closely.ts';
import { seeHands } from './score/see-hands.ts';
import { trackClip } from './track/track-clip.ts';

/** What to judge, and against what. */
export type ScoreOptions = {
  /** The clip that was to be followed; not needed when its motion is given. */
  referenceFile?: string;
  /** The clip's motion, when it was tracked before; saves half of the work. */
  motion?: Motion;
  resultFile: string;
  /** The picture of the character; without it, and without `seenFace`, identity is left out. */
  pictureFile?: string;
  /** The picture and the face found in it, when it was looked at before; null shows no face. */
  seenFace?: SeenFace | null;
  /** Look at no more than this many moments, evenly spread; see {@link scoreResult}. @default 90 */
  framesMax?: number;
  /** Threads beside this one, each with networks of its own. @default 0 */
  workers?: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
};

const FRAMES_MAX = 90;
/** Fewer moments could not tell a movement from chance. */
const FRAMES_MIN = 12;
/**
 * Likeness is measured on this many frames, those that are turned most as the picture is; a median
 * of fewer depends on which of them come to be chosen.
 */
const IDENTITY_FRAMES = 15;
const PICTURE_SIDE_MAX = 1280;
/** Shares of the work, for the progress: the two videos and the faces. */
const TRACKED_AT = 0.9;

/**
 * Scores a result against its reference.
 *
 * Every n-th frame of the reference is looked at, with the smallest n that gives at most
 * `framesMax` moments (an 8 s clip at 30 a second: n = 3, ten moments a second), and the same
 * moments of the result. A given motion was tracked more closely than the result will be; its paths
 * are a little calmer, which the tolerance of the jitter allows for.
 *
 * @throws MotionError those of `trackClip` for the reference, `clip_unreadable` for the result (a
 * result without a person is not an error but a score of 0); RangeError when neither reference nor
 * motion is given or `framesMax` is less than 12; the decoder's error for the picture; the signal's
 * reason when aborted
 */
export async function scoreResult(options: ScoreOptions): Promise<MotionScore> {
  const { referenceFile, resultFile, pictureFile, framesMax = FRAMES_MAX, signal } = options;
  if (!(framesMax >= FRAMES_MIN)) {
    throw new RangeError(`framesMax must be ${FRAMES_MIN} or more, not ${framesMax}.`);
  }
  const source = options.motion ?? (await readFacts(referenceFile));
  const fps = chooseRate(source.fps, source.durationMs, framesMax);
  const half = TRACKED_AT / 2;
  const onTracked = (from: number, to: number) => (fraction: number) =>
    options.onProgress?.(from + (to - from) * fraction);
  const track = (file: string, onProgress: OnProgress): Promise<Motion> =>
    trackClip(file, {
      fpsMax: fps,
      // `readFacesClosely` looks at them again.
      closeFaces: false,
      workers: options.workers ?? 0,
      onProgress,
      ...(signal ? { signal } : {}),
    });
  const closely = (file: string, motion: Motion) => readFacesClosely(file, motion, signal);
  // Of a given motion the pictures are not at hand: its eyes are taken to be seen.
  const { motion: reference, hiddenEyes: hiddenBefore } = options.motion
    ? { motion: options.motion, hiddenEyes: [] }
    : await closely(referenceFile!, await track(referenceFile!, onTracked(0, half)));
  signal?.throwIfAborted();
  const begin = options.motion ? 0 : half;
  const tracked = await track(resultFile, onTracked(begin, TRACKED_AT)).catch((error: unknown) =>
    emptyMotion(resultFile, error),
  );
  const { motion: result, hiddenEyes: hiddenAfter } = await closely(resultFile, tracked);
  signal?.throwIfAborted();
  const known = options.seenFace;
  const picture = known === undefined && pictureFile ? await findFace(pictureFile) : known;
  const identity = picture ? await compareWithPicture(picture, resultFile, result) : null;
  const hands = await seeHands(
    { file: options.motion ? undefined : referenceFile, motion: reference },
    { file: resultFile, motion: result },
    signal,
  );
  options.onProgress?.(1);
  const hiddenEyes = [...hiddenBefore, ...hiddenAfter];
  return compareMotions(reference, result, { fps, identity, hands, hiddenEyes });
}

async function readFacts(file: string | undefined): Promise<{ fps: number; durationMs: number }> {
  if (file === undefined) throw new RangeError('Give referenceFile or motion.');
  const clip = await openClip(file);
  clip.close();
  return clip;
}

/** The rate of every n-th frame. */
export function chooseRate(fps: number, durationMs: number, framesMax: number): number {
  const usual = Math.min(fps, 30);
  const frames = Math.max(1, Math.round((durationMs / 1000) * usual));
  return usual / Math.ceil(frames / framesMax);
}

/** A result in which nobody is found is a bad one, not a broken one. */
async function emptyMotion(file: string, error: unknown): Promise<Motion> {
  if (!(error instanceof MotionError) || error.finding.code !== 'no_person') throw error;
  const { width, height, fps, durationMs } = await openClip(file).then((clip) => {
    clip.close();
    return clip;
  });
  return { width, height, fps, durationMs, frames: [], findings: [error.finding] };
}

/** Null when the result shows no face. */
async function compareWithPicture(
  picture: SeenFace,
  resultFile: string,
  result: Motion,
): Promise<number | null> {
  const { triangles } = readFaceTopology();
  const likenesses: number[] = [];
  const clip = await openClip(resultFile);
  try {
    for (const index of chooseFrames(result, readFaceSignals(picture.face))) {
      const range = { fps: result.fps, fromIndex: index, toIndex: index + 1 };
      for await (const { image } of clip.frames(range)) {
        const likeness = measureIdentity(
          picture,
          { image, face: result.frames[index]!.face! },
          triangles,
        );
        if (likeness !== null) likenesses.push(likeness);
      }
    }
  } finally {
    clip.close();
  }
  return likenesses.length > 0 ? median(likenesses) : null;
}

async function findFace(pictureFile: string): Promise<SeenFace | null> {
  const image = await readPicture(pictureFile, {
    fit: { width: PICTURE_SIDE_MAX, height: PICTURE_SIDE_MAX },
  });
  const detectors = await openDetectors({ poseModel: 'full' });
  try {
    const body = await detectors.detectPose(image);
    const found = await detectors.detectFace(image, { pose: body?.pose ?? null });
    return found && { image, face: found.face };
  } finally {
    detectors.close();
  }
}

/** One frame of each of equal parts of the video: the one whose head is turned most alike. */
function chooseFrames({ frames }: Motion, picture: FaceReading): number[] {
  const turn = (reading: FaceReading): number =>
    Math.abs(reading.yaw - picture.yaw) + Math.abs(reading.pitch - picture.pitch);
  const seen = frames.flatMap(({ face }, index) =>
    face && !face.some(Number.isNaN) ? [{ index, away: turn(readFaceSignals(face)) }] : [],
  );
  const size = seen.length / IDENTITY_FRAMES;
  return Array.from({ length: IDENTITY_FRAMES }, (_, i) =>
    seen.slice(Math.floor(i * size), Math.floor((i + 1) * size)),
  ).flatMap((part) => {
    const best = part.toSorted((a, b) => a.away - b.away)[0];
    return best ? [best.index] : [];
  });
}
