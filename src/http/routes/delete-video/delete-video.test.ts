import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE_URL, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

test('a deleted video is gone for its key and for its address, and its receipt stays', async () => {
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const { url } = (await rig.call('GET', `/v1/videos/${taskId}`)).json();
  const answer = await rig.call('DELETE', `/v1/videos/${taskId}`);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.deepEqual(answer.json(), { id: taskId, object: 'video.deleted', deleted: true });

  assert.equal((await rig.call('GET', `/v1/videos/${taskId}`)).statusCode, 404);
  assert.deepEqual((await rig.call('GET', '/v1/videos')).json().data, []);
  const signed = await rig.call('GET', url.slice(BASE_URL.length), { key: null });
  const byKey = await rig.call('GET', `/v1/videos/${taskId}/content`);
  for (const gone of [signed, byKey]) {
    assert.equal(gone.statusCode, 410);
    assert.equal(gone.json().code, 'video_deleted');
  }
  const receipt = await rig.call('GET', `/v1/videos/${taskId}/receipt`);
  assert.equal(receipt.json().sums.charged_usd, '0.82304');
  assert.equal((await rig.call('DELETE', `/v1/videos/${taskId}`)).statusCode, 200);
});

test('a task under way is a conflict that says what to do', async () => {
  const taskId = await rig.submit();
  const answer = await rig.call('DELETE', `/v1/videos/${taskId}`);
  assert.equal(answer.statusCode, 409);
  assert.equal(answer.json().code, 'not_finished');
  assert.match(answer.json().error.hint, /\/cancel/);
});

test('a task that is not there is 404', async () => {
  assert.equal((await rig.call('DELETE', '/v1/videos/task_none')).statusCode, 404);
});
