import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorRig } from '../../testing/door-rig.ts';

test('the bare address leads to the reference page', async (t) => {
  const rig = await createDoorRig();
  t.after(() => rig.close());
  const answer = await rig.call('GET', '/', { key: null });
  assert.equal(answer.statusCode, 302);
  assert.equal(answer.headers.location, '/docs');
});
