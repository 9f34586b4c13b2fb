import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';
import type { TaskListQuery } from './list.ts';
import type { TaskStatus } from './view-types.ts';

const HUNDRED_DOLLARS = 100_000_000_000n;
const DAY_MS = 24 * 3_600_000;

for (const variant of TEST_DATABASES) testLists(variant);

function testLists(variant: TestDatabase): void {
  describe(`lists of tasks on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(variant, (opened) => {
      rig = opened;
    });

    const submit = async (caller: Caller, changes = {}) =>
      (await rig.tasks.submit(caller, rig.request(changes))).taskId;
    const list = async (caller: Caller, query: Partial<TaskListQuery> = {}) => {
      const all = { limit: 100, after: null, status: null, ...query };
      const { tasks, hasMore } = await rig.tasks.list(caller, all);
      return { ids: tasks.map(({ id }) => id), hasMore };
    };

    test('pages hold every task once, newest first, also those of one moment and new ones', async () => {
      const caller = await rig.openAccount(HUNDRED_DOLLARS);
      const ids: string[] = [];
      for (let moment = 0; moment < 3; moment++) {
        for (let index = 0; index < 4; index++) ids.push(await submit(caller));
        rig.clock.advance(1);
      }
      const seen: string[] = [];
      let after: string | null = null;
      for (;;) {
        const page: Awaited<ReturnType<typeof list>> = await list(caller, { limit: 5, after });
        seen.push(...page.ids);
        if (!page.hasMore) break;
        after = page.ids.at(-1) ?? null;
        await submit(caller);
      }
      assert.deepEqual(seen.toSorted(), ids.toSorted());
      const moments = seen.map((id) => Math.floor(ids.indexOf(id) / 4));
      assert.deepEqual(moments, [2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0]);
    });

    test('a page of a status has the tasks of that status and no other', async () => {
      const caller = await rig.openAccount(HUNDRED_DOLLARS);
      const made: Record<TaskStatus, string> = {
        queued: await submit(caller),
        in_progress: await submit(caller),
        completed: await submit(caller),
        failed: await submit(caller),
        cancelled: await submit(caller),
      };
      await rig.tasks.advance(made.in_progress);
      await rig.runToEnd(caller, made.completed);
      await rig.tasks.cancel(caller, made.cancelled);
      const { outcome } = rig.engine;
      const values = { reason: 'Nobody is there.' };
      rig.engine.outcome = { status: 'failed', code: 'no_person', values, retryable: false };
      await rig.runToEnd(caller, made.failed);
      rig.engine.outcome = outcome;
      for (const [status, id] of Object.entries(made)) {
        const { ids } = await list(caller, { status: status as TaskStatus });
        assert.deepEqual(ids, [id], status);
      }
    });

    test('a task that was deleted still marks its place, and a foreign one marks none', async () => {
      const caller = await rig.openAccount(HUNDRED_DOLLARS);
      const older = await submit(caller);
      rig.clock.advance(1);
      const newer = await submit(caller);
      await rig.tasks.cancel(caller, newer);
      await rig.tasks.delete(caller, newer);
      assert.deepEqual((await list(caller, { after: newer })).ids, [older]);
      const stranger = await rig.openAccount(1n);
      assert.deepEqual((await list(stranger)).ids, []);
      await assert.rejects(list(stranger, { after: older }), {
        code: 'invalid_request',
        param: 'after',
      });
    });

    test('many tasks are read at once in the order asked for, without those of others', async () => {
      const caller = await rig.openAccount(HUNDRED_DOLLARS);
      const stranger = await rig.openAccount(HUNDRED_DOLLARS);
      const foreign = await submit(stranger);
      const [one, two] = [await submit(caller), await submit(caller)];
      const found = await rig.tasks.listByIds(caller, [two, foreign, 'task_none', one, two]);
      assert.deepEqual(
        found.map(({ id }) => id),
        [two, one],
      );
      assert.deepEqual(found[0], (await rig.tasks.view(caller, two)).task);
    });

    test('a task is found by the name that its own account gave it', async () => {
      const caller = await rig.openAccount(HUNDRED_DOLLARS);
      const stranger = await rig.openAccount(1n);
      const taskId = await submit(caller, { externalTaskId: 'order 9' });
      assert.equal(await rig.tasks.findByExternalId(caller, 'order 9'), taskId);
      assert.equal(await rig.tasks.findByExternalId(stranger, 'order 9'), null);
    });

    test('usage sums up what the ledger charged, by day, mode and key, and nothing else', async () => {
      const caller = await rig.openAccount(HUNDRED_DOLLARS);
      const midnight = Math.ceil(rig.clock.now() / DAY_MS) * DAY_MS;
      rig.clock.advance(midnight - rig.clock.now());
      const span = { fromMs: midnight, toMs: midnight + 2 * DAY_MS };
      await rig.runToEnd(caller, await submit(caller));
      await rig.tasks.cancel(caller, await submit(caller));
      rig.clock.advance(DAY_MS);
      await rig.runToEnd(caller, await submit(caller));
      await rig.runToEnd(caller, await submit(caller, { mode: 'pro' }));
      const sum = async (groupBy: 'day' | 'mode' | 'key', changes = {}) =>
        (await rig.tasks.usage(caller, { ...span, groupBy, ...changes })).map(
          ({ group, videos, billableMs, chargedNanos }) => [
            group,
            videos,
            billableMs,
            chargedNanos,
          ],
        );
      const day = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);
      const [std, pro] = [823_040_000n, 1_096_960_000n];
      assert.deepEqual(await sum('day'), [
        [day(midnight), 1, 8_000, std],
        [day(midnight + DAY_MS), 2, 16_000, std + pro],
      ]);
      assert.deepEqual(await sum('mode'), [
        ['pro', 1, 8_000, pro],
        ['std', 2, 16_000, 2n * std],
      ]);
      assert.deepEqual(await sum('key'), [[caller.keyId, 3, 24_000, 2n * std + pro]]);
      assert.deepEqual(await sum('mode', { toMs: midnight + DAY_MS }), [['std', 1, 8_000, std]]);
    });
  });
}
