import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDoorRig, type DoorRig } from './testing/door-rig.ts';

let rig: DoorRig;
before(async () => {
  rig = await createDoorRig();
});
after(() => rig.close());

test('a doubled /v1 says so and names the path that was meant', async () => {
  const answer = await rig.call('POST', '/v1/v1/videos/generations', { key: null });
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.json().code, 'doubled_prefix');
  assert.match(answer.json().message, /already ends in \/v1/);
  assert.equal(answer.json().error.hint, 'Call /v1/videos/generations instead.');
});

test('a method that the path does not have is 405 with those it has', async () => {
  const put = await rig.call('PUT', '/v1/videos/task_1/content');
  assert.equal(put.statusCode, 405);
  assert.equal(put.json().code, 'method_not_allowed');
  assert.equal(put.headers.allow, 'GET, HEAD');
  const change = await rig.call('PUT', '/v1/videos/generations');
  assert.match(String(change.headers.allow), /POST/);
});

test('a path that does not exist is 404 without the query', async () => {
  const answer = await rig.call('GET', '/v2/videos?key=secret');
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.json().message, 'There is nothing at GET /v2/videos.');
});

test('a path that is no URL path is refused in the same form', async () => {
  const answer = await rig.call('GET', '/v1/videos/%');
  assert.equal(answer.statusCode, 400);
  assert.equal(answer.json().code, 'invalid_request');
  assert.match(answer.json().error.request_id, /^req_/);
});
