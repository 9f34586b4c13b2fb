/**
 * Keeps the skin around a face from being drawn out: where the picture shows a cheek from the side,
 * or a forehead under hair, its points lie so close together that a turn or a brow would stretch
 * single pixels into stripes.
 */

import type { FaceTopology } from '../detect/face-topology.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import { FACE_LANDMARK_COUNT, FACE_STRIDE, type Face } from '../model/pose.ts';
import { clamp } from '../model/scalar.ts';
import { measureFace } from './faces.ts';

/** Skin becomes at most so many times as long, in any direction, as it is in the picture. */
const STRETCH_MAX = 1.4;
/** Slivers of skin may become so wide, as a share of the face's width: less cannot be seen. */
const SLIVER = 0.004;
/** Cheeks, forehead, brows and chin: so many points inwards from the outline. Lips may stretch. */
const RIM_STEPS = 3;
/** Each round hands what is too much on to the next points. */
const ROUNDS = 16;

/**
 * Between the brows and the outline lies much of a drawn brow, which a raised one would flatten.
 */
const SQUEEZE_MIN = 0.8;
const FOREHEAD = [71, 68, 104, 69, 108, 151, 337, 299, 333, 298, 301] as const;

/**
 * A corner of a triangle stays between `least` and `most` pixels from the line of the other two, on
 * the `side` where the picture has it: 1 or -1.
 */
type Tether = {
  corner: number;
  from: number;
  to: number;
  side: number;
  least: number;
  most: number;
};

/**
 * Makes a function that brings those points of a deformed copy of `source` nearer to each other, in
 * place, between which skin would be drawn out; the others keep their places. Position based
 * dynamics (Müller et al. 2007) of the heights of triangles: sides alone would not hold slivers.
 */
export function createStrainLimit(
  source: Face,
  { triangles, oval }: FaceTopology,
): (target: Face) => void {
  const tethers = findTethers(source, triangles, oval);
  return (target) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      let isCalm = true;
      for (const tether of tethers) if (pullBack(target, tether)) isCalm = false;
      if (isCalm) return;
    }
  };
}

function findTethers(source: Face, triangles: Uint16Array, oval: Uint16Array): Tether[] {
  const isRim = findRim(triangles, oval);
  const sliver = SLIVER * measureFace(source).width;
  const tethers: Tether[] = [];
  for (let i = 0; i < triangles.length; i += 3) {
    const corners = [...triangles.subarray(i, i + 3)];
    if (corners.some((point) => isRim[point] === 0)) continue;
    const isForehead = corners.some((point) => FOREHEAD.some((other) => other === point));
    for (const [k, corner] of corners.entries()) {
      const [from, to] = [corners[(k + 1) % 3]!, corners[(k + 2) % 3]!];
      const { height } = measureHeight(source, corner, from, to);
      const size = Math.abs(height);
      tethers.push({
        corner,
        from,
        to,
        side: Math.sign(height),
        least: isForehead && size > sliver ? SQUEEZE_MIN * size : Number.NEGATIVE_INFINITY,
        most: Math.max(STRETCH_MAX * size, sliver),
      });
    }
  }
  return tethers;
}

/** 1 for points near the outline; lids slide over their eyes and are left out. */
function findRim(triangles: Uint16Array, oval: Uint16Array): Uint8Array {
  let rim = new Uint8Array(FACE_LANDMARK_COUNT);
  for (const point of oval) rim[point] = 1;
  for (let step = 0; step < RIM_STEPS; step += 1) {
    const wider = Uint8Array.from(rim);
    for (let i = 0; i < triangles.length; i += 3) {
      const corners = triangles.subarray(i, i + 3);
      if (corners.some((point) => rim[point] === 1)) for (const point of corners) wider[point] = 1;
    }
    rim = wider;
  }
  for (const side of EYE_SIDES) {
    const { upper, lower, above, below } = EYE_RIMS[side];
    for (const point of [...upper, ...lower, ...above, ...below]) rim[point] = 0;
  }
  return rim;
}

/** Moves a corner and the line of the others to their distance; says whether that was needed. */
function pullBack(target: Face, { corner, from, to, side, least, most }: Tether): boolean {
  const { height, along, normalX, normalY } = measureHeight(target, corner, from, to);
  const wanted = side * clamp(side * height, Math.max(least, -most), most);
  if (wanted === height) return false;
  const way = (height - wanted) / (1 + along ** 2 + (1 - along) ** 2);
  const move = (point: number, share: number): void => {
    target[point * FACE_STRIDE]! += share * way * normalX;
    target[point * FACE_STRIDE + 1]! += share * way * normalY;
  };
  move(corner, -1);
  move(from, 1 - along);
  move(to, along);
  return true;
}

/**
 * How far a corner lies from the line of two others, in pixels to the side of the normal, and
 * above which part of the way between them, 0 to 1; as it is seen, depth does not count.
 */
function measureHeight(
  face: Face,
  corner: number,
  from: number,
  to: number,
): { height: number; along: number; normalX: number; normalY: number } {
  const [c, a, b] = [corner * FACE_STRIDE, from * FACE_STRIDE, to * FACE_STRIDE];
  const [dx, dy] = [face[b]! - face[a]!, face[b + 1]! - face[a + 1]!];
  const [px, py] = [face[c]! - face[a]!, face[c + 1]! - face[a + 1]!];
  const length = Math.max(Math.hypot(dx, dy), 1e-6);
  const [normalX, normalY] = [-dy / length, dx / length];
  const along = clamp((px * dx + py * dy) / length ** 2, 0, 1);
  return { height: px * normalX + py * normalY, along, normalX, normalY };
}
