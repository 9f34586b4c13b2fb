import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttpRig, type HttpRig } from '../../testing/http-rig.ts';
import { video } from '../get-video/schema.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

const cancel = (taskId: string, key?: string) =>
  rig.call('POST', `/v1/videos/${taskId}/cancel`, key === undefined ? {} : { key });

test('a cancelled task is answered whole, charges nothing, and can be cancelled again', async () => {
  const taskId = await rig.submit();
  const answer = await cancel(taskId);
  assert.equal(answer.statusCode, 200, answer.body);
  const task = video.parse(answer.json());
  assert.deepEqual(task, answer.json());
  assert.equal(task.status, 'cancelled');
  assert.equal(task.usage.released_usd, '1.02880');
  assert.equal((await rig.call('GET', '/v1/balance')).json().held_usd, '0.00000');
  assert.equal((await cancel(taskId)).body, answer.body);
  assert.equal((await rig.call('GET', `/v1/videos/${taskId}`)).json().status, 'cancelled');
  const content = await rig.call('GET', `/v1/videos/${taskId}/content`);
  assert.equal(content.json().code, 'not_completed');
});

test('a completed task is a conflict that says so', async () => {
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const answer = await cancel(taskId);
  assert.equal(answer.statusCode, 409);
  assert.equal(answer.json().code, 'not_cancellable');
  assert.match(answer.json().message, /The task is completed/);
});

test('a task of another account is not there', async () => {
  const taskId = await rig.submit();
  const { id } = await rig.accounts.createAccount('another');
  const { key } = await rig.accounts.createKey(id, 'another');
  assert.equal((await cancel(taskId, key)).json().code, 'task_not_found');
  assert.equal((await cancel('task_none')).statusCode, 404);
});
