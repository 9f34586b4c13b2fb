import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorRig } from '../../testing/door-rig.ts';
import { BODY } from '../../testing/http-rig.ts';

test('a body over the limit, which has room for a picture, is refused with the limit', async (t) => {
  const rig = await createDoorRig();
  t.after(() => rig.close());
  const body = { ...BODY, prompt: 'x'.repeat(60_000) };
  const answer = await rig.call('POST', '/v1/videos/generations', { body });
  assert.equal(answer.statusCode, 413);
  assert.equal(answer.json().code, 'body_too_large');
  assert.equal(answer.json().message, 'The body is larger than 60000 bytes.');
});
