import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryDatabase } from '../../test/fixtures/database.ts';
import { COMPLETED, createTaskRig } from '../../test/fixtures/task-rig.ts';
import type { Failed } from '../engines/engine.ts';
import type { TaskFigures } from './figures.ts';

const CRASH: Failed = { status: 'failed', code: 'engine_crashed', values: {}, retryable: true };

async function open(t: { after(work: () => Promise<void>): void }) {
  const db = await openMemoryDatabase();
  const heard: string[] = [];
  const figures: TaskFigures = {
    taskSubmitted: () => heard.push('submitted'),
    stepEnded: ({ step, outcome }) => heard.push(`${step} ${outcome}`),
    taskEnded: ({ state, code, elapsedMs }) => heard.push(`${state} ${code} ${elapsedMs}`),
    engineEnded: (engine, outcome) => heard.push(`${engine} ${outcome}`),
    sweptTasks: (counts) => heard.push(JSON.stringify(counts)),
    removedOrphans: (count) => heard.push(`${count} orphans`),
  };
  const rig = await createTaskRig(db, {}, { figures });
  t.after(async () => {
    await rig.tasks.stop();
    await rig.queue.stop();
    await db.close();
  });
  return { ...rig, heard, caller: await rig.openAccount(9_000_000_000n) };
}

test('every step of a task is told once with what came of it', async (t) => {
  const { caller, engine, heard, request, runToEnd, tasks } = await open(t);
  let looks = 0;
  engine.outcome = () =>
    ++looks > 1 ? COMPLETED : { status: 'pending', progress: 0.5, stage: 'drawing' };
  const { taskId } = await tasks.submit(caller, request());
  await runToEnd(caller, taskId);
  const expected = ['submitted', 'inspect done', 'start done', 'poll again', 'test completed'];
  assert.deepEqual(heard, [
    ...expected,
    'poll done',
    'store done',
    'completed null 5000',
    'finish done',
  ]);
});

test('attempts of an engine are told by their codes, and the end by its own', async (t) => {
  const { caller, engine, heard, request, runToEnd, tasks } = await open(t);
  engine.outcome = CRASH;
  const { taskId } = await tasks.submit(caller, request());
  await runToEnd(caller, taskId);
  assert.equal(heard.filter((line) => line === 'test engine_crashed').length, 2);
  assert.equal(heard.at(-2), 'failed engine_crashed 4000');
  assert.equal(heard.at(-1), 'poll failed');
});

test('a step that throws and may pass is told as one that will be run again', async (t) => {
  const { caller, heard, inputs, request, tasks } = await open(t);
  inputs.fetchVideo = () => Promise.reject(new Error('a disk hiccup'));
  const { taskId } = await tasks.submit(caller, request());
  await tasks.advance(taskId);
  assert.deepEqual(heard, ['submitted', 'inspect retried']);
});

test('open tasks are counted by state and stage, with the one that waits longest', async (t) => {
  const { caller, clock, request, runToEnd, tasks } = await open(t);
  const first = await tasks.submit(caller, request());
  clock.advance(3_000);
  await tasks.submit(caller, request());
  clock.advance(1_000);
  const group = { state: 'submitted', stage: 'queued', engine: 'test' };
  assert.deepEqual(await tasks.groupOpen(), [
    { ...group, count: 2, waitingCount: 2, longestWaitMs: 4_000 },
  ]);
  await runToEnd(caller, first.taskId);
  assert.equal((await tasks.groupOpen())[0]?.count, 1, 'what has ended is not counted');
});

test('a sweep tells how many it ended, took up and removed', async (t) => {
  const { caller, clock, heard, request, runToEnd, tasks } = await open(t);
  await runToEnd(caller, (await tasks.submit(caller, request())).taskId);
  clock.advance(31 * 24 * 3_600_000);
  await tasks.submit(caller, request());
  clock.advance(2 * 3_600_000);
  await tasks.sweep();
  assert.equal(heard.at(-1), '{"late":1,"forgotten":0,"removed":1}');
});
