import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDoorRig, type DoorRig } from '../../testing/door-rig.ts';

let rig: DoorRig;
before(async () => {
  rig = await createDoorRig();
});
after(() => rig.close());

for (const wait of ['61', '-1', '1.5', 'long', '']) {
  test(`a wait of "${wait}" is refused with the limit`, async () => {
    const answer = await rig.call('GET', `/v1/videos/task_1?wait=${wait}`);
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json().error.param, 'wait');
    assert.match(answer.json().message, /whole number of seconds from 0 to 60/);
  });
}

test('an unknown query field is refused by its name', async () => {
  const answer = await rig.call('GET', '/v1/videos/task_1?wiat=5');
  assert.equal(answer.statusCode, 400);
  assert.equal(answer.json().code, 'unknown_field');
  assert.match(answer.json().message, /wiat/);
});
