/**
 * Motion blur from the true movement: the puppet is drawn several times between two frames, and the
 * light of all of them is added up, as in a camera whose shutter stays open.
 */

import { wrapAngle } from '../model/angles.ts';
import { createFilm, type Film } from '../model/film.ts';
import type { RgbaImage } from '../model/image.ts';
import type { BorrowedHand, Performance, PerformanceFrame } from '../model/performance.ts';
import { viewPixels } from '../model/pixels.ts';
import { clamp, mix } from '../model/scalar.ts';

/** Share of the time between two frames for which the shutter is open at a strength of 1. */
const SHUTTER = 0.7;
/** Longest way of a joint from one drawing to the next, over the shorter side. */
const STEP = 0.007;
/** Most drawings of a frame: a faster joint shows gaps rather than cost still more. */
const DRAWINGS_MAX = 10;
/** A joint that goes further than this from frame to frame, over the shorter side, is a cut. */
const CUT = 0.35;

/** A performance with every drawing, and how many of them make each frame. */
export type OpenShutter = { performance: Performance; counts: number[] };

/**
 * Adds drawings before and after each frame, the more the faster the puppet moves then; a puppet
 * that stands still costs nothing.
 */
export function openShutter(performance: Performance, strength: number): OpenShutter {
  const { frames } = performance;
  const shorter = Math.min(performance.width, performance.height);
  const open = Math.min(1, SHUTTER * strength);
  const frameGroups = frames.map(({ sweep: _, ...frame }, index) => {
    const before = frames[index - 1] ?? frame;
    const after = frames[index + 1] ?? frame;
    const way = Math.max(longestWay(before, frame), longestWay(frame, after)) / shorter;
    if (way > CUT) return [frame];
    const count = clamp(Math.ceil((open * way) / STEP), 1, DRAWINGS_MAX);
    return Array.from({ length: count }, (_, at) => {
      const moment = open * ((at + 0.5) / count - 0.5);
      return moment < 0 ? between(frame, before, -moment) : between(frame, after, moment);
    });
  });
  return {
    performance: { ...performance, frames: frameGroups.flat() },
    counts: frameGroups.map(({ length }) => length),
  };
}

function longestWay(a: PerformanceFrame, b: PerformanceFrame): number {
  let longest = 0;
  for (let at = 0; at < a.joints.length; at += 2) {
    const way = Math.hypot(a.joints[at]! - b.joints[at]!, a.joints[at + 1]! - b.joints[at + 1]!);
    longest = Math.max(longest, way);
  }
  return longest;
}

/** Everything that moves, on its way from one frame to another; the rest as in the first. */
function between(from: PerformanceFrame, to: PerformanceFrame, share: number): PerformanceFrame {
  if (share === 0) return from;
  return {
    ...from,
    joints: mixAll(from.joints, to.joints, share),
    head: {
      yaw: mix(from.head.yaw, to.head.yaw, share),
      pitch: mix(from.head.pitch, to.head.pitch, share),
      roll: mix(from.head.roll, to.head.roll, share),
    },
    headScale: mix(from.headScale, to.headScale, share),
    bodyScale: mix(from.bodyScale, to.bodyScale, share),
    face:
      from.face && to.face
        ? { ...from.face, points: mixAll(from.face.points, to.face.points, share) }
        : from.face,
    ...(from.hands ? { hands: from.hands.map((hand) => moveHand(hand, to.hands, share)) } : {}),
  };
}

/** A borrowed hand goes along with the arm it hangs on; what it shows is that of its frame. */
function moveHand(
  hand: BorrowedHand,
  others: readonly BorrowedHand[] | undefined,
  share: number,
): BorrowedHand {
  const other = others?.find(({ side }) => side === hand.side);
  if (!other) return hand;
  const turn = wrapAngle(other.rotation - hand.rotation);
  return {
    ...hand,
    place: {
      x: mix(hand.place.x, other.place.x, share),
      y: mix(hand.place.y, other.place.y, share),
    },
    rotation: hand.rotation + share * turn,
  };
}

function mixAll(from: Float32Array, to: Float32Array, share: number): Float32Array {
  return from.map((value, at) => mix(value, to[at]!, share));
}

/** Adds up drawings to frames. Each frame's memory is reused for the next one. */
export async function* exposeFrames(
  drawings: AsyncIterable<RgbaImage>,
  counts: readonly number[],
): AsyncGenerator<RgbaImage, void> {
  let film: Film | null = null;
  let image: RgbaImage | null = null;
  let index = 0;
  let exposed = 0;
  for await (const drawing of drawings) {
    const count = counts[index] ?? 1;
    if (count === 1) {
      index++;
      yield drawing;
      continue;
    }
    const pixels = viewPixels(drawing);
    film ??= createFilm(pixels.length);
    image ??= { ...drawing, data: new Uint8Array(drawing.data.length) };
    film.expose(pixels);
    exposed++;
    if (exposed < count) continue;
    film.develop(count, viewPixels(image));
    yield image;
    exposed = 0;
    index++;
  }
}
