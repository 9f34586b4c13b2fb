/**
 * The mesh of a face and its surroundings: the 468 points, the eyes, and rings that carry the
 * movement outwards.
 */

import { readFaceTopology } from '../detect/face-topology.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import { FACE_LANDMARK_COUNT, type Face } from '../model/pose.ts';
import { findLoose, type LoosePoints, settleLoose } from './unfold.ts';

/** One ring around the oval: its size against the oval, and its share of the oval's movement. */
export type Ring = { size: number; share: number };

/** In a head texture the movement dies out within the hair. */
export const HEAD_RINGS: readonly Ring[] = [
  { size: 1.18, share: 0.85 },
  { size: 1.45, share: 0.5 },
  { size: 1.8, share: 0.18 },
  { size: 2.2, share: 0 },
];

/** In a whole picture the head moves as one and the background gives way. */
export const PICTURE_RINGS: readonly Ring[] = [
  { size: 1.18, share: 1 },
  { size: 1.45, share: 0.95 },
  { size: 1.8, share: 0.7 },
  { size: 2.4, share: 0.3 },
  { size: 3.2, share: 0 },
];

/** Inner rims of the lips, from corner to corner; both rows share their ends. */
const MOUTH = {
  upper: [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
  lower: [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
};

export type FaceMesh = {
  /** Places in the picture of the face points, then of the rings from inside out. */
  bind: Float32Array;
  triangles: Uint16Array;
  /** Triangles between the lids; they are not part of `triangles`. */
  eyes: Uint16Array;
  /** Triangles of the opening of the mouth; they are not part of `triangles`. */
  mouth: Uint16Array;
  /** Points of the oval in walking order; spoke `i` of each ring belongs to `oval[i]`. */
  oval: Uint16Array;
  rings: readonly Ring[];
  /** Points that `bind` has between their neighbours, as they were folded over them. */
  loose: LoosePoints;
};

/** Builds the mesh over a face of the picture. */
export function createFaceMesh(face: Face, rings: readonly Ring[]): FaceMesh {
  const { triangles, oval } = readFaceTopology();
  const bind = new Float32Array((FACE_LANDMARK_COUNT + rings.length * oval.length) * 2);
  let centreX = 0;
  let centreY = 0;
  for (let point = 0; point < FACE_LANDMARK_COUNT; point += 1) {
    bind[point * 2] = face[point * 3]!;
    bind[point * 2 + 1] = face[point * 3 + 1]!;
  }
  for (const point of oval) {
    centreX += bind[point * 2]! / oval.length;
    centreY += bind[point * 2 + 1]! / oval.length;
  }
  for (const [number, ring] of rings.entries()) {
    for (const [spoke, point] of oval.entries()) {
      const at = ringPoint(number, spoke, oval.length) * 2;
      bind[at] = centreX + ring.size * (bind[point * 2]! - centreX);
      bind[at + 1] = centreY + ring.size * (bind[point * 2 + 1]! - centreY);
    }
  }
  const loose = findLoose(bind, triangles);
  settleLoose(bind, loose);
  return {
    bind,
    loose,
    triangles: Uint16Array.from([...ringTriangles(oval, rings.length), ...triangles]),
    eyes: Uint16Array.from(
      EYE_SIDES.flatMap((side) => stripTriangles(EYE_RIMS[side].upper, EYE_RIMS[side].lower)),
    ),
    mouth: Uint16Array.from(stripTriangles(MOUTH.upper, MOUTH.lower)),
    oval,
    rings,
  };
}

/** Index of a ring's point among the points of the mesh. */
export function ringPoint(ring: number, spoke: number, spokes: number): number {
  return FACE_LANDMARK_COUNT + ring * spokes + spoke;
}

function ringTriangles(oval: Uint16Array, rings: number): number[] {
  const spokes = oval.length;
  const result: number[] = [];
  for (let ring = 0; ring < rings; ring += 1) {
    for (let spoke = 0; spoke < spokes; spoke += 1) {
      const next = (spoke + 1) % spokes;
      const inner = ring === 0 ? oval[spoke]! : ringPoint(ring - 1, spoke, spokes);
      const innerNext = ring === 0 ? oval[next]! : ringPoint(ring - 1, next, spokes);
      const outer = ringPoint(ring, spoke, spokes);
      const outerNext = ringPoint(ring, next, spokes);
      result.push(inner, outer, outerNext, inner, outerNext, innerNext);
    }
  }
  return result;
}

/** Two triangles between each pair of neighbours of two rows that share their ends. */
function stripTriangles(upper: readonly number[], lower: readonly number[]): number[] {
  const result: number[] = [];
  for (let i = 0; i + 1 < upper.length; i += 1) {
    const [a, b, c, d] = [upper[i]!, upper[i + 1]!, lower[i]!, lower[i + 1]!];
    if (a !== c) result.push(a, b, c);
    if (b !== d) result.push(b, d, c);
  }
  return result;
}
