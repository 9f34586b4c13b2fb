/** What the service needs of an engine: each of them passes this one suite. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Completed, Engine, EngineJob, Failed, Operation } from '../../src/engines/engine.ts';
import { waitUntil } from '../fixtures/wait-until.ts';

export type EngineUnderTest = {
  engine: Engine;
  /** A new job each time, with a task id of its own. */
  createJob(kind: 'completes' | 'is refused' | 'takes long'): Promise<EngineJob>;
  /** How often the work of a task was really begun. */
  countStarts(taskId: string): Promise<number>;
  close(): Promise<void>;
};

/** Looks until the engine says something else than pending. */
export async function waitForEnd(
  engine: Engine,
  operation: Operation,
): Promise<Completed | Failed> {
  let outcome = await engine.check(operation);
  await waitUntil('the operation has ended', async () => {
    outcome = await engine.check(operation);
    return outcome.status !== 'pending';
  });
  assert.ok(outcome.status !== 'pending');
  return outcome;
}

export function testEngine(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`engine ${name}`, () => {
    let subject: EngineUnderTest;
    let engine: Engine;
    before(async () => {
      subject = await open();
      engine = subject.engine;
    });
    after(() => subject.close());

    test('it says who it is and what it can do', () => {
      assert.match(engine.name, /^[a-z][a-z0-9-]*$/);
      assert.ok(engine.version.length > 0);
      assert.ok(engine.capabilities.modes.length > 0);
      assert.ok(engine.capabilities.orientations.length > 0);
    });

    test('an operation is plain JSON and enough to go on with', async () => {
      const operation = await engine.start(await subject.createJob('completes'));
      const stored: Operation = JSON.parse(JSON.stringify(operation));
      assert.deepEqual(stored, operation);
      const outcome = await waitForEnd(engine, stored);
      assert.equal(outcome.status, 'completed');
    });

    test('a finished result stays there until it is cleaned up, however often it is asked for', async () => {
      const operation = await engine.start(await subject.createJob('completes'));
      const outcome = await waitForEnd(engine, operation);
      assert.ok(outcome.status === 'completed');
      assert.deepEqual(await engine.check(operation), outcome);
      if (outcome.result.kind !== 'file') return;
      assert.ok(existsSync(outcome.result.path));
      await engine.cleanUp?.(operation);
      assert.ok(!existsSync(outcome.result.path));
      await engine.cleanUp?.(operation);
    });

    test('starting the same task twice does the work once', async () => {
      const job = await subject.createJob('completes');
      const first = await engine.start(job);
      assert.deepEqual(await engine.start(job), first);
      await waitForEnd(engine, first);
      assert.deepEqual(await engine.start(job), first);
      await waitForEnd(engine, first);
      assert.equal(await subject.countStarts(job.taskId), 1);
    });

    test('a refusal is data with a code of the catalogue, and not retryable', async () => {
      const operation = await engine.start(await subject.createJob('is refused'));
      const outcome = await waitForEnd(engine, operation);
      assert.ok(outcome.status === 'failed');
      assert.equal(outcome.retryable, false);
      assert.match(outcome.code, /^[a-z_]+$/);
    });

    test('work that nobody wants any more is ended by its task, or the engine says what it costs', () => {
      if (engine.cancelTask) return assert.equal(engine.unwantedWork, undefined);
      assert.ok(!engine.isBoundToProcess, 'what ends with its process can be ended');
      assert.ok(['costs-nothing', 'is-paid'].includes(engine.unwantedWork));
    });

    /** An engine that is bound to its process also tells what is at work there. */
    const assertAtWork = (taskId: string, expected: boolean) => {
      if (engine.isBoundToProcess) assert.equal(engine.listTasks().includes(taskId), expected);
    };

    test('a task can be cancelled by its id alone, however often, and also before it was started', async (t) => {
      if (!engine.cancelTask) return t.skip('it cannot end work by its task');
      const job = await subject.createJob('takes long');
      await engine.cancelTask(job.taskId);
      const operation = await engine.start(job);
      assertAtWork(job.taskId, true);
      assert.equal((await engine.check(operation)).status, 'pending');
      await engine.cancelTask(job.taskId);
      await engine.cancelTask(job.taskId);
      assertAtWork(job.taskId, false);
      assert.equal((await engine.check(operation)).status, 'failed');
    });

    test('a task cancelled while its start is under way leaves nothing at work', async (t) => {
      if (!engine.cancelTask) return t.skip('it cannot end work by its task');
      const job = await subject.createJob('takes long');
      const held = holdBack(job);
      const starting = engine.start(job);
      await held.isIn;
      assertAtWork(job.taskId, true);
      await engine.cancelTask(job.taskId);
      held.goOn();
      const operation = await starting;
      assertAtWork(job.taskId, false);
      assert.equal((await engine.check(operation)).status, 'failed');
      assert.equal(await subject.countStarts(job.taskId), 0);
    });

    test('starting answers before the work is done, and progress stays within its bounds', async () => {
      const operation = await engine.start(await subject.createJob('takes long'));
      const outcome = await engine.check(operation);
      assert.ok(outcome.status === 'pending');
      if (outcome.progress !== null) assert.ok(outcome.progress >= 0 && outcome.progress <= 1);
      await engine.cancel?.(operation);
      await engine.cleanUp?.(operation);
    });
  });
}

/** A start goes no further than to its clip until it may. */
function holdBack(job: EngineJob): { isIn: Promise<void>; goOn(): void } {
  const isIn = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const { openFile } = job.video;
  job.video.openFile = async () => {
    isIn.resolve();
    await goOn.promise;
    return await openFile();
  };
  return { isIn: isIn.promise, goOn: goOn.resolve };
}
