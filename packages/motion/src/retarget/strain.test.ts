import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { createStrainLimit } from './strain.ts';

const SIDE = 9;
/** Points of a grid stand for cheeks; those with numbers of eyes, lips and brows are not used. */
const START = 400;
/** Columns of pixels; the outermost lie as close together as on a cheek that is seen aslant. */
const COLUMNS = [0, 10, 20, 30, 40, 50, 52, 53, 53.6];

/** A flat sheet whose outermost column is the outline of a face 100 pixels wide. */
function sheet(): { face: Float32Array; topology: { triangles: Uint16Array; oval: Uint16Array } } {
  const grown = 7;
  const face = new Float32Array(FACE_LANDMARK_COUNT * 3);
  face[454 * 3] = 100;
  const triangles: number[] = [];
  for (let row = 0; row < grown; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      face.set([COLUMNS[column]!, row * 10, 0], pointAt(row, column) * 3);
      if (row + 1 === grown || column + 1 === SIDE) continue;
      const [a, b] = [pointAt(row, column), pointAt(row, column + 1)];
      const [c, d] = [pointAt(row + 1, column), pointAt(row + 1, column + 1)];
      triangles.push(a, b, c, b, d, c);
    }
  }
  const oval = Uint16Array.from({ length: grown }, (_, row) => pointAt(row, SIDE - 1));
  return { face, topology: { triangles: Uint16Array.from(triangles), oval } };
}

/** Leaves out the points of the left eye and the face's left side. */
const FREE = Array.from({ length: FACE_LANDMARK_COUNT - START }, (_, i) => START + i).filter(
  (point) => point !== 454 && point !== 466 && point !== 467 && point !== 414 && point !== 398,
);
const pointAt = (row: number, column: number): number => FREE[row * SIDE + column]!;

test('pixels at the side of a cheek are not drawn out into stripes when it turns', () => {
  const { face, topology } = sheet();
  const target = Float32Array.from(face);
  for (let row = 0; row < 7; row += 1) {
    for (const [column, way] of [
      [6, 2],
      [7, 5],
      [8, 9],
    ] as const) {
      target[pointAt(row, column) * 3]! += way;
    }
  }
  createStrainLimit(face, topology)(target);
  for (let row = 0; row < 7; row += 1) {
    const [inner, outer] = [target[pointAt(row, 5) * 3]!, target[pointAt(row, 8) * 3]!];
    assert.ok(outer - inner < 1.6 * 3.6, `row ${row}: ${outer - inner} of 3.6 pixels`);
    assert.ok(outer > 54, `row ${row} turns: ${outer}`);
  }
});

test('a face that is stretched no more than skin is stays as it is', () => {
  const { face, topology } = sheet();
  const target = face.map((value, i) => (i % 3 === 0 ? value * 1.3 + 4 : value * 0.7));
  const wanted = Float32Array.from(target);
  createStrainLimit(face, topology)(target);
  assert.deepEqual(target, wanted);
});
