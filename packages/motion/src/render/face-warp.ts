/** Bends a face inside a texture to its target points, and lends it the driver's teeth. */

import type { RgbaImage } from '../model/image.ts';
import { type FacePerformance, INNER_LIPS } from '../model/performance.ts';
import { FACE, FACE_LANDMARK_COUNT, type Face } from '../model/pose.ts';
import { smoothstep } from '../model/scalar.ts';
import { drawInside, type RestingFace } from './drawn-mouth.ts';
import { createDrawnEyes } from './drawn-eyes.ts';
import { createEyes } from './eyes.ts';
import { createFaceMesh, type FaceMesh, type Ring, ringPoint } from './face-mesh.ts';
import { createLashLines } from './lash-line.ts';
import { recolourMouth } from './mouth.ts';
import { type MouthReading, type TeethSeen, teethSeenIn, trustOf } from './mouth-reading.ts';
import { tightenRim } from './mouth-rim.ts';
import { readOwnMouth } from './own-mouth.ts';
import { drawTriangles, keepTogether, type Surface, surfaceOf } from './raster.ts';
import { EDGE_REACH, laySoftly, mixColours, type Part, partWithin } from './soft-edge.ts';
import { settleLoose } from './unfold.ts';

/**
 * Of the flesh within the driver's rim this part becomes the character's own lip. All of it along
 * the mouth keeps teeth as wide as they are; from lip to lip the network would read small openings
 * as closed (correlation with the driver's on a painting 0.91, not 0.92).
 */
const OWN_FLESH = { along: 0.8, down: 0.35 };
/**
 * An open mouth of the picture itself is seen until the lips are so many times as far apart as in
 * the picture, and is gone from there on: farther apart its teeth would be drawn out.
 */
const OWN_OPENING = [1, 1.2] as const;
const NONE_SEEN: TeethSeen = { shown: 0, filled: 0 };

/**
 * Moves a place of the picture with the head as a whole, by the share `share`; in place at
 * `points[at]`.
 */
export type HeadMove = (points: Float32Array, at: number, share: number) => void;

/** The driver's mouth of a frame, and what is known of it. */
export type OpenMouth = { picture: RgbaImage; reading: MouthReading };

export type FaceWarp = {
  /** The texture as last painted; the same object for all frames. */
  surface: Surface;
  /**
   * Paints the face at its target points. `mouth` is the open picture of `face.mouth`, or null for
   * the own mouth; `move` moves the head in the picture, for characters without a body.
   */
  paint(face: FacePerformance, mouth: OpenMouth | null, move?: HeadMove): void;
};

/**
 * Prepares the warp of `face` inside `texture`, whose upper left corner lies at (`textureX`,
 * `textureY`) of the picture.
 */
export function createFaceWarp(
  face: Face,
  texture: RgbaImage,
  textureX: number,
  textureY: number,
  rings: readonly Ring[],
  eyeKind?: 'drawn',
): FaceWarp {
  const mesh = createFaceMesh(face, rings);
  const given = surfaceOf(texture);
  const [own = given, surface = given, shown = given] = keepTogether([given, given, given]);
  // In texture coordinates the canvas is the texture itself.
  const source = mesh.bind.map((value, i) => value - (i % 2 === 0 ? textureX : textureY));
  const target = new Float32Array(source.length);
  const eyes =
    eyeKind === 'drawn'
      ? createDrawnEyes(own, shown, source)
      : createEyes(face, own, shown, source);
  const eyePlaces = Float32Array.from(source);
  const drawLashes = eyeKind === 'drawn' ? null : createLashLines(own, source);
  const resting: RestingFace = { own: readOwnMouth(own, source), places: source.slice() };
  return {
    surface,
    paint(performance, mouth, move) {
      surface.pixels.set(own.pixels);
      placePoints(mesh, performance.points, move ?? null, target);
      for (let i = 0; i < target.length; i += 2) {
        target[i]! -= textureX;
        target[i + 1]! -= textureY;
      }
      // Lips that the network laid into the opening of the driver's belong to the own lips.
      if (performance.mouth && mouth) tightenRim(target, mouth.reading.opening, ownFlesh(mouth));
      eyes.look(performance.gaze ?? null);
      eyes.slide(target, eyePlaces);
      const run = { texture: eyes.skin, textureX: 0, textureY: 0, source, target, firstTriangle: 0 };
      const { triangles } = mesh;
      drawTriangles(surface, { ...run, triangles, triangleCount: triangles.length / 3 }, 'replace');
      const between = {
        ...run,
        texture: eyes.surface,
        source: eyePlaces,
        triangles: mesh.eyes,
        triangleCount: mesh.eyes.length / 3,
      };
      drawTriangles(surface, between, 'replace');
      drawLashes?.(surface, target);
      drawMouth(surface, own, mesh, resting, target, performance, mouth);
    },
  };
}

/** Target places of all points of the mesh in picture pixels. */
function placePoints(
  mesh: FaceMesh,
  points: Face,
  move: HeadMove | null,
  target: Float32Array,
): void {
  const { bind, oval, rings } = mesh;
  for (let point = 0; point < FACE_LANDMARK_COUNT; point += 1) {
    target[point * 2] = points[point * 3]!;
    target[point * 2 + 1] = points[point * 3 + 1]!;
  }
  settleLoose(target, mesh.loose);
  for (const [number, ring] of rings.entries()) {
    for (const [spoke, point] of oval.entries()) {
      const at = ringPoint(number, spoke, oval.length) * 2;
      for (const axis of [0, 1]) {
        const moved = target[point * 2 + axis]! - bind[point * 2 + axis]!;
        target[at + axis] = bind[at + axis]! + ring.share * moved;
      }
      move?.(target, at, ring.share);
    }
  }
  if (!move) return;
  for (let point = 0; point < FACE_LANDMARK_COUNT; point += 1) move(target, point * 2, 1);
}

/** Flesh is looked for among pixels; a mouth that has few of them does not tell where it is. */
function ownFlesh({ reading }: OpenMouth): typeof OWN_FLESH {
  const trust = trustOf(reading);
  return { along: trust * OWN_FLESH.along, down: trust * OWN_FLESH.down };
}

/**
 * Draws the opening of the mouth: the character's own drawn wide, and over it with a soft edge that
 * of the driver, or one of our own as far as the driver's is not to be trusted.
 */
function drawMouth(
  surface: Surface,
  own: Surface,
  mesh: FaceMesh,
  resting: RestingFace,
  target: Float32Array,
  { mouth }: FacePerformance,
  open: OpenMouth | null,
): void {
  const run = { textureX: 0, textureY: 0, triangles: mesh.mouth, firstTriangle: 0 };
  const opening = { ...run, triangleCount: mesh.mouth.length / 3 };
  drawTriangles(surface, { ...opening, texture: own, source: resting.places, target }, 'replace');
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
    const borrowed = { ...part, pixels: new Int32Array(part.pixels.length) };
    const wider = widenOpening(target, part);
    drawTriangles(borrowed, { ...opening, texture, source: places, target: wider }, 'replace');
    for (const [i, pixel] of borrowed.pixels.entries()) {
      // The corners of a part lie outside of the triangles.
      if (pixel !== 0) part.pixels[i] = mixColours(part.pixels[i]!, pixel, trust);
    }
  }
  laySoftly(surface, part, outline, strength);
}

/** How far an open mouth of the picture itself is seen, 0..1. */
function ownShare(target: Float32Array, { own }: RestingFace): number {
  const apart = (a: number, b: number): number =>
    Math.hypot(target[a * 2]! - target[b * 2]!, target[a * 2 + 1]! - target[b * 2 + 1]!);
  const eyes = Math.max(apart(FACE.rightEyeOuter, FACE.leftEyeOuter), 1e-6);
  const opening = apart(FACE.upperLip, FACE.lowerLip) / eyes;
  const [own0, gone] = OWN_OPENING;
  return own.openness * smoothstep(gone, own0, opening / Math.max(own.opening, 1e-6));
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
