import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { COMPLETED, type TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Failed } from '../engines/engine.ts';
import { AppError } from '../kernel/errors.ts';

const TEN_DOLLARS = 10_000_000_000n;
const HOLD_OF_TEN_SECONDS = 1_028_800_000n;
const CRASHED: Failed = {
  status: 'failed',
  code: 'engine_crashed',
  values: { stage: 'rendering' },
  retryable: true,
};

for (const variant of TEST_DATABASES) testTasks(variant);

function testTasks(variant: TestDatabase): void {
  describe(`tasks on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(
      variant,
      (opened) => {
        rig = opened;
      },
      { stepRetryDelayMs: 0 },
    );
    beforeEach(() => {
      rig.engine.outcome = COMPLETED;
      rig.engine.jobs.length = 0;
      rig.inputs.durationMs = 8_008;
      rig.inputs.fetches.length = 0;
    });

    const submit = async (fundsNanos = TEN_DOLLARS, changes = {}) => {
      const caller = await rig.openAccount(fundsNanos);
      const { taskId } = await rig.tasks.submit(caller, rig.request(changes));
      return { caller, taskId };
    };
    const assertBooksInOrder = async () => assert.deepEqual(await rig.tasks.audit(), []);
    const endOf = async (caller: Parameters<TaskRig['runToEnd']>[0], taskId: string) => {
      const view = (await rig.runToEnd(caller, taskId)).at(-1);
      assert.ok(view);
      return view;
    };

    test('an 8.008 s clip at std completes and costs exactly $0.82304', async () => {
      const { caller, taskId } = await submit();
      assert.equal((await rig.billing.balanceOf(caller.accountId)).heldNanos, HOLD_OF_TEN_SECONDS);
      const view = await endOf(caller, taskId);
      assert.equal(view.status, 'completed');
      assert.equal(view.progress, 100);
      assert.equal(view.cost, 0.82304);
      assert.equal(view.size, '720x1280');
      assert.equal(view.seconds, '8');
      assert.deepEqual(view.usage, {
        billing_rule: 'per_second',
        rate_usd: '0.10288',
        billable_seconds: 8,
        probed_seconds: 8.008,
        held_usd: '1.02880',
        charged_usd: '0.82304',
        released_usd: '0.20576',
        is_final: true,
      });
      assert.equal(view.metadata.url, view.url);
      assert.deepEqual(view.warnings, COMPLETED.warnings);
      assert.deepEqual(view.applied, COMPLETED.applied);
      assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
        availableNanos: 9_176_960_000n,
        heldNanos: 0n,
      });
      await assertBooksInOrder();
    });

    test('the receipt shows price, probe, rule, every line, and a sum of zero', async () => {
      const { caller, taskId } = await submit();
      await rig.runToEnd(caller, taskId);
      const receipt = await rig.tasks.receipt(caller, taskId);
      assert.equal(receipt.price.rate_nanos_per_ms, 102_880);
      assert.equal(receipt.probe?.duration_ms, 8_008);
      assert.equal(receipt.rounding?.rule, 'nearest');
      assert.equal(receipt.rounding?.billable_ms, 8_000);
      assert.deepEqual(
        receipt.lines.map(({ kind, book, amount_usd }) => [kind, book, amount_usd]),
        [
          ['hold', 'customer_available', '-1.02880'],
          ['hold', 'customer_held', '1.02880'],
          ['settle', 'customer_held', '-1.02880'],
          ['settle', 'customer_available', '0.20576'],
          ['settle', 'revenue', '0.82304'],
        ],
      );
      assert.deepEqual(receipt.sums, {
        held_usd: '1.02880',
        charged_usd: '0.82304',
        released_usd: '0.20576',
        all_lines_usd: '0.00000',
        sums_to_zero: true,
      });
    });

    test('in the first moment a task is queued, holds its money, and has no url', async () => {
      const { caller, taskId } = await submit();
      const { task } = await rig.tasks.view(caller, taskId);
      assert.equal(task.status, 'queued');
      assert.equal(task.progress, 0);
      assert.equal(task.url, null);
      assert.deepEqual(task.metadata, {});
      assert.equal(task.usage.is_final, false);
      assert.deepEqual(rig.inputs.fetches, []);
    });

    test('a submit without funds leaves no task, no job and no hold', async () => {
      const caller = await rig.openAccount(HOLD_OF_TEN_SECONDS - 1n);
      const count = async () =>
        (
          await rig.db.executeSql(
            'SELECT (SELECT count(*) FROM task) + (SELECT count(*) FROM pgboss.job) AS n',
          )
        ).rows[0];
      const before = await count();
      await assert.rejects(rig.tasks.submit(caller, rig.request()), {
        code: 'insufficient_balance',
        values: { needed: '1.02880', available: '1.028799999' },
      });
      assert.deepEqual(await count(), before);
      await assertBooksInOrder();
    });

    test('of 64 submits at once exactly as many are accepted as there are funds for', async () => {
      const caller = await rig.openAccount(7n * HOLD_OF_TEN_SECONDS + 1n);
      const results = await Promise.allSettled(
        Array.from({ length: 64 }, () => rig.tasks.submit(caller, rig.request())),
      );
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 7);
      assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
        availableNanos: 1n,
        heldNanos: 7n * HOLD_OF_TEN_SECONDS,
      });
      await assertBooksInOrder();
    });

    test('a failed task says why and gives the whole hold back', async () => {
      const { caller, taskId } = await submit();
      rig.engine.outcome = {
        status: 'failed',
        code: 'no_person',
        values: { reason: 'No person is visible in the clip.' },
        retryable: false,
      };
      const view = await endOf(caller, taskId);
      assert.equal(view.status, 'failed');
      assert.equal(view.error?.code, 'no_person');
      assert.equal(view.error?.message, 'No person is visible in the clip.');
      assert.equal(view.usage.released_usd, '1.02880');
      assert.equal(view.cost, 0);
      assert.equal(view.url, null);
      assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
        availableNanos: TEN_DOLLARS,
        heldNanos: 0n,
      });
      await assertBooksInOrder();
    });

    test('a refused input fails the task at once with the sentence of the refusal', async () => {
      const { caller, taskId } = await submit();
      const fetchVideo = rig.inputs.fetchVideo;
      rig.inputs.fetchVideo = async () => {
        rig.inputs.fetches.push('refused');
        throw new AppError('reference_too_long', {
          seen: 12.4,
          orientation: 'image',
          min: 3,
          max: 10,
        });
      };
      const view = await endOf(caller, taskId);
      rig.inputs.fetchVideo = fetchVideo;
      assert.equal(view.error?.code, 'reference_too_long');
      assert.match(view.error?.message ?? '', /12.4 s long/);
      assert.equal(view.error?.stage, 'inspecting');
      assert.equal(rig.inputs.fetches.filter((url) => url === 'refused').length, 1);
      assert.equal((await rig.billing.balanceOf(caller.accountId)).availableNanos, TEN_DOLLARS);
    });

    test('a step that fails by accident is tried again, and only so often', async () => {
      const { caller, taskId } = await submit();
      const fetchImage = rig.inputs.fetchImage;
      let failures = 0;
      rig.inputs.fetchImage = async (...parameters) => {
        failures++;
        if (failures < 3) throw new AppError('fetch_failed', { what: 'image', reason: 'reset' });
        return await fetchImage(...parameters);
      };
      assert.equal((await endOf(caller, taskId)).status, 'completed');
      assert.equal(failures, 3);

      failures = -1_000;
      const { caller: other, taskId: doomed } = await submit();
      const view = await endOf(other, doomed);
      rig.inputs.fetchImage = fetchImage;
      assert.equal(view.error?.code, 'fetch_failed');
      assert.equal(failures, -1_000 + 3);
    });

    test('what went wrong inside is told to nobody but the log', async () => {
      const { caller, taskId } = await submit();
      rig.engine.outcome = () => {
        throw new Error('secret path /var/lib');
      };
      const view = await endOf(caller, taskId);
      assert.equal(view.error?.code, 'internal');
      assert.doesNotMatch(JSON.stringify(view), /secret path/);
    });

    test('a longer clip than the estimate tops the hold up to the price', async () => {
      const { caller, taskId } = await submit(TEN_DOLLARS, { durationSeconds: 3 });
      assert.equal((await rig.billing.balanceOf(caller.accountId)).heldNanos, 308_640_000n);
      const view = await endOf(caller, taskId);
      assert.equal(view.usage.held_usd, '0.82304');
      assert.equal(view.usage.charged_usd, '0.82304');
      assert.equal(view.usage.released_usd, '0.00000');
      await assertBooksInOrder();
    });

    test('a top-up without funds fails the task and gives everything back', async () => {
      const funds = 400_000_000n;
      const { caller, taskId } = await submit(funds, { durationSeconds: 3 });
      const view = await endOf(caller, taskId);
      assert.equal(view.error?.code, 'insufficient_balance');
      assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
        availableNanos: funds,
        heldNanos: 0n,
      });
      assert.equal(rig.engine.jobs.length, 0);
    });

    test('an engine that crashes is started once more, and then the task fails', async () => {
      const { caller, taskId } = await submit();
      rig.engine.outcome = CRASHED;
      const view = await endOf(caller, taskId);
      assert.equal(view.error?.code, 'engine_crashed');
      assert.equal(view.error?.message, 'The engine stopped unexpectedly 2 times while rendering.');
      assert.equal(rig.engine.jobs.length, 2);
      assert.equal((await rig.billing.balanceOf(caller.accountId)).availableNanos, TEN_DOLLARS);
    });

    test('a render lost with its process is no attempt of the engine, but has its limit too', async () => {
      const { caller, taskId } = await submit();
      rig.engine.outcome = () =>
        rig.engine.jobs.length < 4 ? { ...CRASHED, isLost: true } : COMPLETED;
      assert.equal((await endOf(caller, taskId)).status, 'completed');
      assert.equal(rig.engine.jobs.length, 4);

      rig.engine.jobs.length = 0;
      rig.engine.outcome = { ...CRASHED, isLost: true };
      const { caller: other, taskId: doomed } = await submit();
      assert.equal((await endOf(other, doomed)).status, 'failed');
      assert.equal(rig.engine.jobs.length, 6);
    });

    test('progress never goes back, whatever the engine says', async () => {
      const { caller, taskId } = await submit();
      const said = [0.5, 0.2, 0.9, 0.1];
      rig.engine.outcome = () => {
        const progress = said.shift();
        if (progress !== undefined) return { status: 'pending', progress, stage: 'rendering' };
        return rig.engine.jobs.length === 1 ? CRASHED : COMPLETED;
      };
      const seen = (await rig.runToEnd(caller, taskId)).map(({ progress }) => progress);
      assert.deepEqual(
        seen,
        seen.toSorted((one, other) => one - other),
      );
      assert.equal(seen.at(-1), 100);
      assert.ok(seen.includes(5 + Math.floor(0.9 * 86)), `${seen}`);
    });

    test('the status is never anything but the five words', async () => {
      const { caller, taskId } = await submit();
      const statuses = (await rig.runToEnd(caller, taskId)).map(({ status }) => status);
      assert.deepEqual([...new Set(statuses)], ['queued', 'in_progress', 'completed']);
    });

    test('a task past its deadline ends failed with everything released', async () => {
      const { caller, taskId } = await submit();
      rig.engine.outcome = { status: 'pending', progress: 0.1, stage: 'tracking' };
      for (let step = 0; step < 4; step++) await rig.tasks.advance(taskId);
      rig.clock.advance(3_600_000);
      await rig.tasks.sweep();
      const { task } = await rig.tasks.view(caller, taskId);
      assert.equal(task.status, 'failed');
      assert.equal(task.error?.code, 'deadline_exceeded');
      assert.equal(task.error?.stage, 'tracking');
      assert.equal((await rig.billing.balanceOf(caller.accountId)).availableNanos, TEN_DOLLARS);
    });

    test('the deadline ends a task even while a worker hangs in a step of it', async () => {
      const { caller, taskId } = await submit();
      const release = Promise.withResolvers<void>();
      const isIn = Promise.withResolvers<void>();
      const check = rig.engine.check;
      await rig.tasks.advance(taskId);
      await rig.tasks.advance(taskId);
      rig.engine.check = async () => {
        isIn.resolve();
        await release.promise;
        return COMPLETED;
      };
      const hanging = rig.tasks.advance(taskId);
      await isIn.promise;
      rig.clock.advance(3_600_000);
      await rig.tasks.sweep();
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'failed');
      release.resolve();
      await hanging;
      rig.engine.check = check;
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'failed');
      await assertBooksInOrder();
    });

    test('a task of another account is not found, by view, receipt or content', async () => {
      const { taskId } = await submit();
      const stranger = await rig.openAccount(1n);
      for (const read of ['view', 'receipt', 'content'] as const) {
        await assert.rejects(rig.tasks[read](stranger, taskId), { code: 'task_not_found' });
      }
    });

    test('content is there from completion until its retention ends, then gone for good', async () => {
      const { caller, taskId } = await submit();
      await assert.rejects(rig.tasks.content(caller, taskId), { code: 'not_completed' });
      await rig.runToEnd(caller, taskId);
      const content = await rig.tasks.content(null, taskId);
      assert.equal(content.storageKey, `tasks/${taskId}/result.mp4`);
      assert.equal(content.etag, `"${'a'.repeat(64)}"`);
      assert.ok(rig.storage.blobs.has(content.storageKey));
      rig.clock.advance(31 * 24 * 3_600_000);
      await assert.rejects(rig.tasks.content(caller, taskId), { code: 'expired' });
      await rig.tasks.sweep();
      assert.ok(!rig.storage.blobs.has(content.storageKey));
      const { task } = await rig.tasks.view(caller, taskId);
      assert.equal(task.status, 'completed');
      assert.equal(task.url, null);
    });

    test('an external id names one task of an account', async () => {
      const { caller, taskId } = await submit(TEN_DOLLARS, { externalTaskId: 'order 7' });
      await assert.rejects(rig.tasks.submit(caller, rig.request({ externalTaskId: 'order 7' })), {
        code: 'external_task_id_taken',
        values: { seen: 'order 7', id: taskId },
        param: 'external_task_id',
      });
      await submit(TEN_DOLLARS, { externalTaskId: 'order 7' });
    });

    test('an engine that is not there is refused before anything is held', async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      await assert.rejects(rig.tasks.submit(caller, rig.request({ engine: 'other' })), {
        code: 'invalid_request',
        param: 'engine',
      });
      assert.equal((await rig.billing.balanceOf(caller.accountId)).heldNanos, 0n);
    });

    test('the price is the one of the submit', async () => {
      const { caller, taskId } = await submit();
      const { rateNanosPerMs } = rig.billing.prices;
      rig.billing.prices.rateNanosPerMs = { std: 999_999n, pro: 999_999n };
      const view = await endOf(caller, taskId);
      rig.billing.prices.rateNanosPerMs = rateNanosPerMs;
      assert.equal(view.usage.charged_usd, '0.82304');
    });
  });
}
