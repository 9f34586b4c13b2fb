import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryDatabase } from '../../../test/fixtures/database.ts';
import { createTaskRig } from '../../../test/fixtures/task-rig.ts';
import { AppError } from '../../kernel/errors.ts';

test('a reason with bytes of a hostile file in it ends the task like any other', async (t) => {
  const db = await openMemoryDatabase();
  const rig = await createTaskRig(db);
  t.after(async () => {
    await rig.tasks.stop();
    await rig.queue.stop();
    await db.close();
  });
  rig.inputs.fetchVideo = async () => {
    throw new AppError('video_unreadable', { reason: 'its codec "\0\u0007\ud800" is not known' });
  };
  const caller = await rig.openAccount(2_000_000_000n);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  const view = (await rig.runToEnd(caller, taskId)).at(-1);
  assert.equal(view?.error?.code, 'video_unreadable');
  assert.match(view.error.message, /its codec "\ufffd{3}" is not known/);
  assert.equal((await rig.billing.balanceOf(caller.accountId)).heldNanos, 0n);
});
