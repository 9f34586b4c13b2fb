/**
 * Draws the opening of a mouth: the character's own, and over it that of the driver or one of our
 * own, as far as the driver's is not to be trusted; nothing of it pops.
 */

import type { RgbaImage } from '../model/image.ts';
import { type FacePerformance, INNER_LIPS } from '../model/performance.ts';
import { FACE, FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { smoothstep } from '../model/scalar.ts';
import { drawInside, type RestingFace } from './drawn-mouth.ts';
import { recolourMouth } from './mouth.ts';
import { type MouthReading, type TeethSeen, teethSeenIn, trustOf } from './mouth-reading.ts';
import { tightenRim } from './mouth-rim.ts';
import { readOwnMouth } from './own-mouth.ts';
import { drawTriangles, type Surface } from './raster.ts';
import { EDGE_REACH, laySoftly, mixColours, type Part, partWithin } from './soft-edge.ts';

/**
 * Of the flesh within the driver's rim this part becomes the character's own lip. All of it along
 * the mouth keeps teeth as wide as they are; from lip to lip the network would read small openings
 * as closed (correlation with the driver's on a painting 0.93 at 0.35, 0.94 at 0.2).
 */
const OWN_FLESH = { along: 0.8, down: 0.2 };
/**
 * An open mouth of the picture itself is seen until the lips are so many times as far apart as in
 * the picture, and is gone from there on: farther apart its teeth would be drawn out.
 */
const OWN_OPENING = [1, 1.2] as const;
const NONE_SEEN: TeethSeen = { shown: 0, filled: 0 };

/** The driver's mouth of a frame, and what is known of it. */
export type OpenMouth = { picture: RgbaImage; reading: MouthReading };

/** Paints the opening of a frame over its warped face; null keeps the own mouth. */
export type PaintMouth = (
  surface: Surface,
  target: Float32Array,
  mouth: FacePerformance['mouth'],
  open: OpenMouth | null,
) => void;

/**
 * Lays flesh that the network found in the driver's opening to the own lips, in place. It is looked
 * for among pixels; a mouth that has few of them does not tell where it is.
 *
 * @param target x and y of the face points
 */
export function tightenLips(target: Float32Array, { reading }: OpenMouth): void {
  const trust = trustOf(reading);
  const part = { along: trust * OWN_FLESH.along, down: trust * OWN_FLESH.down };
  tightenRim(target, reading.opening, part);
}

/**
 * Prepares the mouth of a character.
 *
 * @param own the texture that shows its face
 * @param source x and y of the face points in pixels of `own`
 * @param triangles those between the inner rims of the lips
 */
export function createMouthPainter(
  own: Surface,
  source: Float32Array,
  triangles: Uint16Array,
): PaintMouth {
  const resting: RestingFace = { own: readOwnMouth(own, source), places: source.slice() };
  const run = { textureX: 0, textureY: 0, triangles, firstTriangle: 0 };
  const opening = { ...run, triangleCount: triangles.length / 3 };
  return (surface, target, mouth, open) => {
    drawTriangles(surface, { ...opening, texture: own, source, target }, 'replace');
    const trust = mouth && open ? trustOf(open.reading) : 0;
    // A mouth that the driver has closed is only drawn over one that the picture has open.
    const wanted = mouth && open ? 1 : resting.own.openness;
    const strength = Math.max(trust, wanted - ownShare(target, resting));
    if (strength <= 0) return;
    const outline = INNER_LIPS.flatMap((point) => [target[point * 2]!, target[point * 2 + 1]!]);
    const part = partWithin(surface, outline);
    if (!part) return;
    if (trust < 1) drawInside(part, target, resting, open ? teethSeenIn(open.reading) : NONE_SEEN);
    if (mouth && open && trust > 0) {
      const { surface: texture, places } = recolourMouth(
        mouth,
        open.picture,
        open.reading,
        resting.own,
      );
      const borrowed = { ...part, pixels: part.pixels.slice() };
      const wider = widenOpening(target, part);
      drawTriangles(borrowed, { ...opening, texture, source: places, target: wider }, 'replace');
      blend(part, borrowed, trust);
    }
    laySoftly(surface, part, outline, strength);
  };
}

/** Takes a share of the colours of `over`, in place. */
function blend(part: Part, over: Part, share: number): void {
  for (const [i, pixel] of over.pixels.entries()) {
    part.pixels[i] = mixColours(part.pixels[i]!, pixel, share);
  }
}

/** How far an open mouth of the picture itself is seen, 0..1. */
function ownShare(target: Float32Array, { own }: RestingFace): number {
  const apart = (a: number, b: number): number =>
    Math.hypot(target[a * 2]! - target[b * 2]!, target[a * 2 + 1]! - target[b * 2 + 1]!);
  const eyes = Math.max(apart(FACE.rightEyeOuter, FACE.leftEyeOuter), 1e-6);
  const opening = apart(FACE.upperLip, FACE.lowerLip) / eyes;
  const [whole, gone] = OWN_OPENING;
  return own.openness * smoothstep(gone, whole, opening / Math.max(own.opening, 1e-6));
}

/** The rim in pixels of `part`, pushed outwards so far that the soft edge has its colours too. */
function widenOpening(target: Float32Array, part: Part): Float32Array {
  const wider = new Float32Array(FACE_LANDMARK_COUNT * 2);
  const count = INNER_LIPS.length;
  for (const [i, point] of INNER_LIPS.entries()) {
    const before = INNER_LIPS[(i + count - 1) % count]! * 2;
    const after = INNER_LIPS[(i + 1) % count]! * 2;
    const along = target[after]! - target[before]!;
    const down = target[after + 1]! - target[before + 1]!;
    const share = EDGE_REACH / Math.max(Math.hypot(along, down), 1e-6);
    wider[point * 2] = target[point * 2]! + share * down - part.x;
    wider[point * 2 + 1] = target[point * 2 + 1]! - share * along - part.y;
  }
  return wider;
}
