/**
 * Rows and blobs that have lost each other are found in every store alike: a blob without a row is
 * removed, a row without its blob is told.
 */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Caller } from '../../src/accounts/accounts.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { NO_FIGURES } from '../../src/tasks/figures.ts';
import { resultKey } from '../../src/tasks/media-keys.ts';
import { DEFAULT_TASK_LIMITS } from '../../src/tasks/options.ts';
import { compareStorage, ORPHAN_GRACE_MS } from '../../src/tasks/orphans.ts';
import { sweepStorage } from '../../src/tasks/storage-sweep.ts';
import { openMemoryDatabase, silentLog } from '../fixtures/database.ts';
import { createTaskRig, type TaskRig } from '../fixtures/task-rig.ts';

const FUNDS = 20_000_000_000n;
/** Stores give their blobs the time of the machine, which is left some way behind. */
const LATER_MS = ORPHAN_GRACE_MS + 10 * 60_000;

/** Registers the suite; `openStorage` gives a fresh, empty store. */
export function testStorageSweep(name: string, openStorage: () => Promise<Storage>): void {
  describe(`the sweep of ${name}`, () => {
    let rig: TaskRig;
    let storage: Storage;
    let caller: Caller;
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'understudy-sweep-'));
      await writeFile(join(folder, 'bytes'), 'some bytes');
      rig = await createTaskRig(await openMemoryDatabase());
      rig.clock.advance(systemClock.now() - rig.clock.now());
      caller = await rig.openAccount(FUNDS);
      storage = await openStorage();
    });
    after(async () => {
      await rig.tasks.stop();
      await rig.queue.stop();
      await rig.db.close();
      await rm(folder, { recursive: true });
    });

    const put = async (key: string) => {
      await storage.putFile(key, join(folder, 'bytes'), 'video/mp4');
      return key;
    };
    const finishTask = async () => {
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      await rig.runToEnd(caller, taskId);
      return taskId;
    };
    const sweep = () =>
      sweepStorage({
        ...rig,
        storage,
        log: silentLog,
        limits: DEFAULT_TASK_LIMITS,
        figures: NO_FIGURES,
      });
    const compare = () =>
      compareStorage(rig.db.kysely, storage, { nowMs: rig.clock.now(), orphansMax: 9 });
    const listKeys = async () =>
      (await Array.fromAsync(storage.list())).map(({ key }) => key).toSorted();

    test('an old blob without a row goes; a young one, a stranger and what has a row stay', async () => {
      const owned = await put(resultKey(await finishTask()));
      const strange = await put('reports/2026/a.mp4');
      const orphans = [
        await put(resultKey(newId('task'))),
        await put(`uploads/${newId('upload')}/video.mp4`),
      ];
      assert.equal(await sweep(), 0, 'they are young');
      assert.equal((await compare()).youngCount, [owned, ...orphans].length);
      rig.clock.advance(LATER_MS);
      assert.deepEqual(
        (await compare()).orphans.map(({ key }) => key).toSorted(),
        orphans.toSorted(),
      );
      assert.equal(await sweep(), orphans.length);
      assert.deepEqual(await listKeys(), [owned, strange].toSorted());
      assert.equal(await sweep(), 0);
    });

    test('a kept result whose blob is gone is told, and told no more once it is back', async () => {
      const taskId = await finishTask();
      assert.deepEqual((await compare()).missingTaskIds, [taskId]);
      await sweep();
      const { task } = await rig.tasks.view(caller, taskId);
      assert.equal(task.status, 'completed', 'its row stays as it is');
      await put(resultKey(taskId));
      assert.deepEqual((await compare()).missingTaskIds, []);
    });
  });
}
