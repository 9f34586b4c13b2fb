import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INFLUENCES_MAX, JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import { paintHandLast } from './paint-hand-last.ts';

test('of the triangles of an arm those of the hand are painted last, the others as before', () => {
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'leftWrist', { x: 0, y: 0 });
  setJoint(joints, 'leftHand', { x: 0, y: 20 });
  const at = [90, 10, 60, 120];
  const positions = Float32Array.from(at.flatMap((y) => [-3, y, 3, y, 0, y + 3]));
  const mesh = {
    positions,
    triangles: Uint32Array.from({ length: 12 }, (_, i) => i),
    boneIndices: new Uint8Array(12 * INFLUENCES_MAX),
    boneWeights: new Float32Array(12 * INFLUENCES_MAX),
  };
  const { triangles } = paintHandLast(mesh, joints, 'left');
  assert.deepEqual(Array.from(triangles), [0, 1, 2, 6, 7, 8, 9, 10, 11, 3, 4, 5]);
});
