/**
 * Calms the tremble of face points over time without blunting a blink or a word: a point is
 * averaged with where it was just before and after, unless it has moved since.
 */

import { distanceBetween, facePointAt } from '../model/landmarks.ts';
import { FACE, FACE_STRIDE, type Face } from '../model/pose.ts';
import type { Series } from './series.ts';

/** The Gaussian over time. */
const SIGMA_SECONDS = 0.03;
/** A point that moved by this part of the width of its face has moved, and did not tremble. */
const MOVED_SHARE = 0.02;
/** Frames farther than this many sigmas weigh nothing. */
const REACH = 2.5;

/**
 * Averages each point of each face with the same point of the frames around it, by a bilateral
 * filter (Tomasi and Manduchi 1998) over time: the weight falls with the time between and with the
 * distance the point has travelled. Symmetric, so nothing comes later than it was.
 */
export function calmFaces(faces: Series, fps: number): Series {
  const sigma = SIGMA_SECONDS * fps;
  const reach = Math.floor(REACH * sigma);
  return faces.map((face, frame) => {
    if (face === null) return null;
    const around: { other: Face; weight: number }[] = [];
    for (let step = -reach; step <= reach; step += 1) {
      const other = faces[frame + step];
      const weight = Math.exp(-(step ** 2) / (2 * sigma ** 2));
      if (other && step !== 0) around.push({ other, weight });
    }
    return calmFace(face, around);
  });
}

function calmFace(face: Face, around: readonly { other: Face; weight: number }[]): Face {
  const width = distanceBetween(
    facePointAt(face, FACE.rightSide),
    facePointAt(face, FACE.leftSide),
  );
  const moved = Math.max(MOVED_SHARE * width, 1e-6);
  const calm = Float32Array.from(face);
  for (let i = 0; i < face.length; i += FACE_STRIDE) {
    let total = 1;
    const sum = [face[i]!, face[i + 1]!, face[i + 2]!];
    for (const { other, weight } of around) {
      const away = Math.hypot(other[i]! - face[i]!, other[i + 1]! - face[i + 1]!);
      const share = weight * Math.exp(-(away ** 2) / (2 * moved ** 2));
      total += share;
      for (let axis = 0; axis < FACE_STRIDE; axis += 1) sum[axis]! += share * other[i + axis]!;
    }
    for (let axis = 0; axis < FACE_STRIDE; axis += 1) calm[i + axis] = sum[axis]! / total;
  }
  return calm;
}
