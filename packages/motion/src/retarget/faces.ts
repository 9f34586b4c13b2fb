/**
 * Reads the driver's faces: which frame is neutral, and how each frame is turned and shaped against
 * it.
 */

import { fitSimilarity, rotate, type Similarity } from '../model/horn.ts';
import type { Motion } from '../model/motion.ts';
import { median, percentile } from '../model/percentile.ts';
import { FACE, type Face } from '../model/pose.ts';
import { smoothValues } from '../model/smooth-values.ts';
import { makeBridge } from './bridge.ts';

/**
 * Points that hardly move with an expression: forehead, bridge of the nose, corners of the eyes,
 * temples.
 */
export const RIGID_POINTS: readonly number[] = [
  10, 67, 297, 109, 338, 151, 8, 168, 6, 197, 195, 5, 33, 133, 362, 263, 127, 356, 234, 454, 162,
  389, 21, 251,
];

/** Sizes of a face in its own pixels; openings are shares of their widths. */
export type FaceMeasures = {
  width: number;
  height: number;
  /** Between the outer corners of the eyes. */
  eyes: number;
  leftEyeOpening: number;
  rightEyeOpening: number;
  mouthOpening: number;
  mouthWidth: number;
};

export type DriverFaces = {
  /** One face a frame, gaps bridged. */
  faces: Face[];
  reference: Face;
  /** From each frame to the reference. */
  fits: Similarity[];
  /** `fit(frame) - reference` in reference pixels, smoothed; 468 * 3 a frame. */
  expressions: Float32Array[];
};

/** The eyes of a clip are usually as open as in this part of its frames at most. */
export const USUAL_OPENING = 0.6;
/** Below this share of frames with a face the expressions are not used. */
const FACE_SHARE_MIN = 0.2;
/**
 * Faces of this many pixels or more need no smoothing of their expression; smaller ones are
 * noisier.
 */
const CALM_FACE_PIXELS = 40;
const EXPRESSION_SIGMA_MAX = 1.5;

/** Measures a face; all distances in space, so that a turn of the head changes little. */
export function measureFace(face: Face): FaceMeasures {
  const eyes = Math.max(distance(face, FACE.rightEyeOuter, FACE.leftEyeOuter), 1e-6);
  const leftEye = Math.max(distance(face, FACE.leftEyeInner, FACE.leftEyeOuter), 1e-6);
  const rightEye = Math.max(distance(face, FACE.rightEyeOuter, FACE.rightEyeInner), 1e-6);
  return {
    width: distance(face, FACE.rightSide, FACE.leftSide),
    height: distance(face, FACE.forehead, FACE.chin),
    eyes,
    leftEyeOpening: distance(face, FACE.leftEyeTop, FACE.leftEyeBottom) / leftEye,
    rightEyeOpening: distance(face, FACE.rightEyeTop, FACE.rightEyeBottom) / rightEye,
    mouthOpening: distance(face, FACE.upperLip, FACE.lowerLip) / eyes,
    mouthWidth: distance(face, FACE.mouthRight, FACE.mouthLeft) / eyes,
  };
}

/** The driver's faces against its most neutral one, or null when the clip shows too few. */
export function readFaces(motion: Motion): DriverFaces | null {
  const seen = motion.frames.filter(({ face }) => face && !face.some(Number.isNaN)).length;
  if (seen === 0 || seen < FACE_SHARE_MIN * motion.frames.length) return null;
  const faces = bridgeFaces(motion);
  const reference = faces[findNeutral(faces)]!;
  const fits = faces.map((face) => fitSimilarity(face, reference, RIGID_POINTS));
  const expressions = faces.map((face, i) => expressionOf(face, fits[i]!, reference));
  const width = median(faces.map((face) => measureFace(face).width));
  smoothExpressions(
    expressions,
    Math.min(CALM_FACE_PIXELS / Math.max(width, 1), EXPRESSION_SIGMA_MAX),
  );
  return { faces, reference, fits, expressions };
}

/** The mean place of the rigid points. */
export function faceCentre(face: Face): { x: number; y: number; z: number } {
  const sum = { x: 0, y: 0, z: 0 };
  for (const index of RIGID_POINTS) {
    sum.x += face[index * 3]! / RIGID_POINTS.length;
    sum.y += face[index * 3 + 1]! / RIGID_POINTS.length;
    sum.z += face[index * 3 + 2]! / RIGID_POINTS.length;
  }
  return sum;
}

function distance(face: Face, a: number, b: number): number {
  return Math.hypot(
    face[a * 3]! - face[b * 3]!,
    face[a * 3 + 1]! - face[b * 3 + 1]!,
    face[a * 3 + 2]! - face[b * 3 + 2]!,
  );
}

function bridgeFaces(motion: Motion): Face[] {
  const known = motion.frames.flatMap(({ face }, index) =>
    face && !face.some(Number.isNaN) ? [index] : [],
  );
  const bridge = makeBridge(known, motion);
  return motion.frames.map((_, frame) => {
    const { before, after, share } = bridge(frame);
    const high = motion.frames[after]!.face!;
    const low = motion.frames[before]!.face!;
    if (share === 0) return low;
    return share === 1 ? high : low.map((value, i) => value + (high[i]! - value) * share);
  });
}

/**
 * The frame with a closed mouth and normally open, equal eyes; a wrong one makes the character
 * squint.
 */
function findNeutral(faces: readonly Face[]): number {
  const measures = faces.map(measureFace);
  const opening = (it: FaceMeasures): number => (it.leftEyeOpening + it.rightEyeOpening) / 2;
  const usualOpening = percentile(measures.map(opening), USUAL_OPENING);
  const usualWidth = median(measures.map((it) => it.mouthWidth));
  let best = 0;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [index, it] of measures.entries()) {
    const cost =
      5 * it.mouthOpening +
      1.5 * Math.abs(opening(it) - usualOpening) +
      1.5 * Math.abs(it.leftEyeOpening - it.rightEyeOpening) +
      0.7 * Math.abs(it.mouthWidth - usualWidth);
    if (cost < bestCost) {
      best = index;
      bestCost = cost;
    }
  }
  return best;
}

function expressionOf(face: Face, fit: Similarity, reference: Face): Float32Array {
  const result = new Float32Array(face.length);
  for (let i = 0; i < face.length; i += 3) {
    const moved = rotate(fit.rotation, face[i]!, face[i + 1]!, face[i + 2]!);
    for (let axis = 0; axis < 3; axis += 1) {
      result[i + axis] = fit.scale * moved[axis]! + fit.translation[axis]! - reference[i + axis]!;
    }
  }
  return result;
}

function smoothExpressions(expressions: Float32Array[], sigma: number): void {
  const series = new Float64Array(expressions.length);
  const size = expressions[0]?.length ?? 0;
  for (let i = 0; i < size; i += 1) {
    for (let frame = 0; frame < series.length; frame += 1) series[frame] = expressions[frame]![i]!;
    const smooth = smoothValues(series, sigma);
    for (let frame = 0; frame < series.length; frame += 1) expressions[frame]![i] = smooth[frame]!;
  }
}
