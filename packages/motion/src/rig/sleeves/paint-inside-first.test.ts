import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, INFLUENCES_MAX, JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import { paintInsideFirst } from './paint-inside-first.ts';

test('a forearm is painted from its opening to the elbow, after the upper arm as it was', () => {
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'leftElbow', { x: 0, y: 40 });
  setJoint(joints, 'leftWrist', { x: 0, y: 80 });
  const upper = [30, 10];
  const lower = [60, 90, 50, 70];
  const positions = Float32Array.from([...upper, ...lower].flatMap((y) => [-3, y, 3, y, 0, y + 3]));
  const count = positions.length / 2;
  const boneIndices = new Uint8Array(count * INFLUENCES_MAX);
  const boneWeights = new Float32Array(count * INFLUENCES_MAX);
  for (let vertex = 0; vertex < count; vertex++) {
    const bone = vertex < upper.length * 3 ? 'leftUpperArm' : 'leftForearm';
    boneIndices[vertex * INFLUENCES_MAX] = BONES.indexOf(bone);
    boneWeights[vertex * INFLUENCES_MAX] = 1;
  }
  const triangles = Uint32Array.from({ length: count }, (_, i) => i);
  const mesh = { positions, triangles, boneIndices, boneWeights };
  const painted = paintInsideFirst({ name: 'leftArm', mesh }, joints, 'left').triangles;
  const firsts = Array.from(painted).filter((_, i) => i % 3 === 0);
  const heights = firsts.map((vertex) => positions[vertex * 2 + 1]!);
  assert.deepEqual(heights, [30, 10, 90, 70, 60, 50]);
});
