import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import { AppError } from '../kernel/errors.ts';

const FUNDS = 2_000_000_000n;
const RETENTION_MS = 30 * 24 * 3_600_000;
const DEADLINE_MS = 3_600_000;

let rig: TaskRig;
useTaskRig({ open: openMemoryDatabase }, (opened) => {
  rig = opened;
});

async function submit() {
  const caller = await rig.openAccount(FUNDS);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  return { caller, taskId };
}

test('what a refused task had stored before its refusal is removed like the rest', async () => {
  const { fetchVideo } = rig.inputs;
  const { caller, taskId } = await submit();
  const picture = `tasks/${taskId}/picture.png`;
  rig.inputs.fetchVideo = async () => {
    await rig.storage.putFile(picture, '/picture.png', 'image/png');
    throw new AppError('reference_too_long', { seen: 12, orientation: 'image', min: 3, max: 10 });
  };
  await rig.runToEnd(caller, taskId);
  rig.inputs.fetchVideo = fetchVideo;
  await rig.tasks.sweep();
  assert.ok(rig.storage.blobs.has(picture), 'it is kept as long as a result would be');
  rig.clock.advance(RETENTION_MS);
  await rig.tasks.sweep();
  assert.ok(!rig.storage.blobs.has(picture));
});

test('a blob that cannot be removed keeps no other from being removed', async () => {
  const first = await submit();
  const second = await submit();
  for (const { caller, taskId } of [first, second]) await rig.runToEnd(caller, taskId);
  rig.clock.advance(RETENTION_MS);
  const remove = rig.storage.delete;
  rig.storage.delete = async (key) => {
    if (key.includes(first.taskId)) throw new Error('the disk says no');
    await remove(key);
  };
  await rig.tasks.sweep();
  rig.storage.delete = remove;
  const resultOf = (taskId: string) => `tasks/${taskId}/result.mp4`;
  assert.ok(rig.storage.blobs.has(resultOf(first.taskId)));
  assert.ok(!rig.storage.blobs.has(resultOf(second.taskId)));
  await rig.tasks.sweep();
  assert.ok(!rig.storage.blobs.has(resultOf(first.taskId)), 'the next sweep tries again');
});

test('a late task that cannot be ended keeps no other from its end', async () => {
  const first = await submit();
  const second = await submit();
  rig.clock.advance(DEADLINE_MS);
  const { release } = rig.billing.ledger;
  rig.billing.ledger.release = async (tx, hold) => {
    if (hold.taskId === first.taskId) throw new Error('not now');
    return await release(tx, hold);
  };
  await rig.tasks.sweep();
  rig.billing.ledger.release = release;
  const stateOf = async ({ caller, taskId }: typeof first) =>
    (await rig.tasks.view(caller, taskId)).task.status;
  assert.equal(await stateOf(second), 'failed');
  assert.notEqual(await stateOf(first), 'failed');
  await rig.tasks.sweep();
  assert.equal(await stateOf(first), 'failed');
  assert.deepEqual(await rig.tasks.audit(), []);
});
