import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPackedModel } from './model-files.ts';
import { compileNetwork } from './runtime.ts';

const FACE_INPUT = 192 * 192 * 3;

test('a network works as before when all others were closed and the runtime went with them', async () => {
  const bytes = await readPackedModel('face_landmark');
  const input = new Float32Array(FACE_INPUT).fill(0.5);
  const first = await compileNetwork(bytes);
  const before = await first.run(input);
  first.close();
  first.close();
  const second = await compileNetwork(bytes);
  const third = await compileNetwork(bytes);
  second.close();
  assert.deepEqual(await third.run(input), before);
  third.close();
});

test('a network that cannot be read leaves those alone that are open', async () => {
  const bytes = await readPackedModel('face_landmark');
  const open = await compileNetwork(bytes);
  await assert.rejects(compileNetwork(new Uint8Array(64)));
  const outputs = await open.run(new Float32Array(FACE_INPUT));
  assert.ok(outputs[0]!.length > 0);
  open.close();
});
