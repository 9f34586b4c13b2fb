import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { createUnfold, findTurned } from './unfold.ts';

const SIDE = 21;
const USED = SIDE * SIDE;

/** A flat sheet of 441 points in a grid; the other points of a face are not used. */
function sheet(): { face: Float32Array; triangles: Uint16Array } {
  const face = new Float32Array(FACE_LANDMARK_COUNT * 3);
  const triangles: number[] = [];
  for (let i = 0; i < USED; i += 1)
    face.set([(i % SIDE) * 10, Math.floor(i / SIDE) * 10, 0], i * 3);
  for (let row = 0; row + 1 < SIDE; row += 1) {
    for (let column = 0; column + 1 < SIDE; column += 1) {
      const at = row * SIDE + column;
      triangles.push(at, at + 1, at + SIDE, at + 1, at + SIDE + 1, at + SIDE);
    }
  }
  return { face, triangles: Uint16Array.from(triangles) };
}

test('no triangle is turned over, however extreme the expression', () => {
  const { face, triangles } = sheet();
  const unfold = createUnfold(face, triangles);
  let seed = 11;
  for (let round = 0; round < 12; round += 1) {
    const target = Float32Array.from(face);
    for (let point = 0; point < USED; point += 1) {
      seed = (seed * 16807) % 2147483647;
      target[point * 3]! += (seed / 2147483647 - 0.5) * 14 * round;
      target[point * 3 + 1]! += 40 * Math.sin(point / 9) * (round / 4);
    }
    unfold(target);
    assert.deepEqual(findTurned(face, target, triangles), []);
  }
});

test('a deformation that turns nothing over is left as it is', () => {
  const { face, triangles } = sheet();
  const target = face.map((value, i) => (i % 3 === 1 ? value * 1.4 + 3 : value));
  const wanted = Float32Array.from(target);
  createUnfold(face, triangles)(target);
  assert.deepEqual(target, wanted);
});

test('one wild point gives way and its far neighbours keep their movement', () => {
  const { face, triangles } = sheet();
  const target = face.map((value, i) => (i % 3 === 0 ? value + 5 : value));
  const wild = 10 * SIDE + 10;
  target[wild * 3]! += 60;
  createUnfold(face, triangles)(target);
  assert.deepEqual(findTurned(face, target, triangles), []);
  assert.ok(Math.abs(target[0]! - 5) < 1e-6);
});

test('a corner that cannot be unfolded does not hold back what moves elsewhere', () => {
  const { face, triangles } = sheet();
  const unfold = createUnfold(face, triangles);
  const target = Float32Array.from(face);
  // The corner is mirrored, as a temple is that a turned head hides; the far half moves.
  for (let point = 0; point < USED; point += 1) {
    const [column, row] = [point % SIDE, Math.floor(point / SIDE)];
    if (column < 4 && row < 4) target[point * 3] = 60 - face[point * 3]!;
    if (column > 12) target[point * 3 + 1]! += 4;
  }
  unfold(target);
  assert.deepEqual(findTurned(face, target, triangles), []);
  const far = (USED - 1) * 3 + 1;
  assert.ok(target[far]! - face[far]! > 3, String(target[far]! - face[far]!));
});
