import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryDatabase, silentLog } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';
import { DEFAULT_TASK_LIMITS } from './options.ts';
import { STRIPPED, stripOldTasks } from './retention.ts';

const FUNDS = 20_000_000_000n;
const { taskKeptMs } = DEFAULT_TASK_LIMITS;

let rig: TaskRig;
let caller: Caller;
useTaskRig(
  { open: openMemoryDatabase },
  async (opened) => {
    rig = opened;
    caller = await rig.openAccount(FUNDS);
  },
  { storageSweepIntervalMs: 0 },
);

async function finishTask(): Promise<string> {
  const { taskId } = await rig.tasks.submit(caller, rig.request({ prompt: 'a slow push in' }));
  await rig.runToEnd(caller, taskId);
  return taskId;
}

async function readPersonal(taskId: string): Promise<(string | null)[]> {
  const row = await rig.db.kysely
    .selectFrom('task')
    .select(['image_url', 'video_url', 'prompt'])
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  return [row.image_url, row.video_url, row.prompt];
}

const GONE = [STRIPPED, STRIPPED, null];

test('an old task loses addresses and prompt, and keeps its object, its money and its facts', async () => {
  const taskId = await finishTask();
  const { callerFacts, ...view } = await readAll(taskId);
  rig.clock.advance(taskKeptMs - 60_000);
  await rig.tasks.sweep();
  assert.notDeepEqual(await readPersonal(taskId), GONE, 'until then it keeps everything');
  // Its media go by another rule, which changes what is shown of them.
  const before = await rig.tasks.view(caller, taskId);
  rig.clock.advance(60_000);
  await rig.tasks.sweep();
  assert.deepEqual(await readPersonal(taskId), GONE);
  assert.deepEqual(await rig.tasks.view(caller, taskId), before);
  const { callerFacts: factsAfter, ...after } = await readAll(taskId);
  assert.deepEqual(factsAfter, callerFacts);
  assert.deepEqual(after, view);
  assert.deepEqual(await rig.tasks.audit(), []);
});

/** What receipt and audit are made of. */
async function readAll(taskId: string) {
  const row = await rig.db.kysely
    .selectFrom('task')
    .select(['image', 'video', 'result', 'warnings'])
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  const { usage, cost, applied } = (await rig.tasks.view(caller, taskId)).task;
  return { callerFacts: row, usage, cost, applied };
}

test('a task that has not ended keeps what it needs, however old it is', async () => {
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  rig.clock.advance(taskKeptMs + 1);
  const { db, clock } = rig;
  await stripOldTasks({ db, clock, limits: DEFAULT_TASK_LIMITS, log: silentLog });
  assert.notDeepEqual(await readPersonal(taskId), GONE);
  await rig.tasks.cancel(caller, taskId);
});

test('one sweep strips no more than its limit, the oldest first, and each task once', async () => {
  const ids = [await finishTask(), await finishTask(), await finishTask()];
  const { db, clock } = rig;
  const strip = (max: number, keptMs = taskKeptMs) => {
    const limits = { ...DEFAULT_TASK_LIMITS, taskKeptMs: keptMs };
    return stripOldTasks({ db, clock, limits, log: silentLog }, max);
  };
  // Those of the other tests are out of the way first.
  await rig.tasks.sweep();
  clock.advance(2 * taskKeptMs);
  assert.equal(await strip(9, 0), 0, '0 keeps for ever');
  const [oldest = ''] = ids;
  assert.notDeepEqual(await readPersonal(oldest), GONE);
  let total = 0;
  for (let count = await strip(2); count > 0; count = await strip(2)) {
    assert.ok(count <= 2);
    total += count;
  }
  assert.ok(total >= ids.length);
  for (const id of ids) assert.deepEqual(await readPersonal(id), GONE);
});
