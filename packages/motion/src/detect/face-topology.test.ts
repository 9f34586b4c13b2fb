import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INNER_LIPS } from '../model/performance.ts';
import { FACE, FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { joinLoops, readFaceTopology, readOutlines } from './face-topology.ts';

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

test('the oval is one closed loop of its known length', () => {
  assert.equal(readFaceTopology().oval.length, 36);
});

test('the lips that mouths are cut and drawn by are the inner ones of the package', () => {
  const loops = readOutlines('FACEMESH_LIPS').map((loop) => new Set(loop));
  assert.equal(loops.length, 2);
  const inner = loops.find((loop) => loop.has(FACE.upperLip));
  assert.deepEqual(new Set(INNER_LIPS), inner);
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
