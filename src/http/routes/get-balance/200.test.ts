import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpRig } from '../../testing/http-rig.ts';

test('the balance follows hold, charge and release', async (t) => {
  const rig = await createHttpRig();
  t.after(() => rig.close());
  const read = async () => {
    const { available_usd, held_usd } = (await rig.call('GET', '/v1/balance')).json();
    return [available_usd, held_usd];
  };
  assert.deepEqual(await read(), ['10.00000', '0.00000']);
  const taskId = await rig.submit();
  assert.deepEqual(await read(), ['8.97120', '1.02880']);
  await rig.finish(taskId);
  assert.deepEqual(await read(), ['9.17696', '0.00000']);
});
