/**
 * The first stage: turns a clip into the movement of its person, in worker threads, without keeping
 * its pictures.
 */

import type { PoseModel } from '../detect/model-files.ts';
import type { Region } from '../detect/region.ts';
import { countFrames, openClip } from '../media/clip.ts';
import { type Finding, MotionError } from '../model/finding.ts';
import type { Motion, MotionFrame } from '../model/motion.ts';
import type { OnProgress } from '../model/progress.ts';
import { isSamePerson } from '../model/same-person.ts';
import { cleanFaces, cleanPoses } from './clean-paths.ts';
import { cleanShots, findCuts, tellCuts } from './cuts.ts';
import { mouthNear } from './mouth.ts';
import { runHere, runWorker } from './run-worker.ts';
import { bridgeRepeats, densifySeries, firstOfShot, type Series } from './series.ts';
import { chooseStep, type FrameRange, splitFrames } from './split-frames.ts';
import { type FaceFrame, lookAtFaces } from './track-faces.ts';
import { trackHands } from './track-hands.ts';
import type { RangeJob, TrackedFrame } from './track-range.ts';

/** How closely to look, and with how many threads. */
export type TrackOptions = {
  /** Frames a second of the motion, at most. @default 30 */
  fpsMax?: number;
  /** Network for the body. @default 'full' */
  poseModel?: PoseModel;
  /**
   * Look only at every n-th frame and interpolate the others, at most 4; 2 saves nearly half of the
   * time. Slow clips are looked at more closely, as `chooseStep` says. @default 1
   */
  everyNthFrame?: number;
  /** Looks for hands and cuts them out, so that a character can borrow them. @default false */
  hands?: boolean;
  /**
   * Threads, each with its own networks and decoder; 0 does all but the hands in this thread, which
   * spares a short look the start of another. @default 2
   */
  workers?: number;
  /**
   * Reads a large face in every frame, and closely; false takes it as it was seen with the body.
   * @default true
   */
  closeFaces?: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
};

/** A motion holds at most this many frames: ten minutes at 30 a second. */
const MOTION_FRAMES_MAX = 18_000;

/** Looking more seldom would miss whole gestures. */
const EVERY_NTH_FRAMES: readonly number[] = [1, 2, 3, 4];

/** How much of the whole following the body is, when hands are followed after it. */
const BODY_PART = 0.6;

/** With a body or a face in less than this part of the frames there is no motion to transfer. */
const PERSON_PART_MIN = 0.1;

/**
 * A clip with bodies in at least this part of its frames is judged by its bodies, any other by its
 * faces.
 */
const BODY_PART_MIN = 0.5;

/**
 * Tracks the person of a clip.
 *
 * @throws MotionError `no_person` when hardly any frame shows a body or a face, `clip_too_long`
 * above {@link MOTION_FRAMES_MAX} frames, and those of `openClip`; the signal's reason when aborted
 */
export async function trackClip(file: string, options: TrackOptions = {}): Promise<Motion> {
  if (!options.hands) return await trackPerson(file, options);
  const { onProgress } = options;
  const motion = await trackPerson(file, {
    ...options,
    onProgress: (fraction) => onProgress?.(BODY_PART * fraction),
  });
  const withHands = await trackHands(file, motion, {
    ...options,
    onProgress: (fraction) => onProgress?.(BODY_PART + (1 - BODY_PART) * fraction),
  });
  return withHands ?? motion;
}

async function trackPerson(file: string, options: TrackOptions): Promise<Motion> {
  const { fpsMax = 30, poseModel = 'full', everyNthFrame = 1, workers = 2, signal } = options;
  if (!EVERY_NTH_FRAMES.includes(everyNthFrame)) {
    throw new RangeError(`everyNthFrame must be 1 to 4, not ${everyNthFrame}.`);
  }
  const facts = await readFacts(file);
  const fps = Math.min(facts.fps, fpsMax);
  const frameCount = countFrames(facts.durationMs, fps);
  if (frameCount > MOTION_FRAMES_MAX) throw tooLong(frameCount);
  const step = chooseStep(fps, everyNthFrame);
  const lookFps = fps / step;
  const job = { file, fps: lookFps, poseModel };
  const looked = await trackAll(job, countFrames(facts.durationMs, lookFps), workers, options);
  const look = { ...facts, file, fps, frameCount, step, workers };
  const close =
    options.closeFaces === false
      ? { step, frames: looked }
      : await lookAtFaces(looked, { ...look, ...(signal ? { signal } : {}) });
  const cuts = findCuts(looked);
  const poses = cleanPath(looked, 'pose', cuts, (shot) => cleanPoses(shot, lookFps));
  const faceFps = fps / close.step;
  const faceCuts = cuts.map((cut) => firstOfShot(cut, step / close.step));
  const faces = cleanPath(close.frames, 'face', faceCuts, (shot) => cleanFaces(shot, faceFps));
  const facesLooked = looked.map((_, i) => faces[(i * step) / close.step] ?? null);
  const findings = judge(poses, facesLooked, looked, lookFps);
  findings.push(...tellCuts(cuts.map((index) => index / lookFps)));
  const seen = carryFaces(close.frames);
  const faceGrid = { step: close.step, frameCount, fps, cuts: faceCuts };
  return {
    ...facts,
    fps,
    frames: assemble(poses, { step, frameCount, fps, cuts }, { faces, seen, grid: faceGrid }),
    ...(cuts.length > 0 ? { cuts: cuts.map((index) => firstOfShot(index, step)) } : {}),
    findings,
  };
}

/** The path of body or face: still over repeated frames, each shot cleaned alone. */
function cleanPath<Part extends string>(
  frames: readonly (({ isRepeat: boolean } & { [part in Part]: Float32Array | null }) | null)[],
  part: Part,
  cuts: readonly number[],
  clean: (shot: Series) => Series,
): Series {
  const isRepeat = frames.map((frame) => frame?.isRepeat ?? false);
  return cleanShots(
    frames.map((frame) => frame?.[part] ?? null),
    cuts,
    (shot, from) => clean(bridgeRepeats(shot, isRepeat.slice(from, from + shot.length))),
  );
}

/** What was seen of each face; a repeated frame shows what the frame before it did. */
function carryFaces(frames: readonly (FaceFrame | null)[]): (FaceFrame | null)[] {
  let last: FaceFrame | null = null;
  return frames.map((frame) => {
    if (!frame?.isRepeat) last = frame;
    return last;
  });
}

async function readFacts(
  file: string,
): Promise<Pick<Motion, 'width' | 'height' | 'fps' | 'durationMs'>> {
  const clip = await openClip(file);
  clip.close();
  const { width, height, fps, durationMs } = clip;
  return { width, height, fps, durationMs };
}

/**
 * Splits the frames among the workers; a worker that followed another person than the one before it
 * starts again from there.
 */
async function trackAll(
  common: Pick<RangeJob, 'file' | 'fps' | 'poseModel'>,
  frameCount: number,
  workers: number,
  { onProgress, signal }: TrackOptions,
): Promise<(TrackedFrame | null)[]> {
  let done = 0;
  const onFrame = () => {
    done += 1;
    onProgress?.(Math.min(1, done / frameCount));
  };
  // One failed range ends the others too.
  const stop = new AbortController();
  const anySignal = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  const follow = workers === 0 ? runHere : runWorker;
  const run = (range: FrameRange, seed: Region | null) =>
    follow('person', { ...common, ...range, seed }, { signal: anySignal, onFrame });
  const ranges = splitFrames(frameCount, workers);
  const running = ranges.map((range) => run(range, null));
  try {
    const parts = await Promise.all(running);
    for (let i = 1; i < parts.length; i += 1) {
      const seed = findSeed(parts[i - 1]!, parts[i]!);
      if (seed === null) continue;
      // Begun from a seed, the range has no frame before it to tell a cut by.
      const colourChange = parts[i]![0]?.colourChange ?? null;
      const [first, ...rest] = await run(ranges[i]!, seed);
      parts[i] = first ? [{ ...first, colourChange }, ...rest] : rest;
    }
    return placeFrames(parts.flat(), frameCount);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
}

/**
 * Where the earlier part left its person, if the later part began with somebody else; else null.
 */
function findSeed(earlier: TrackedFrame[], later: TrackedFrame[]): Region | null {
  const last = earlier.findLast((frame) => !frame.isRepeat);
  const first = later.find((frame) => !frame.isRepeat);
  if (!last?.pose || !first?.pose || isSamePerson(last.pose, first.pose)) return null;
  return last.region;
}

function placeFrames(frames: TrackedFrame[], frameCount: number): (TrackedFrame | null)[] {
  const placed: (TrackedFrame | null)[] = new Array(frameCount).fill(null);
  for (const frame of frames) placed[frame.index] = frame;
  return placed;
}

function judge(
  poses: Series,
  faces: Series,
  looked: readonly (TrackedFrame | null)[],
  fps: number,
): Finding[] {
  const bodyCount = poses.filter((pose) => pose !== null).length;
  const seenCount = poses.filter((pose, i) => pose !== null || faces[i]).length;
  const total = poses.length;
  if (seenCount < PERSON_PART_MIN * total) throw noPerson(seenCount, total);
  const findings: Finding[] = [];
  const lostCount = total - (bodyCount >= BODY_PART_MIN * total ? bodyCount : seenCount);
  if (lostCount > 0) findings.push(personLost(lostCount / fps));
  const people = Math.max(0, ...looked.map((frame) => frame?.personCount ?? 0));
  if (people > 1) findings.push(severalPeople(people));
  return findings;
}

function tooLong(frameCount: number): MotionError {
  return new MotionError({
    code: 'clip_too_long',
    severity: 'error',
    message: `The clip has ${frameCount} frames; at most ${MOTION_FRAMES_MAX} can be tracked.`,
    value: frameCount,
  });
}

function noPerson(seenCount: number, total: number): MotionError {
  return new MotionError({
    code: 'no_person',
    severity: 'error',
    message:
      `A person was found in ${seenCount} of ${total} frames of the clip; ` +
      'use one that shows a person or a face.',
    value: seenCount / total,
  });
}

function personLost(seconds: number): Finding {
  return {
    code: 'person_lost',
    severity: 'warning',
    message: `The person is not seen for ${seconds.toFixed(1)} s; the character rests there.`,
    value: Math.round(seconds * 100) / 100,
  };
}

function severalPeople(count: number): Finding {
  return {
    code: 'several_people',
    severity: 'warning',
    message: `The clip shows ${count} people; the motion of the most prominent one was taken.`,
    value: count,
  };
}

/** `step` frames of the motion for each one that was looked at; `cuts` counts those looked at. */
type Grid = { step: number; frameCount: number; fps: number; cuts: readonly number[] };

/** Clean faces and what was seen on them, on a grid of their own. */
type SeenFaces = { faces: Series; seen: (FaceFrame | null)[]; grid: Grid };

function assemble(
  poses: Series,
  { step, frameCount, fps, cuts }: Grid,
  { faces, seen, grid }: SeenFaces,
): MotionFrame[] {
  const allPoses = densifySeries(poses, step, frameCount, cuts);
  const allFaces = densifySeries(faces, grid.step, frameCount, grid.cuts);
  return allPoses.map((pose, i) => {
    const face = allFaces[i] ?? null;
    const at = Math.min(Math.round(i / grid.step), seen.length - 1);
    const near = seen[at] ?? null;
    return {
      timeMs: (i * 1000) / fps,
      pose,
      face,
      mouth: face && mouthNear(seen, at, face),
      ...(face && near?.gaze ? { gaze: near.gaze } : {}),
    };
  });
}
