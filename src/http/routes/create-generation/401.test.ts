import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDoorRig, type DoorRig } from '../../testing/door-rig.ts';
import { BODY } from '../../testing/http-rig.ts';

let rig: DoorRig;
before(async () => {
  rig = await createDoorRig();
});
after(() => rig.close());

const routes = [
  ['POST', '/v1/videos/generations'],
  ['POST', '/v1/videos/quotes'],
  ['POST', '/v1/uploads'],
  ['GET', '/v1/uploads'],
  ['GET', '/v1/uploads/upload_1'],
  ['DELETE', '/v1/uploads/upload_1'],
  ['GET', '/v1/videos/task_1'],
  ['GET', '/v1/videos/task_1/receipt'],
  ['GET', '/v1/videos/task_1/content'],
  ['GET', '/v1/models'],
  ['GET', '/v1/balance'],
  ['GET', '/admin/keys'],
  ['POST', '/admin/keys'],
  ['DELETE', '/admin/keys/key_1'],
  ['POST', '/admin/credits'],
] as const;

const refusals = [
  { sent: 'no key', headers: {}, says: 'No API key was sent.' },
  {
    sent: 'a key of another scheme',
    headers: { authorization: 'Basic abc' },
    says: 'The Authorization header must be "Bearer" and a key.',
  },
  {
    sent: 'a wrong key',
    headers: { authorization: 'Bearer us_wrong' },
    says: 'The API key is not valid or was revoked.',
  },
];

for (const [method, url] of routes) {
  for (const { sent, headers, says } of refusals) {
    test(`${method} ${url} with ${sent} is 401`, async () => {
      const body = method === 'POST' ? { body: BODY } : {};
      const answer = await rig.call(method, url, { key: null, headers, ...body });
      assert.equal(answer.statusCode, 401);
      assert.equal(answer.json().code, 'invalid_api_key');
      assert.equal(answer.json().message, says);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer/);
    });
  }
}

test('who has no key learns nothing of what is wrong with the body', async () => {
  const body = { body: '{"model":', headers: { 'content-type': 'application/json' } };
  const answer = await rig.call('POST', '/v1/videos/generations', { key: null, ...body });
  assert.equal(answer.statusCode, 401);
});

test('HEAD of a video without a key is 401', async () => {
  const answer = await rig.call('HEAD', '/v1/videos/task_1/content', { key: null });
  assert.equal(answer.statusCode, 401);
});
