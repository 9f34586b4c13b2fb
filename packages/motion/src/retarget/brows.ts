/**
 * Keeps brows as thick as they are drawn: the network tells well where a brow stands, but not how
 * thick it is, which differs from frame to frame in small faces, and between two faces in any.
 */

import { FACE_STRIDE, type Face } from '../model/pose.ts';

/** Upper and lower rim of each brow, from the temple inwards: entries side by side are a pair. */
const BROWS = [
  { upper: [70, 63, 105, 66, 107], lower: [46, 53, 52, 65, 55] },
  { upper: [300, 293, 334, 296, 336], lower: [276, 283, 282, 295, 285] },
] as const;

/** Moves both rims of the brows of `target` by what they moved on average; in place. */
export function keepBrowsThick(target: Face, face: Face): void {
  for (const { upper, lower } of BROWS) {
    for (const [i, point] of upper.entries()) {
      const [over, under] = [point * FACE_STRIDE, lower[i]! * FACE_STRIDE];
      for (let axis = 0; axis < FACE_STRIDE; axis += 1) {
        const moved =
          (target[over + axis]! -
            face[over + axis]! +
            target[under + axis]! -
            face[under + axis]!) /
          2;
        target[over + axis] = face[over + axis]! + moved;
        target[under + axis] = face[under + axis]! + moved;
      }
    }
  }
}
