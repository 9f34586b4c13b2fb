import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACE_LANDMARK_COUNT, FACE_STRIDE } from '../model/pose.ts';
import { keepBrowsThick } from './brows.ts';

test('a brow rises and stays as thick as it is drawn', () => {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  const [upper, lower] = [105 * FACE_STRIDE, 52 * FACE_STRIDE];
  face.set([40, 20, -3], upper);
  face.set([40, 24, -3], lower);
  const target = Float32Array.from(face);
  target[upper + 1]! -= 6;
  target[lower + 1]! -= 2;
  keepBrowsThick(target, face);
  assert.equal(target[upper + 1], 16);
  assert.equal(target[lower + 1], 20);
});
