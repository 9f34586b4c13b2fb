/** Takes back as much of a face's deformation as is needed so that no triangle turns over. */

import { FACE_LANDMARK_COUNT, type Face } from '../model/pose.ts';

/** A triangle may shrink to this share of its area. */
const AREA_SHARE_MIN = 0.06;
/** Triangles thinner than this in the source (pixels squared) have no side that could be turned. */
const AREA_MIN = 0.02;
const ROUNDS_MAX = 40;
const STEP = 0.82;

/**
 * Moves points of `target` back towards `source` until every triangle keeps its orientation in the picture plane.
 * Works in place. Points of turned triangles give way step by step; should that not be enough, all give way together.
 */
export function unfoldFace(source: Face, target: Face, triangles: Uint16Array): void {
  const share = new Float64Array(FACE_LANDMARK_COUNT).fill(1);
  const wanted = Float32Array.from(target);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const turned = findTurned(source, target, triangles);
    if (turned.length === 0) return;
    const touched = new Set<number>();
    for (const triangle of turned) {
      for (let corner = 0; corner < 3; corner += 1) touched.add(triangles[triangle * 3 + corner]!);
    }
    for (const point of touched) share[point]! *= STEP;
    moveBack(source, wanted, share, target);
  }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (findTurned(source, target, triangles).length === 0) return;
    for (let point = 0; point < share.length; point += 1) share[point]! *= STEP;
    moveBack(source, wanted, share, target);
  }
}

/** Numbers of the triangles that are turned over, or nearly, against `source`. */
export function findTurned(source: Face, target: Face, triangles: Uint16Array): number[] {
  const result: number[] = [];
  for (let i = 0; i < triangles.length; i += 3) {
    const a = triangles[i]! * 3;
    const b = triangles[i + 1]! * 3;
    const c = triangles[i + 2]! * 3;
    const before = area(source, a, b, c);
    if (Math.abs(before) < AREA_MIN) continue;
    if (area(target, a, b, c) * Math.sign(before) < AREA_SHARE_MIN * Math.abs(before)) {
      result.push(i / 3);
    }
  }
  return result;
}

function area(face: Face, a: number, b: number, c: number): number {
  const ax = face[a]!;
  const ay = face[a + 1]!;
  return (face[b]! - ax) * (face[c + 1]! - ay) - (face[b + 1]! - ay) * (face[c]! - ax);
}

function moveBack(source: Face, wanted: Face, share: Float64Array, target: Face): void {
  for (let point = 0; point < share.length; point += 1) {
    for (let i = point * 3; i < point * 3 + 3; i += 1) {
      target[i] = source[i]! + share[point]! * (wanted[i]! - source[i]!);
    }
  }
}
