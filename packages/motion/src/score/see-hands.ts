/** Looks for the hands of two videos at equal moments, so that they can be compared. */

import { findHand } from '../detect/find-hand.ts';
import { type HandLandmarker, openHandLandmarker } from '../detect/hand-landmarks.ts';
import { type Clip, openClip } from '../media/clip.ts';
import { type Hand, SIDES, type Side } from '../model/hand.ts';
import type { RgbaImage } from '../model/image.ts';
import type { Motion, MotionFrame } from '../model/motion.ts';
import type { Pose } from '../model/pose.ts';
import type { HandPair } from './compare-hands.ts';

/** Hands are looked at in at most this many moments: each costs about 0.1 s of computing. */
const HAND_MOMENTS_MAX = 32;
/** Frames of two videos that are this far apart do not show the same moment. */
const APART_MS_MAX = 20;

/** A video and what was found in it. */
export type TrackedVideo = { file: string; motion: Motion };

/**
 * The hands of the reference, and those of the result at the same times.
 *
 * @param reference without a file only those hands count that its motion has
 */
export async function seeHands(
  reference: { file?: string | undefined; motion: Motion },
  result: TrackedVideo,
  signal?: AbortSignal,
): Promise<HandPair[]> {
  const isFollowed = reference.motion.frames.some(hasHands);
  if (!isFollowed && reference.file === undefined) return [];
  const moments = chooseMoments(reference.motion, result.motion, isFollowed);
  if (moments.length === 0) return [];
  const landmarker = await openHandLandmarker();
  const open: Clip[] = [];
  try {
    const view = async (file: string): Promise<Clip> => {
      const clip = await openClip(file);
      open.push(clip);
      return clip;
    };
    const resultClip = await view(result.file);
    const referenceClip = isFollowed ? null : await view(reference.file!);
    const pairs: HandPair[] = [];
    for (const { wanted, given } of moments) {
      signal?.throwIfAborted();
      const shown =
        referenceClip === null
          ? sightedHands(reference.motion.frames[wanted]!)
          : await readHands(landmarker, referenceClip, reference.motion, wanted, SIDES);
      const sides = SIDES.filter((side) => shown[side]);
      if (sides.length === 0) continue;
      const found = await readHands(landmarker, resultClip, result.motion, given, sides);
      pairs.push(
        ...sides.map((side) => ({ reference: shown[side]!, result: found[side] ?? null })),
      );
    }
    return pairs;
  } finally {
    for (const clip of open) clip.close();
    landmarker.close();
  }
}

type Hands = Partial<Record<Side, Hand>>;

function hasHands({ hands }: MotionFrame): boolean {
  return Boolean(hands?.left || hands?.right);
}

function sightedHands({ hands }: MotionFrame): Hands {
  return Object.fromEntries(
    SIDES.flatMap((side) => (hands?.[side] ? [[side, hands[side].hand]] : [])),
  );
}

/** Evenly spread over those at which both show a body. */
function chooseMoments(
  reference: Motion,
  result: Motion,
  isFollowed: boolean,
): { wanted: number; given: number }[] {
  const all = result.frames.flatMap(({ timeMs }, given) => {
    const wanted = Math.round((timeMs / 1000) * reference.fps);
    const frame = reference.frames[wanted];
    if (!frame?.pose || Math.abs(frame.timeMs - timeMs) > APART_MS_MAX) return [];
    return !isFollowed || hasHands(frame) ? [{ wanted, given }] : [];
  });
  const step = Math.max(1, all.length / HAND_MOMENTS_MAX);
  return Array.from(
    { length: Math.min(all.length, HAND_MOMENTS_MAX) },
    (_, i) => all[Math.floor(i * step)]!,
  );
}

async function readHands(
  landmarker: HandLandmarker,
  clip: Clip,
  { frames, fps }: Motion,
  index: number,
  sides: readonly Side[],
): Promise<Hands> {
  const pose = frames[index]?.pose ?? null;
  if (pose === null) return {};
  const found: Hands = {};
  for await (const { image } of clip.frames({ fps, fromIndex: index, toIndex: index + 1 })) {
    for (const side of sides) {
      const hand = await readHand(landmarker, image, pose, side);
      if (hand) found[side] = hand;
    }
  }
  return found;
}

/** Read once more around what was found, as a hand is that is followed through a clip. */
async function readHand(
  landmarker: HandLandmarker,
  image: RgbaImage,
  pose: Pose,
  side: Side,
): Promise<Hand | null> {
  const rough = await findHand(landmarker, image, { pose, side, near: null });
  const fine = rough && (await findHand(landmarker, image, { pose, side, near: rough.hand }));
  return fine?.hand ?? null;
}
