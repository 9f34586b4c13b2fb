import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { COMPLETED, type TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';

const TEN_DOLLARS = 10_000_000_000n;

for (const variant of TEST_DATABASES) testWorkers(variant);

function testWorkers(variant: TestDatabase): void {
  describe(`task workers on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    let caller: Caller;
    useTaskRig(
      variant,
      async (opened) => {
        rig = opened;
        caller = await rig.openAccount(100n * TEN_DOLLARS);
      },
      { pollIntervalMs: 0 },
    );

    const waitForEnd = async (taskId: string) => {
      for (;;) {
        const { task, version } = await rig.tasks.view(caller, taskId);
        if (task.usage.is_final) return task;
        await rig.tasks.waitForChange(taskId, version, 5_000);
      }
    };

    test('two workers on one task: one has it, the other does nothing', async () => {
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      const starts = rig.inputs.fetches.length;
      await Promise.all([
        rig.tasks.advance(taskId),
        rig.createOther().advance(taskId),
        rig.createOther().advance(taskId),
      ]);
      assert.equal(rig.inputs.fetches.length, starts + 2, 'one picture and one clip were fetched');
    });

    test('a worker that fell silent loses the task, and what it then finds out no longer counts', async () => {
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      const release = Promise.withResolvers<void>();
      const isIn = Promise.withResolvers<void>();
      const { fetchVideo } = rig.inputs;
      let calls = 0;
      rig.inputs.fetchVideo = async (...parameters) => {
        calls++;
        if (calls === 1) {
          isIn.resolve();
          await release.promise;
        }
        return await fetchVideo.apply(rig.inputs, parameters);
      };
      const silent = rig.tasks.advance(taskId);
      await isIn.promise;
      await rig.createOther().advance(taskId);
      assert.equal(calls, 1, 'the lease still holds');
      rig.clock.advance(31_000);
      await rig.createOther().advance(taskId);
      assert.equal((await rig.tasks.view(caller, taskId)).task.progress, 5);
      const { version } = await rig.tasks.view(caller, taskId);
      release.resolve();
      await silent;
      rig.inputs.fetchVideo = fetchVideo;
      assert.equal((await rig.tasks.view(caller, taskId)).version, version);
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('a change ends the waiting at once, and a final task is not waited for', async () => {
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      const { version } = await rig.tasks.view(caller, taskId);
      const change = rig.tasks.waitForChange(taskId, version, 60_000);
      await rig.tasks.advance(taskId);
      await change;
      assert.ok((await rig.tasks.view(caller, taskId)).version > version);
      await rig.runToEnd(caller, taskId);
      const last = await rig.tasks.view(caller, taskId);
      await rig.tasks.waitForChange(taskId, last.version, 60_000);
    });

    test('a change by another process is noticed too', async () => {
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      const { version } = await rig.tasks.view(caller, taskId);
      const change = rig.tasks.waitForChange(taskId, version, 60_000);
      await rig.createOther().advance(taskId);
      await change;
    });

    test('a task whose job was lost gets a new one from the sweep, and only then', async () => {
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      const countJobs = async () => {
        const { rows } = await rig.db.executeSql(
          'SELECT count(*) AS n FROM pgboss.job WHERE singleton_key = $1',
          [taskId],
        );
        return Number(rows[0]?.['n']);
      };
      await rig.db.executeSql('DELETE FROM pgboss.job WHERE singleton_key = $1', [taskId]);
      await rig.tasks.sweep();
      assert.equal(await countJobs(), 0, 'a task is not forgotten the moment it is submitted');
      rig.clock.advance(31_000);
      await rig.tasks.sweep();
      await rig.tasks.sweep();
      assert.equal(await countJobs(), 1);
    });

    test('workers bring submitted tasks to their end by themselves', async () => {
      rig.engine.outcome = COMPLETED;
      const submitted = await Promise.all(
        Array.from({ length: 6 }, () => rig.tasks.submit(caller, rig.request())),
      );
      await rig.tasks.startWorkers();
      for (const { taskId } of submitted) {
        assert.equal((await waitForEnd(taskId)).status, 'completed');
      }
      assert.deepEqual(await rig.tasks.audit(), []);
    });
  });
}
