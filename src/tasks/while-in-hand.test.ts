import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryDatabase } from '../../test/fixtures/database.ts';
import { createTaskRig } from '../../test/fixtures/task-rig.ts';

test('a look at inputs ends when their task is cancelled, and the hold is given back', async (t) => {
  const db = await openMemoryDatabase();
  const rig = await createTaskRig(db);
  t.after(async () => {
    await rig.tasks.stop();
    await rig.queue.stop();
    await db.close();
  });
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  rig.inputs.preflight = (_, { signal }) => {
    begun.resolve();
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        ended.resolve(signal.reason);
        reject(signal.reason);
      });
    });
  };
  const caller = await rig.openAccount(2_000_000_000n);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  const step = rig.tasks.advance(taskId);
  await begun.promise;
  await rig.tasks.cancel(caller, taskId);
  assert.match(String(await ended.promise), /moved by somebody else/);
  await step;
  const { task } = await rig.tasks.view(caller, taskId);
  assert.equal(task.status, 'cancelled');
  assert.equal((await rig.billing.balanceOf(caller.accountId)).heldNanos, 0n);
});
