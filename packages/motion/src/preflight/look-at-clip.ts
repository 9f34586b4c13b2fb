/** Finds out in seconds what a clip shows, by its cuts and by some moments spread over it. */

import type { DetectedPose, Detectors } from '../detect/detectors.ts';
import { type Clip, type ClipFrame, openClip } from '../media/clip.ts';
import { makeColourWatch, mayBeCut, standsOut } from '../model/colour-watch.ts';
import type { RgbaImage } from '../model/image.ts';
import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { POSE, type Pose } from '../model/pose.ts';
import { isAnotherShot, isSamePerson, measureTorso } from '../model/same-person.ts';
import { findSmallPerson } from './find-small-person.ts';
import { measurePerson } from './measure-person.ts';
import type { ClipMoment, ClipSight } from './sights.ts';

/** Moments that are looked at, at most, and how far they are apart at least. */
const MOMENTS_MAX = 16;
const MOMENT_GAP_MS_MIN = 250;
/**
 * Larger frames are shrunk to this longer side. Less would do for bodies and colours, but making a
 * frame smaller takes as long as looking at it as it is.
 */
const SIDE_MAX = 1920;
/** Faster clips are looked at this often a second. */
const FPS_MAX = 30;
/** A clip of colourful flashes costs no more than this many looks beside its moments. */
const CUTS_LOOKED_AT_MAX = 12;
/** Moments whose parts are searched while nobody was found in any. */
const SMALL_SEARCHES_MAX = 3;
/** A change that may be noise when a point is hardly seen. */
const SEEN_MIN = 0.5;

const TIPS = [POSE.leftWrist, POSE.rightWrist, POSE.leftAnkle, POSE.rightAnkle];

type Jump = { timeMs: number; change: number; before: number; hasJumped: boolean };

/**
 * Decodes the whole clip once; bodies are looked for at the moments and where the
 * colours jump.
 *
 * @throws MotionError `clip_unreadable` or `clip_too_large`; the signal's reason when aborted
 */
export async function lookAtClip(
  file: string,
  detectors: Detectors,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ClipSight> {
  const clip = await openClip(file);
  try {
    return await walk(clip, detectors, signal);
  } finally {
    clip.close();
  }
}

async function walk(
  clip: Clip,
  detectors: Detectors,
  signal: AbortSignal | undefined,
): Promise<ClipSight> {
  const fps = Math.min(FPS_MAX, clip.fps);
  const isMoment = planMoments(clip.durationMs, fps);
  const shrink = Math.min(1, SIDE_MAX / Math.max(clip.width, clip.height));
  const size = {
    width: Math.max(1, Math.round(clip.width * shrink)),
    height: Math.max(1, Math.round(clip.height * shrink)),
  };
  const watchColours = makeColourWatch();
  const changes: number[] = [];
  const jumps: (Jump & { index: number })[] = [];
  const moments: ClipMoment[] = [];
  let smallShare: number | null = null;
  let searches = 0;
  let last: ClipFrame | null = null;
  let body: DetectedPose | null = null;
  for await (const frame of clip.frames({ fps, size, hasRoughColours: true })) {
    signal?.throwIfAborted();
    const change = watchColours(frame.image) ?? 0;
    changes.push(change);
    if (last && mayBeCut(change) && jumps.length < CUTS_LOOKED_AT_MAX) {
      const hasJumped = await hasAnotherShot(detectors, last.image, frame.image);
      jumps.push({ ...frame, change, before: changes.at(-2) ?? 0, hasJumped });
    }
    // The body of a moment is followed into the next frame, which tells how fast it moves.
    if (body) addSpeed(moments.at(-1)!, body, await followOn(detectors, frame, body), fps);
    body = null;
    if (isMoment(frame.index)) {
      const seen = await lookAtMoment(detectors, frame);
      moments.push(seen.moment);
      body = seen.body;
      const isEmpty = moments.every(({ person, hasFace }) => person === null && !hasFace);
      if (isEmpty && searches < SMALL_SEARCHES_MAX) {
        searches += 1;
        smallShare ??= await findSmallPerson(detectors, frame.image);
      }
    }
    last = frame;
  }
  const cuts = jumps.filter(
    ({ index, change, before, hasJumped }) =>
      hasJumped && standsOut(change, before, changes[index + 1] ?? 0),
  );
  const isEmpty = moments.every(({ person, hasFace }) => person === null && !hasFace);
  return {
    moments,
    smallShare: isEmpty ? smallShare : null,
    cutsMs: cuts.map(({ timeMs }) => Math.round(timeMs)),
  };
}

/** In the middles of equal stretches, so that the last moment has a frame after it. */
function planMoments(durationMs: number, fps: number): (index: number) => boolean {
  const count = Math.max(1, Math.min(MOMENTS_MAX, Math.floor(durationMs / MOMENT_GAP_MS_MIN)));
  const wanted = new Set(
    Array.from({ length: count }, (_, i) =>
      Math.floor((((i + 0.5) / count) * durationMs * fps) / 1000),
    ),
  );
  return (index) => wanted.has(index);
}

async function lookAtMoment(
  detectors: Detectors,
  { image, timeMs }: ClipFrame,
): Promise<{ moment: ClipMoment; body: DetectedPose | null }> {
  const body = await detectors.detectPose(image);
  const face = await detectors.detectFace(image, { pose: body?.pose ?? null });
  return {
    body,
    moment: {
      timeMs,
      person: body && measurePerson(body.pose, image.width, image.height),
      hasFace: face !== null,
      personCount: body?.personCount ?? 0,
      speed: null,
    },
  };
}

async function followOn(
  detectors: Detectors,
  { image }: ClipFrame,
  { region }: DetectedPose,
): Promise<Pose | null> {
  return (await detectors.detectPose(image, { near: region }))?.pose ?? null;
}

function addSpeed(moment: ClipMoment, from: DetectedPose, to: Pose | null, fps: number): void {
  if (to === null || !isSamePerson(from.pose, to)) return;
  const steps = TIPS.flatMap((tip) => {
    const [a, b] = [landmarkAt(from.pose, tip), landmarkAt(to, tip)];
    const isSeen = Math.min(a.visibility, b.visibility) >= SEEN_MIN;
    return isSeen ? [distanceBetween(a, b)] : [];
  });
  if (steps.length > 0) moment.speed = (Math.max(...steps) / measureTorso(from.pose)) * fps;
}

async function hasAnotherShot(
  detectors: Detectors,
  before: RgbaImage,
  after: RgbaImage,
): Promise<boolean> {
  const one = await detectors.detectPose(before);
  const other = await detectors.detectPose(after);
  return isAnotherShot(one?.pose ?? null, other?.pose ?? null);
}
