/** Bends a face inside a texture to its target points, and lends it the driver's teeth. */

import type { RgbaImage } from '../model/image.ts';
import type { FacePerformance } from '../model/performance.ts';
import { FACE_LANDMARK_COUNT, type Face } from '../model/pose.ts';
import { createDrawnEyes } from './drawn-eyes.ts';
import { createEyes } from './eyes.ts';
import { createFaceMesh, type FaceMesh, type Ring, ringPoint } from './face-mesh.ts';
import { createLashLines } from './lash-line.ts';
import { createMouthPainter, type OpenMouth, tightenLips } from './open-mouth.ts';
import { drawTriangles, keepTogether, type Surface, surfaceOf } from './raster.ts';
import { settleLoose } from './unfold.ts';

/**
 * Moves a place of the picture with the head as a whole, by the share `share`; in place at
 * `points[at]`.
 */
export type HeadMove = (points: Float32Array, at: number, share: number) => void;

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
  const paintMouth = createMouthPainter(own, source, mesh.mouth);
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
      if (performance.mouth && mouth) tightenLips(target, mouth);
      eyes.look(performance.gaze ?? null);
      eyes.slide(target, eyePlaces);
      const run = {
        texture: eyes.skin,
        textureX: 0,
        textureY: 0,
        source,
        target,
        firstTriangle: 0,
      };
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
      paintMouth(surface, target, performance.mouth, mouth);
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
