import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorRig } from '../../testing/door-rig.ts';
import { ADMIN_KEY } from '../../testing/http-rig.ts';
import { readComparison } from './route.ts';

const REPORT = {
  blobCount: 9,
  youngCount: 2,
  strangeCount: 1,
  orphanCount: 1,
  orphanBytes: 300,
  orphans: [{ key: 'tasks/task_1/result.mp4', sizeBytes: 300, storedAtMs: 1_760_000_000_000 }],
  missingTaskIds: ['task_2'],
};

test('the operator learns what storage and database have lost, and nobody else does', async (t) => {
  const rig = await createDoorRig({ tasks: { compareStorage: async () => REPORT } });
  t.after(() => rig.close());
  const answer = await rig.call('GET', '/admin/storage', { key: ADMIN_KEY });
  assert.equal(answer.statusCode, 200);
  const { without_row_files, without_file } = answer.json();
  assert.deepEqual(without_file, ['task_2']);
  assert.deepEqual(without_row_files, [
    { key: 'tasks/task_1/result.mp4', size_bytes: 300, stored_at: 1_760_000_000 },
  ]);
  assert.deepEqual(readComparison(answer.json()), REPORT, 'who asks for it gets what was found');
  assert.equal((await rig.call('GET', '/admin/storage')).statusCode, 403);
  assert.equal((await rig.call('GET', '/admin/storage', { key: null })).statusCode, 401);
});
