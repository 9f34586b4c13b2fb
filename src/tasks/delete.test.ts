import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KyselyPlugin } from 'kysely';
import { openMemoryDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';
import type { Database } from '../db/database.ts';

const FUNDS = 2_000_000_000n;
const ALL = { limit: 10, after: null, status: null };

let rig: TaskRig;
useTaskRig({ open: openMemoryDatabase }, (opened) => {
  rig = opened;
});

async function complete() {
  const caller = await rig.openAccount(FUNDS);
  const request = rig.request({ externalTaskId: 'order 1' });
  const { taskId } = await rig.tasks.submit(caller, request);
  await rig.runToEnd(caller, taskId);
  return { caller, taskId, result: `tasks/${taskId}/result.mp4` };
}

async function listIds(caller: Caller): Promise<string[]> {
  return (await rig.tasks.list(caller, ALL)).tasks.map(({ id }) => id);
}

test('a deleted task loses its media and is no longer found, listed or downloaded', async () => {
  const { caller, taskId, result } = await complete();
  assert.deepEqual(await listIds(caller), [taskId]);
  assert.ok(rig.storage.blobs.has(result));
  await rig.tasks.delete(caller, taskId);
  assert.ok(!rig.storage.blobs.has(result));
  assert.deepEqual(await listIds(caller), []);
  assert.deepEqual(await rig.tasks.listByIds(caller, [taskId]), []);
  assert.equal(await rig.tasks.findByExternalId(caller, 'order 1'), null);
  await assert.rejects(rig.tasks.view(caller, taskId), { code: 'task_not_found' });
  await assert.rejects(rig.tasks.cancel(caller, taskId), { code: 'task_not_found' });
  for (const reader of [caller, null]) {
    await assert.rejects(rig.tasks.content(reader, taskId), { code: 'video_deleted' });
  }
});

test('what was charged for a deleted task stays charged, and its receipt can be read', async () => {
  const { caller, taskId } = await complete();
  const receipt = await rig.tasks.receipt(caller, taskId);
  await rig.tasks.delete(caller, taskId);
  assert.deepEqual(await rig.tasks.receipt(caller, taskId), receipt);
  const day = 24 * 3_600_000;
  const span = { fromMs: rig.clock.now() - day, toMs: rig.clock.now() + day };
  const [row] = await rig.tasks.usage(caller, { ...span, groupBy: 'mode' });
  assert.equal(row?.chargedNanos, 823_040_000n);
  assert.deepEqual(await rig.tasks.audit(), []);
});

test('the name that a deleted task had is not given to another one', async () => {
  const { caller, taskId } = await complete();
  await rig.tasks.delete(caller, taskId);
  const again = rig.tasks.submit(caller, rig.request({ externalTaskId: 'order 1' }));
  await assert.rejects(again, {
    code: 'external_task_id_taken',
    values: { seen: 'order 1', id: taskId },
  });
});

test('deleting again changes nothing; a stranger finds nothing to delete', async () => {
  const { caller, taskId, result } = await complete();
  const stranger = await rig.openAccount(1n);
  await assert.rejects(rig.tasks.delete(stranger, taskId), { code: 'task_not_found' });
  assert.ok(rig.storage.blobs.has(result));
  await rig.tasks.delete(caller, taskId);
  await rig.tasks.delete(caller, taskId);
});

test('a task that is under way is a conflict, and can be deleted once it is cancelled', async () => {
  const caller = await rig.openAccount(FUNDS);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  await assert.rejects(rig.tasks.delete(caller, taskId), {
    code: 'not_finished',
    values: { status: 'queued' },
  });
  await rig.tasks.cancel(caller, taskId);
  await rig.tasks.delete(caller, taskId);
  assert.deepEqual(await listIds(caller), []);
});

test('a task that ends right after it was found under way is not told as what it was by then', async () => {
  const caller = await rig.openAccount(FUNDS);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  const isFound = Promise.withResolvers<void>();
  const mayGo = Promise.withResolvers<void>();
  const pausing: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      isFound.resolve();
      await mayGo.promise;
      return result;
    },
  };
  const db: Database = Object.create(rig.db, {
    kysely: { value: rig.db.kysely.withPlugin(pausing) },
  });
  const racing = rig.createOther({ db });
  const deletion = assert.rejects(racing.delete(caller, taskId), {
    code: 'not_finished',
    values: { status: 'queued' },
  });
  await isFound.promise;
  await rig.tasks.cancel(caller, taskId);
  mayGo.resolve();
  await deletion;
  assert.deepEqual(await listIds(caller), [taskId], 'it was refused, so it is there');
});

test('what a late worker stores for a deleted task, and what could not be removed, is swept', async () => {
  const late = await complete();
  await rig.tasks.delete(late.caller, late.taskId);
  rig.storage.blobs.set(late.result, '/late.mp4');
  const stuck = await complete();
  const remove = rig.storage.delete;
  rig.storage.delete = async () => {
    throw new Error('the disk says no');
  };
  await rig.tasks.delete(stuck.caller, stuck.taskId);
  rig.storage.delete = remove;
  assert.ok(rig.storage.blobs.has(stuck.result));
  rig.clock.advance(10 * 60_000);
  await rig.tasks.sweep();
  assert.ok(!rig.storage.blobs.has(late.result));
  assert.ok(!rig.storage.blobs.has(stuck.result));
});
