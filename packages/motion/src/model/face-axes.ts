/**
 * The turn of a head as it is seen: the slope of the line through its ears, how far one of them is
 * nearer, and how far the forehead is. Each of the three can be changed alone, whatever the others
 * are, which Euler angles of a turned head do not allow: nodding would tilt it.
 */

import type { HeadTurn } from './performance.ts';
import { FACE, FACE_STRIDE, type Face } from './pose.ts';

/** A rotation, row by row; its columns are the head's axes: across to its left, down, and back. */
export type Axes = Float64Array;

type Vector = [x: number, y: number, z: number];

/** Pairs of points on both sides of a face, right first, that no expression moves much. */
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

/** The axes of a face in space. */
export function readAxes(face: Face): Axes {
  const across = meanDirection(face, ACROSS);
  const slanted = meanDirection(face, DOWN);
  const along = dot(slanted, across);
  const down = unit(slanted.map((value, i) => value - along * across[i]!) as Vector);
  return axesOf(across, down);
}

/** The angles under which axes are seen, in radians, with the signs of `HeadTurn`. */
export function anglesOfAxes(m: Axes): HeadTurn {
  return {
    yaw: Math.atan2(m[6]!, m[0]!),
    pitch: Math.atan2(m[7]!, m[4]!),
    roll: Math.atan2(m[3]!, m[0]!),
  };
}

/** The axes that are seen under these angles; none of them may reach a right angle. */
export function axesOfAngles({ yaw, pitch, roll }: HeadTurn): Axes {
  const across = unit([1, Math.tan(roll), Math.tan(yaw)]);
  const [y, z] = [Math.cos(pitch), Math.sin(pitch)];
  const down = unit([-(across[1] * y + across[2] * z) / across[0], y, z]);
  return axesOf(across, down);
}

/** `a` times `b`, or times the inverse of `b`. */
export function multiply(a: Axes, b: Axes, isInverse = false): Axes {
  const product = new Float64Array(9);
  for (let row = 0; row < 3; row += 1) {
    for (let column = 0; column < 3; column += 1) {
      for (let i = 0; i < 3; i += 1) {
        product[row * 3 + column]! +=
          a[row * 3 + i]! * (isInverse ? b[column * 3 + i]! : b[i * 3 + column]!);
      }
    }
  }
  return product;
}

function axesOf(across: Vector, down: Vector): Axes {
  const back = [
    across[1] * down[2] - across[2] * down[1],
    across[2] * down[0] - across[0] * down[2],
    across[0] * down[1] - across[1] * down[0],
  ];
  return Float64Array.from([0, 1, 2].flatMap((i) => [across[i]!, down[i]!, back[i]!]));
}

function meanDirection(face: Face, pairs: readonly (readonly [number, number])[]): Vector {
  const sum: Vector = [0, 0, 0];
  for (const [from, to] of pairs) {
    const at = (axis: number): number =>
      face[to * FACE_STRIDE + axis]! - face[from * FACE_STRIDE + axis]!;
    for (const [i, value] of unit([at(0), at(1), at(2)]).entries()) sum[i]! += value;
  }
  return unit(sum);
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(vector: Vector): Vector {
  const length = Math.max(Math.hypot(...vector), 1e-9);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
