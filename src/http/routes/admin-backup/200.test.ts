import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorRig } from '../../testing/door-rig.ts';
import { ADMIN_KEY } from '../../testing/http-rig.ts';

test('a dump is streamed to the operator and to nobody else', async (t) => {
  const rig = await createDoorRig();
  t.after(() => rig.close());
  const answer = await rig.call('POST', '/admin/backup', { key: ADMIN_KEY });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'application/gzip');
  assert.equal(answer.headers['content-length'], '6');
  assert.equal(answer.body, 'a dump');
  assert.equal((await rig.call('POST', '/admin/backup')).statusCode, 403);
  assert.equal((await rig.call('POST', '/admin/backup', { key: null })).statusCode, 401);
});
