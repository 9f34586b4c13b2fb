import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttpRig, type HttpRig } from '../../testing/http-rig.ts';
import { video } from './schema.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

test('a task that was just submitted is queued and says when to ask again', async () => {
  const answer = await rig.call('GET', `/v1/videos/${await rig.submit()}`);
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.json().status, 'queued');
  assert.equal(answer.json().progress, 0);
  assert.equal(answer.headers['retry-after'], '2');
  video.parse(answer.json());
});

test('a completed task has a signed address, its cost, and the form of the document', async () => {
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const answer = await rig.call('GET', `/v1/videos/${taskId}`);
  const task = video.parse(answer.json());
  assert.deepEqual(task, answer.json(), 'nothing is answered that the document does not name');
  assert.equal(task.status, 'completed');
  assert.equal(task.cost, 0.82304);
  assert.equal(task.seconds, '8');
  assert.match(
    task.url ?? '',
    /^https:\/\/host\.test\/v1\/videos\/task_\w+\/content\?exp=\d+&sig=/,
  );
  assert.equal(answer.headers['retry-after'], undefined);
});

test('a failed task answers 200 with its error and gives its hold back', async (t) => {
  t.after(() => {
    rig.engine.failure = null;
  });
  rig.engine.failure = {
    status: 'failed',
    code: 'no_person',
    values: { reason: 'Nobody is to be seen in the reference video.' },
    retryable: false,
  };
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const answer = await rig.call('GET', `/v1/videos/${taskId}`);
  assert.equal(answer.statusCode, 200);
  const task = video.parse(answer.json());
  assert.equal(task.status, 'failed');
  assert.equal(task.error?.code, 'no_person');
  assert.equal(task.usage.charged_usd, '0.00000');
  assert.equal(task.url, null);
});

test('a poll that waits answers as soon as the task changes', async () => {
  const taskId = await rig.submit();
  // With the tag of the first state it does not matter whether the wait or the change begins first.
  const etag = String((await rig.call('GET', `/v1/videos/${taskId}`)).headers.etag);
  const headers = { 'if-none-match': etag };
  const waiting = rig.call('GET', `/v1/videos/${taskId}?wait=60`, { headers });
  await rig.tasks.advance(taskId);
  const task = (await waiting).json();
  assert.notEqual(task.status, 'queued');
});

test('a poll that waits on a finished task answers at once', async () => {
  const taskId = await rig.submit();
  await rig.finish(taskId);
  assert.equal((await rig.call('GET', `/v1/videos/${taskId}?wait=60`)).json().status, 'completed');
});

test('a client that knows an older state is not kept waiting', async () => {
  const taskId = await rig.submit();
  const headers = { 'if-none-match': '"older"' };
  const answer = await rig.call('GET', `/v1/videos/${taskId}?wait=60`, { headers });
  assert.equal(answer.json().status, 'queued');
});
