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

test('a copy whose address runs out is not called current', async (t) => {
  const rig = await createHttpRig();
  t.after(() => rig.close());
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const url = `/v1/videos/${taskId}`;
  const first = await rig.call('GET', url);
  const headers = { 'if-none-match': String(first.headers.etag) };
  assert.equal((await rig.call('GET', url, { headers })).statusCode, 304);

  rig.clock.advance(24 * 3_600_000);
  const old = new URL(first.json().url);
  assert.equal((await rig.call('GET', old.pathname + old.search, { key: null })).statusCode, 403);
  const later = await rig.call('GET', url, { headers });
  assert.equal(later.statusCode, 200);
  const fresh = new URL(later.json().url);
  const download = await rig.call('GET', fresh.pathname + fresh.search, { key: null });
  assert.equal(download.statusCode, 200);

  headers['if-none-match'] = String(later.headers.etag);
  rig.clock.advance(30 * 24 * 3_600_000);
  const gone = await rig.call('GET', url, { headers });
  assert.equal(gone.statusCode, 200);
  assert.equal(gone.json().url, null);
});
