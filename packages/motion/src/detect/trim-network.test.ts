import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPackedModel, readPoseModel } from './model-files.ts';
import { compileNetwork } from './runtime.ts';
import { cutNetwork, trimNetwork } from './trim-network.ts';

const POSE_INPUT = 256 * 256 * 3;

test('a trimmed network gives the very same numbers for what is kept', async () => {
  const bytes = await readPoseModel('lite');
  const whole = await compileNetwork(bytes);
  const trimmed = await compileNetwork(trimNetwork(bytes, [0, 1, 3]));
  const input = Float32Array.from({ length: POSE_INPUT }, (_, i) => (Math.sin(i / 97) + 1) / 2);
  const all = await whole.run(input);
  const kept = await trimmed.run(input);
  assert.deepEqual(kept, [all[0], all[1], all[3]]);
  whole.close();
  trimmed.close();
});

test('an output that a network does not have cannot be kept', async () => {
  const bytes = await readPackedModel('face_landmark');
  assert.throws(() => trimNetwork(bytes, [0, 9]), RangeError);
});

test('two pieces of a network, one after the other, give the very same numbers as the whole', async () => {
  const bytes = await readPackedModel('face_landmark');
  const whole = await compileNetwork(bytes);
  const first = await compileNetwork(cutNetwork(bytes, null, ['p_re_lu_1']));
  const second = await compileNetwork(cutNetwork(bytes, 'p_re_lu_1', ['conv2d_21']));
  const input = Float32Array.from({ length: 192 * 192 * 3 }, (_, i) => (Math.sin(i / 97) + 1) / 2);
  const [between] = await first.run(input);
  const [points] = await second.run(between!);
  assert.deepEqual(points, (await whole.run(input))[0]);
  for (const network of [whole, first, second]) network.close();
});

test('a network cannot be cut at a tensor that it does not have', async () => {
  const bytes = await readPackedModel('face_landmark');
  assert.throws(() => cutNetwork(bytes, 'nothing', ['conv2d_21']), RangeError);
});
