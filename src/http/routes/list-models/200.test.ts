import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorRig } from '../../testing/door-rig.ts';

test('the model is listed with the prices that are charged', async (t) => {
  const rig = await createDoorRig();
  t.after(() => rig.close());
  const answer = await rig.call('GET', '/v1/models');
  assert.equal(answer.statusCode, 200);
  const [model] = answer.json().data;
  assert.equal(model.id, 'kling-v3-motion-control');
  assert.deepEqual(model.modes, [
    { mode: 'std', usd_per_second: '0.10288' },
    { mode: 'pro', usd_per_second: '0.13712' },
  ]);
  assert.deepEqual(model.reference_seconds, { min: 3, max_image: 10, max_video: 30 });
});
