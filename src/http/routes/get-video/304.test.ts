import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpRig } from '../../testing/http-rig.ts';

test('a state that the client has already seen is answered without a body', async (t) => {
  const rig = await createHttpRig();
  t.after(() => rig.close());
  const taskId = await rig.submit();
  const url = `/v1/videos/${taskId}`;
  const etag = String((await rig.call('GET', url)).headers.etag);
  const headers = { 'if-none-match': etag };

  const same = await rig.call('GET', url, { headers });
  assert.equal(same.statusCode, 304);
  assert.equal(same.body, '');
  assert.equal(same.headers.etag, etag);

  await rig.finish(taskId);
  const changed = await rig.call('GET', url, { headers });
  assert.equal(changed.statusCode, 200);
  assert.notEqual(changed.headers.etag, etag);
});
