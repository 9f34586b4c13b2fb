import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACE, type Face } from '../model/pose.ts';
import { calmFaces } from './calm-faces.ts';

const FPS = 30;

/** A face 200 pixels wide with one lip point at `lip`. */
function makeFace(lip: number): Face {
  const face = new Float32Array(468 * 3);
  face[FACE.leftSide * 3] = 200;
  face[FACE.lowerLip * 3 + 1] = lip;
  return face;
}

const lipOf = (face: Float32Array | null): number => face![FACE.lowerLip * 3 + 1]!;

test('a tremble of a point is calmed to a third', () => {
  const faces = Array.from({ length: 30 }, (_, i) => makeFace(100 + (i % 2 === 0 ? 0.5 : -0.5)));
  const calm = calmFaces(faces, FPS).slice(5, 25);
  assert.ok(calm.every((face) => Math.abs(lipOf(face) - 100) < 0.17));
});

test('lips that part within a frame part no later, earlier or less', () => {
  const faces = Array.from({ length: 20 }, (_, i) => makeFace(i < 10 ? 100 : 118));
  const calm = calmFaces(faces, FPS);
  for (const [i, face] of calm.entries()) {
    assert.ok(Math.abs(lipOf(face) - (i < 10 ? 100 : 118)) < 0.1, `frame ${i}`);
  }
});

test('a missing face stays missing and lends nothing', () => {
  const faces = [makeFace(100), null, makeFace(100)];
  const calm = calmFaces(faces, FPS);
  assert.equal(calm[1], null);
  assert.equal(lipOf(calm[0]!), 100);
});
