import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE_URL, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
let taskId: string;
let url: string;
before(async () => {
  rig = await createHttpRig();
  taskId = await rig.submit();
  await rig.finish(taskId);
  url = `/v1/videos/${taskId}/content`;
});
after(() => rig.close());

test('the bearer key downloads the video', async () => {
  const answer = await rig.call('GET', url);
  assert.equal(answer.statusCode, 200);
  assert.ok(answer.rawPayload.equals(rig.video));
  assert.equal(answer.headers['content-type'], 'video/mp4');
  assert.equal(answer.headers['content-length'], '1000');
  assert.equal(answer.headers['accept-ranges'], 'bytes');
  assert.match(String(answer.headers['cache-control']), /^private/);
  assert.match(String(answer.headers['content-security-policy']), /media-src 'self'/);
  assert.match(String(answer.headers.etag), /^"\w{64}"$/);
  assert.match(String(answer.headers['content-disposition']), new RegExp(`"${taskId}\\.mp4"`));
});

test('the signed address downloads the video without a key', async () => {
  const signed = (await rig.call('GET', `/v1/videos/${taskId}`)).json().url;
  const answer = await rig.call('GET', signed.slice(BASE_URL.length), { key: null });
  assert.equal(answer.statusCode, 200);
  assert.ok(answer.rawPayload.equals(rig.video));
});

test('HEAD answers the headers of GET and no body', async () => {
  const get = await rig.call('GET', url);
  const head = await rig.call('HEAD', url);
  assert.equal(head.statusCode, 200);
  assert.equal(head.body, '');
  for (const name of ['content-length', 'content-type', 'etag', 'accept-ranges'] as const) {
    assert.equal(head.headers[name], get.headers[name]);
  }
});

test('several ranges are answered with the whole', async () => {
  const answer = await rig.call('GET', url, { headers: { range: 'bytes=0-1,4-5' } });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.rawPayload.length, 1000);
});

test('a range for another copy (If-Range) is answered with the whole', async () => {
  const headers = { range: 'bytes=0-1', 'if-range': '"another"' };
  const answer = await rig.call('GET', url, { headers });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.rawPayload.length, 1000);
});
