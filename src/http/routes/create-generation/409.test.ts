import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

test('an external_task_id names one task of an account', async () => {
  const body = { ...BODY, external_task_id: 'order-1' };
  const taskId = await rig.submit({ external_task_id: 'order-1' });
  const answer = await rig.call('POST', '/v1/videos/generations', { body });
  assert.equal(answer.statusCode, 409);
  assert.equal(answer.json().code, 'external_task_id_taken');
  assert.match(answer.json().message, new RegExp(taskId));
  const balance = (await rig.call('GET', '/v1/balance')).json();
  assert.equal(balance.held_usd, '1.02880', 'only the first submit holds');
});
