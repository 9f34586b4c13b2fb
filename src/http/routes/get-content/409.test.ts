import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpRig } from '../../testing/http-rig.ts';

test('a video is 409 before its task is completed and 410 after it was removed', async (t) => {
  const rig = await createHttpRig();
  t.after(() => rig.close());
  const taskId = await rig.submit();
  const url = `/v1/videos/${taskId}/content`;

  const early = await rig.call('GET', url);
  assert.equal(early.statusCode, 409);
  assert.equal(early.json().code, 'not_completed');
  assert.match(early.json().message, /The task is queued/);

  await rig.finish(taskId);
  rig.clock.advance(31 * 24 * 3600 * 1000);
  const late = await rig.call('GET', url);
  assert.equal(late.statusCode, 410);
  assert.equal(late.json().code, 'expired');
});
