import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

test('a submit answers exactly the JSON of the contract', async () => {
  const answer = await rig.call('POST', '/v1/videos/generations', { body: BODY });
  assert.equal(answer.statusCode, 200);
  assert.match(
    answer.body,
    /^\{"code":200,"data":\[\{"status":"submitted","task_id":"task_[0-9A-Za-z]{22}"\}\]\}$/,
  );
  assert.match(String(answer.headers['content-type']), /^application\/json/);
});

test('every optional field of the contract is taken and kept', async () => {
  const taskId = await rig.submit({
    character_orientation: 'video',
    mode: 'pro',
    prompt: 'slowly, with feeling',
    keep_original_sound: 'no',
    watermark_info: { enabled: true },
    duration: 7,
    external_task_id: 'order-17',
    engine: 'stand-in',
  });
  const { usage, ...task } = (await rig.call('GET', `/v1/videos/${taskId}`)).json();
  assert.equal(task.mode, 'pro');
  assert.equal(task.character_orientation, 'video');
  assert.equal(task.external_task_id, 'order-17');
  assert.equal(task.engine, 'stand-in');
  assert.equal(usage.held_usd, '0.95984', '7 s at the rate of pro');
});

test('the longest prompt is taken, counted in characters and not in code units', async () => {
  const prompt = '💃'.repeat(2500);
  assert.match(await rig.submit({ prompt }), /^task_/);
});

test('nothing is fetched before the answer', async () => {
  const taskId = await rig.submit({ video_url: 'http://10.0.0.1/never.mp4' });
  const task = (await rig.call('GET', `/v1/videos/${taskId}`)).json();
  assert.equal(task.status, 'queued');
});
