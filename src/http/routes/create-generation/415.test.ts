import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDoorRig, type DoorRig } from '../../testing/door-rig.ts';
import { BODY } from '../../testing/http-rig.ts';

let rig: DoorRig;
before(async () => {
  rig = await createDoorRig();
});
after(() => rig.close());

const types = [
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data',
  'nonsense',
];

for (const type of types) {
  test(`a body of the type ${type} is refused by its name`, async () => {
    const headers = { 'content-type': type };
    const body = JSON.stringify(BODY);
    const answer = await rig.call('POST', '/v1/videos/generations', { body, headers });
    assert.equal(answer.statusCode, 415);
    assert.equal(answer.json().code, 'unsupported_content_type');
    assert.match(answer.json().message, new RegExp(type));
  });
}

test('a body without a Content-Type is told so', async () => {
  const headers = { 'content-type': '' };
  const body = JSON.stringify(BODY);
  const answer = await rig.call('POST', '/v1/videos/generations', { body, headers });
  const wanted = 'The body has no Content-Type; it must be application/json.';
  assert.deepEqual([answer.statusCode, answer.json().message], [415, wanted]);
});
