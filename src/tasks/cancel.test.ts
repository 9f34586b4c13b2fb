import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { createHostedEngineRig } from '../../test/fixtures/hosted-engine.ts';
import { COMPLETED, type TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';
import { createEngineRegistry } from '../engines/registry.ts';
import { isAppError } from '../kernel/errors.ts';
import { NO_FIGURES } from './figures.ts';
import { DEFAULT_TASK_LIMITS } from './options.ts';

const TEN_DOLLARS = 10_000_000_000n;
const PENDING = { status: 'pending', progress: 0.5, stage: 'rendering' } as const;

for (const variant of TEST_DATABASES) testCancel(variant);

function testCancel(variant: TestDatabase): void {
  describe(`cancel on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(variant, (opened) => {
      rig = opened;
    });
    beforeEach(() => {
      rig.engine.outcome = COMPLETED;
      rig.engine.jobs.length = 0;
      rig.engine.cancelled = 0;
    });

    const submit = async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      return { caller, taskId };
    };
    const stateOf = async (taskId: string) => {
      const { rows } = await rig.db.executeSql('SELECT state FROM task WHERE id = $1', [taskId]);
      return rows[0]?.['state'];
    };
    const advanceTo = async (taskId: string, state: string) => {
      for (let step = 0; step < 10 && (await stateOf(taskId)) !== state; step++) {
        await rig.tasks.advance(taskId);
        rig.clock.advance(1_000);
      }
      assert.equal(await stateOf(taskId), state);
    };
    const assertGivenBack = async ({ accountId }: Caller) => {
      assert.deepEqual(await rig.billing.balanceOf(accountId), {
        availableNanos: TEN_DOLLARS,
        heldNanos: 0n,
      });
      assert.deepEqual(await rig.tasks.audit(), []);
    };

    for (const state of ['submitted', 'inspected', 'running', 'rendered', 'stored']) {
      test(`a task that is ${state} is cancelled and gives its whole hold back, once`, async () => {
        const { caller, taskId } = await submit();
        if (state === 'running') rig.engine.outcome = PENDING;
        await advanceTo(taskId, state);
        const view = await rig.tasks.cancel(caller, taskId);
        assert.equal(view.status, 'cancelled');
        assert.equal(view.usage.released_usd, '1.02880');
        assert.equal(view.cost, 0);
        assert.equal(view.url, null);
        await assertGivenBack(caller);
        const begun = !['submitted', 'inspected'].includes(state);
        assert.equal(rig.engine.cancelled, begun ? 1 : 0, 'the engine is told when it was started');
        await rig.tasks.advance(taskId);
        assert.equal(await stateOf(taskId), 'cancelled');
      });
    }

    test('a cancelled task is answered as it is, and moves no more money', async () => {
      const { caller, taskId } = await submit();
      const first = await rig.tasks.cancel(caller, taskId);
      assert.deepEqual(await rig.tasks.cancel(caller, taskId), first);
      await assertGivenBack(caller);
    });

    test('a task that has ended otherwise cannot be cancelled, and says how it ended', async () => {
      const { caller, taskId } = await submit();
      await rig.runToEnd(caller, taskId);
      await assert.rejects(rig.tasks.cancel(caller, taskId), {
        code: 'not_cancellable',
        values: { status: 'completed' },
      });
      assert.equal((await rig.tasks.view(caller, taskId)).task.cost, 0.82304);
    });

    test('a task of another account is not there to be cancelled', async () => {
      const { taskId } = await submit();
      const stranger = await rig.openAccount(1n);
      await assert.rejects(rig.tasks.cancel(stranger, taskId), { code: 'task_not_found' });
      assert.equal(await stateOf(taskId), 'submitted');
    });

    test('of many cancels and a completion at once one counts, and the money says which', async () => {
      for (let round = 0; round < 8; round++) {
        const { caller, taskId } = await submit();
        await advanceTo(taskId, 'stored');
        const other = rig.createOther();
        const finish = () => rig.tasks.advance(taskId);
        const cancel = () =>
          other.cancel(caller, taskId).then(
            () => 'cancelled',
            (error: unknown) => (isAppError(error, 'not_cancellable') ? 'completed' : 'broken'),
          );
        const isFinishFirst = round % 2 === 0;
        const finishing = isFinishFirst ? finish() : null;
        const answers = await Promise.all([cancel(), cancel(), cancel()]);
        await (finishing ?? finish());
        const { task } = await rig.tasks.view(caller, taskId);
        assert.deepEqual(new Set(answers), new Set([task.status]));
        const charged = task.status === 'completed' ? 823_040_000n : 0n;
        assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
          availableNanos: TEN_DOLLARS - charged,
          heldNanos: 0n,
        });
      }
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('what a worker finds out after the cancel no longer counts', async () => {
      const { caller, taskId } = await submit();
      await advanceTo(taskId, 'running');
      const isIn = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const { check } = rig.engine;
      rig.engine.check = async () => {
        isIn.resolve();
        await goOn.promise;
        return COMPLETED;
      };
      const working = rig.tasks.advance(taskId);
      await isIn.promise;
      await rig.tasks.cancel(caller, taskId);
      goOn.resolve();
      await working;
      rig.engine.check = check;
      assert.equal(await stateOf(taskId), 'cancelled');
      await assertGivenBack(caller);
    });

    test('a task cancelled while its engine starts leaves no engine at work', async () => {
      const { caller, taskId } = await submit();
      await advanceTo(taskId, 'inspected');
      const isIn = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const { start } = rig.engine;
      rig.engine.start = async (job) => {
        isIn.resolve();
        await goOn.promise;
        return await start.call(rig.engine, job);
      };
      const starting = rig.tasks.advance(taskId);
      await isIn.promise;
      await rig.tasks.cancel(caller, taskId);
      assert.equal(rig.engine.cancelled, 0, 'nobody knows the operation yet');
      goOn.resolve();
      await starting;
      rig.engine.start = start;
      assert.equal(rig.engine.cancelled, 1, 'the one who started it stops it');
      await assertGivenBack(caller);
    });

    test('an engine that could not be told to stop is told again by the sweep, until it was', async () => {
      const { caller, taskId } = await submit();
      rig.engine.outcome = PENDING;
      await advanceTo(taskId, 'running');
      const { cancel } = rig.engine;
      assert.ok(cancel);
      rig.engine.cancel = async () => {
        throw new Error('the engine does not answer');
      };
      assert.equal((await rig.tasks.cancel(caller, taskId)).status, 'cancelled');
      await assertGivenBack(caller);
      rig.engine.cancel = cancel;
      rig.clock.advance(DEFAULT_TASK_LIMITS.sweepIntervalMs);
      await rig.tasks.sweep();
      await rig.tasks.sweep();
      assert.equal(rig.engine.cancelled, 1);
    });

    test('the hold is given back at once also when its work cannot be ended, and the operator is told', async () => {
      const told: string[] = [];
      const { engine } = createHostedEngineRig('never');
      const figures = { ...NO_FIGURES, engineEnded: (...said: string[]) => told.push(said.join()) };
      const tasks = rig.createOther({ engines: createEngineRegistry([engine]), figures });
      const caller = await rig.openAccount(TEN_DOLLARS);
      const { taskId } = await tasks.submit(caller, rig.request({ prompt: 'wait for ever' }));
      await tasks.advance(taskId);
      await tasks.advance(taskId);
      assert.equal((await tasks.cancel(caller, taskId)).status, 'cancelled');
      await assertGivenBack(caller);
      rig.clock.advance(DEFAULT_TASK_LIMITS.sweepIntervalMs);
      await tasks.sweep();
      assert.deepEqual(told, ['hosted,unwanted'], 'and told once');
      await tasks.stop();
    });

    test('who waits for a task is woken by its cancel', async () => {
      const { caller, taskId } = await submit();
      const { version } = await rig.tasks.view(caller, taskId);
      const change = rig.tasks.waitForChange(taskId, version, 60_000);
      await rig.tasks.cancel(caller, taskId);
      await change;
    });
  });
}
