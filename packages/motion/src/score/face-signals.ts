/** Turns a face into the few numbers that make its expression, free of place, size and turn. */

import { type Axes, anglesOfAxes, multiply, readAxes } from '../model/face-axes.ts';
import { fitSimilarity, rotate } from '../model/horn.ts';
import { FACE, FACE_STRIDE, type Face } from '../model/pose.ts';
import type { FaceSignal } from './motion-score.ts';

export type FaceReading = Record<FaceSignal, number>;

type Vector = readonly [x: number, y: number, z: number];

/** Points that no expression moves much: forehead, temples, the nose down to its tip. */
const STEADY: readonly number[] = [
  10, 67, 297, 109, 338, 151, 8, 168, 6, 197, 195, 5, 127, 356, 234, 454, 162, 389, 21, 251, 1, 4,
  19, 94,
];
const FITS = 2;

const RIGHT_BROW: readonly number[] = [63, 105, 66, 70, 107];
const LEFT_BROW: readonly number[] = [293, 334, 296, 300, 336];

const DEGREES = 180 / Math.PI;

/**
 * The readings of one video, moment by moment. The head is the rigid body that all its faces have
 * in common, fitted to the steady points of each: a single face's outline gives in to a raised brow
 * or an open mouth as if the head had turned.
 */
export function readFaceSeries(faces: readonly (Face | null)[]): (FaceReading | null)[] {
  const known = faces.filter((face) => face !== null);
  const head = known.length > 0 ? meanHead(known) : null;
  const axes = head && readAxes(head);
  return faces.map((face) => {
    if (face === null || head === null || axes === null) return null;
    const { rotation } = fitSimilarity(head, face, STEADY);
    return { ...readFaceSignals(face), ...inDegrees(multiply(rotation, axes)) };
  });
}

/** The mean of all faces, each laid over the others by its steady points. */
function meanHead(faces: readonly Face[]): Face {
  let head = faces[faces.length >> 1]!;
  for (let round = 0; round < FITS; round += 1) {
    const mean = new Float32Array(head.length);
    for (const face of faces) {
      const { scale, rotation, translation } = fitSimilarity(face, head, STEADY);
      for (let i = 0; i < face.length; i += FACE_STRIDE) {
        const moved = rotate(rotation, face[i]!, face[i + 1]!, face[i + 2]!);
        for (let k = 0; k < FACE_STRIDE; k += 1) {
          mean[i + k]! += (scale * moved[k]! + translation[k]!) / faces.length;
        }
      }
    }
    head = mean;
  }
  return head;
}

/**
 * The reading of a single face. Openings and widths are distances in space over the distance of the
 * outer corners of the eyes (lids: in the picture, over the width of their eye; the closer look
 * that places them knows no depths); the height of the brows is measured along the face. Angles are
 * degrees of the head's own axes: `yaw` about the vertical, `pitch` about the line through the
 * ears, `roll` in the picture.
 */
export function readFaceSignals(face: Face): FaceReading {
  const axes = readAxes(face);
  const down: Vector = [axes[1]!, axes[4]!, axes[7]!];
  const eyes = Math.max(distance(face, FACE.rightEyeOuter, FACE.leftEyeOuter), 1e-6);
  const lid = (top: number, bottom: number, inner: number, outer: number): number =>
    apart(face, top, bottom) / Math.max(apart(face, inner, outer), 1e-6);
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
    ...inDegrees(axes),
  };
}

function inDegrees(axes: Axes): Pick<FaceReading, 'yaw' | 'pitch' | 'roll'> {
  const { yaw, pitch, roll } = anglesOfAxes(axes);
  return { yaw: yaw * DEGREES, pitch: pitch * DEGREES, roll: roll * DEGREES };
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

/** The distance in the picture. */
function apart(face: Face, a: number, b: number): number {
  const [x, y] = subtract(pointAt(face, a), pointAt(face, b), 1);
  return Math.hypot(x, y);
}

function subtract(a: Vector, b: Vector, times: number): Vector {
  return [a[0] - times * b[0], a[1] - times * b[1], a[2] - times * b[2]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
