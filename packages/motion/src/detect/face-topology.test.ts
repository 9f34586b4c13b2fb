import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { joinLoops, readFaceTopology } from './face-topology.ts';

test('the face mesh is 852 proper triangles that use every one of the 468 points', () => {
  const { triangles } = readFaceTopology();
  assert.equal(triangles.length, 852 * 3);
  const used = new Set(triangles);
  assert.equal(used.size, FACE_LANDMARK_COUNT);
  for (let i = 0; i < triangles.length; i += 3) {
    assert.equal(new Set(triangles.subarray(i, i + 3)).size, 3);
  }
});

test('no inner edge of the face mesh belongs to more than two triangles', () => {
  const { triangles } = readFaceTopology();
  const counts = new Map<string, number>();
  for (let i = 0; i < triangles.length; i += 3) {
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const key = [triangles[i + a]!, triangles[i + b]!].sort((x, y) => x - y).join('-');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  assert.ok([...counts.values()].every((count) => count <= 2));
});

test('the outlines of oval, lips and eyes are closed loops of their known length', () => {
  const { oval, outerLips, innerLips, leftEye, rightEye } = readFaceTopology();
  assert.equal(oval.length, 36);
  assert.equal(outerLips.length, 20);
  assert.equal(innerLips.length, 20);
  assert.equal(leftEye.length, 16);
  assert.equal(rightEye.length, 16);
  assert.ok(leftEye.includes(263) && rightEye.includes(33));
});

test('edges join into loops whatever way they are written', () => {
  const loops = joinLoops([
    [1, 2],
    [3, 2],
    [1, 3],
    [7, 8],
    [8, 9],
    [9, 7],
  ]);
  assert.deepEqual(
    loops.map((loop) => [...loop].sort()),
    [
      [1, 2, 3],
      [7, 8, 9],
    ],
  );
});
