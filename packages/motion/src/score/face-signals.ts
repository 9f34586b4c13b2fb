/** Turns a face into the few numbers that make its expression, free of place, size and turn. */

import { FACE, FACE_STRIDE, type Face } from '../model/pose.ts';
import type { FaceSignal } from './motion-score.ts';

export type FaceReading = Record<FaceSignal, number>;

type Vector = readonly [x: number, y: number, z: number];

/** Pairs of points on both sides of the face, right first, that no expression moves much. */
const ACROSS: readonly (readonly [right: number, left: number])[] = [
  [FACE.rightSide, FACE.leftSide],
  [FACE.rightEyeOuter, FACE.leftEyeOuter],
  [127, 356],
];
/** From the forehead to the bridge of the nose. */
const DOWN: readonly (readonly [top: number, bottom: number])[] = [
  [FACE.forehead, 195],
  [151, 197],
];
const RIGHT_BROW: readonly number[] = [63, 105, 66, 70, 107];
const LEFT_BROW: readonly number[] = [293, 334, 296, 300, 336];

const DEGREES = 180 / Math.PI;

/**
 * Openings and widths are distances in space over the distance of the outer corners of the eyes
 * (lids: over the width of their eye); the height of the brows is measured along the face. Angles
 * are degrees of the head's own axes: `yaw` about the vertical, `pitch` about the line through the
 * ears, `roll` in the picture.
 */
export function readFaceSignals(face: Face): FaceReading {
  const across = axis(face, ACROSS);
  const slanted = axis(face, DOWN);
  const along = dot(slanted, across);
  const down = unit(subtract(slanted, across, along));
  const eyes = Math.max(distance(face, FACE.rightEyeOuter, FACE.leftEyeOuter), 1e-6);
  const lid = (top: number, bottom: number, inner: number, outer: number): number =>
    distance(face, top, bottom) / Math.max(distance(face, inner, outer), 1e-6);
  const brow = (points: readonly number[], inner: number, outer: number): number => {
    const eye = mean(face, [inner, outer]);
    return dot(subtract(eye, mean(face, points), 1), down) / eyes;
  };
  const right = brow(RIGHT_BROW, FACE.rightEyeInner, FACE.rightEyeOuter);
  const left = brow(LEFT_BROW, FACE.leftEyeInner, FACE.leftEyeOuter);
  return {
    mouthOpening: distance(face, FACE.upperLip, FACE.lowerLip) / eyes,
    mouthWidth: distance(face, FACE.mouthRight, FACE.mouthLeft) / eyes,
    leftLid: lid(FACE.leftEyeTop, FACE.leftEyeBottom, FACE.leftEyeInner, FACE.leftEyeOuter),
    rightLid: lid(FACE.rightEyeTop, FACE.rightEyeBottom, FACE.rightEyeInner, FACE.rightEyeOuter),
    browHeight: (right + left) / 2,
    yaw: Math.atan2(across[2], across[0]) * DEGREES,
    pitch: Math.atan2(down[2], down[1]) * DEGREES,
    roll: Math.atan2(across[1], across[0]) * DEGREES,
  };
}

function axis(face: Face, pairs: readonly (readonly [number, number])[]): Vector {
  const sum: [number, number, number] = [0, 0, 0];
  for (const [from, to] of pairs) {
    const step = unit(subtract(pointAt(face, to), pointAt(face, from), 1));
    for (let i = 0; i < 3; i += 1) sum[i]! += step[i]!;
  }
  return unit(sum);
}

function mean(face: Face, points: readonly number[]): Vector {
  const sum: [number, number, number] = [0, 0, 0];
  for (const point of points) {
    for (let i = 0; i < 3; i += 1) sum[i]! += face[point * FACE_STRIDE + i]! / points.length;
  }
  return sum;
}

function pointAt(face: Face, index: number): Vector {
  const at = index * FACE_STRIDE;
  return [face[at]!, face[at + 1]!, face[at + 2]!];
}

function distance(face: Face, a: number, b: number): number {
  return Math.hypot(...subtract(pointAt(face, a), pointAt(face, b), 1));
}

function subtract(a: Vector, b: Vector, times: number): Vector {
  return [a[0] - times * b[0], a[1] - times * b[1], a[2] - times * b[2]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(vector: Vector): Vector {
  const length = Math.max(Math.hypot(...vector), 1e-9);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
