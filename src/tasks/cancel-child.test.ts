import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMemoryDatabase } from '../../test/fixtures/database.ts';
import { createLocalEngineRig } from '../../test/fixtures/local-engine.ts';
import { createTaskRig } from '../../test/fixtures/task-rig.ts';
import { waitUntil } from '../../test/fixtures/wait-until.ts';

const TEN_DOLLARS = 10_000_000_000n;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a cancel ends the process that renders, removes its files, and charges nothing', async (t) => {
  const db = await openMemoryDatabase();
  const rig = await createTaskRig(db);
  const local = createLocalEngineRig();
  t.after(async () => {
    await rig.tasks.stop();
    await rig.queue.stop();
    await local.close();
    await db.close();
  });
  const { engine } = local;
  Object.assign(rig.engine, {
    start: (job: { taskId: string }) =>
      engine.start({ ...local.createJob('wait for ever'), taskId: job.taskId }),
    check: engine.check,
    cancel: engine.cancel,
    cleanUp: engine.cleanUp,
    cancelTask: engine.cancelTask,
    listTasks: engine.listTasks,
  });
  const caller = await rig.openAccount(TEN_DOLLARS);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  for (let step = 0; step < 3; step++) {
    await rig.tasks.advance(taskId);
    rig.clock.advance(1_000);
  }
  await waitUntil('the child has started', () => local.listStarts().length > 0);
  const [pid = 0] = local.listStarts();
  assert.ok(isAlive(pid));
  assert.ok(existsSync(join(local.workDir, taskId)));

  assert.equal((await rig.tasks.cancel(caller, taskId)).status, 'cancelled');
  assert.ok(!isAlive(pid));
  assert.ok(!existsSync(join(local.workDir, taskId)));
  assert.deepEqual(engine.listTasks(), []);
  assert.equal((await rig.billing.balanceOf(caller.accountId)).availableNanos, TEN_DOLLARS);
  assert.deepEqual(await rig.tasks.audit(), []);
});
