import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDoorRig, type DoorRig } from '../../testing/door-rig.ts';

let rig: DoorRig;
before(async () => {
  rig = await createDoorRig();
});
after(() => rig.close());

test('readiness and health need no key', async () => {
  assert.equal((await rig.call('GET', '/readyz', { key: null })).statusCode, 200);
  const health = await rig.call('GET', '/healthz', { key: null });
  assert.deepEqual(health.json(), { status: 'ok', version: '1.2.3' });
});

test('a service with an obstacle is not ready, says why, and is still alive', async () => {
  rig.state.obstacle = 'the database does not answer';
  const answer = await rig.call('GET', '/readyz', { key: null });
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.json().message, 'The service is not ready: the database does not answer.');
  assert.equal(answer.headers['retry-after'], '2');
  assert.equal((await rig.call('GET', '/healthz', { key: null })).statusCode, 200);
});
