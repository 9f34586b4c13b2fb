import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openMemoryDatabase, silentLog } from '../../test/fixtures/database.ts';
import { createTaskRig, type TaskRig } from '../../test/fixtures/task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';
import { newId } from '../kernel/ids.ts';
import { createDiskStorage } from '../storage/disk/disk-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { NO_FIGURES } from './figures.ts';
import { resultKey } from './media-keys.ts';
import { DEFAULT_TASK_LIMITS } from './options.ts';
import { compareStorage, ORPHAN_GRACE_MS } from './orphans.ts';
import { createStorageSweep, ORPHANS_DOUBTED_MIN, sweepStorage } from './storage-sweep.ts';

const FUNDS = 20_000_000_000n;
const forever = new AbortController().signal;

const folder = await mkdtemp(join(tmpdir(), 'understudy-orphans-'));
let rig: TaskRig;
let caller: Caller;
before(async () => {
  rig = await createTaskRig(await openMemoryDatabase());
  caller = await rig.openAccount(FUNDS);
});
after(async () => {
  await rig.tasks.stop();
  await rig.queue.stop();
  await rig.db.close();
  await rm(folder, { recursive: true });
});

/** A disk of its own, with what a sweep needs around it and what it counted. */
async function openDisk() {
  const home = await mkdtemp(join(folder, 'disk-'));
  const storage = await createDiskStorage(home, rig.clock);
  await writeFile(join(home, 'bytes'), 'some bytes');
  const counted: number[] = [];
  const figures = { removedOrphans: (count: number) => counted.push(count) };
  const means = {
    ...rig,
    storage,
    log: silentLog,
    limits: DEFAULT_TASK_LIMITS,
    figures: { ...NO_FIGURES, ...figures },
  };
  const put = async (key: string, ageMs: number) => {
    await storage.putFile(key, join(home, 'bytes'), 'video/mp4');
    const storedAt = new Date(rig.clock.now() - ageMs);
    await utimes(join(home, 'blobs', key), storedAt, storedAt);
    return key;
  };
  return { storage, means, put, counted };
}

async function listKeys(storage: Storage): Promise<string[]> {
  return (await Array.fromAsync(storage.list())).map(({ key }) => key).toSorted();
}

async function finishTask(): Promise<string> {
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  await rig.runToEnd(caller, taskId);
  return taskId;
}

const OLD_MS = ORPHAN_GRACE_MS + 1;
const YOUNG_MS = ORPHAN_GRACE_MS - 60_000;

async function insertUpload(): Promise<string> {
  const id = newId('upload');
  await rig.db.kysely
    .insertInto('upload')
    .values({
      id,
      account_id: caller.accountId,
      state: 'arriving',
      created_at: new Date(rig.clock.now()),
      expires_at: new Date(rig.clock.now() + 60_000),
    })
    .execute();
  return id;
}

test('an old blob without a row goes; a young one and whatever has a row stays', async () => {
  const { storage, means, put, counted } = await openDisk();
  const taskId = await finishTask();
  const { quote } = await rig.tasks.quote(caller, rig.request(), forever);
  const uploadId = await insertUpload();
  const kept = [
    await put(resultKey(taskId), OLD_MS),
    await put(`tasks/${taskId}/picture.png`, OLD_MS),
    await put(`quotes/${quote.id}/reference.mp4`, OLD_MS),
    await put(`uploads/${uploadId}/image.png`, OLD_MS),
    await put(resultKey(newId('task')), YOUNG_MS),
  ];
  await put(resultKey(newId('task')), OLD_MS);
  await put(`quotes/${newId('quote')}/picture.jpg`, OLD_MS);
  await put(`uploads/${newId('upload')}/video.mp4`, OLD_MS);
  assert.equal(await sweepStorage(means), 3);
  assert.deepEqual(await listKeys(storage), kept.toSorted());
  assert.deepEqual(counted, [3]);
});

test('what a task left behind its removal is an orphan', async () => {
  const { storage, means, put } = await openDisk();
  const taskId = await finishTask();
  await put(resultKey(taskId), OLD_MS);
  const row = rig.db.kysely.updateTable('task').where('id', '=', taskId);
  await row.set({ purged_at: new Date(rig.clock.now()) }).execute();
  assert.equal(await sweepStorage(means), 1);
  assert.deepEqual(await listKeys(storage), []);
});

test('a file of somebody else in the same bucket is never touched', async () => {
  const { storage, means, put } = await openDisk();
  const strange = [
    await put('reports/2026/result.mp4', OLD_MS),
    await put(`tasks/${newId('task')}/notes.txt`, OLD_MS),
    await put(`tasks/${newId('quote')}/picture.png`, OLD_MS),
    await put('tasks/result.mp4', OLD_MS),
  ];
  assert.equal(await sweepStorage(means), 0);
  assert.deepEqual(await listKeys(storage), strange.toSorted());
});

test('a sweep removes no more than its limit, and the next one the rest', async () => {
  const { storage, means, put } = await openDisk();
  for (let index = 0; index < 5; index++) await put(resultKey(newId('task')), OLD_MS);
  assert.equal(await sweepStorage(means, 3), 3);
  assert.equal((await listKeys(storage)).length, 2);
  assert.equal(await sweepStorage(means, 3), 2);
});

test('an orphan that cannot be removed keeps no other from being removed', async () => {
  const { storage, means, put } = await openDisk();
  const first = await put(resultKey(newId('task')), OLD_MS);
  await put(resultKey(newId('task')), OLD_MS);
  const remove: Storage['delete'] = async (key) => {
    if (key === first) throw new Error('the disk says no');
    await storage.delete(key);
  };
  assert.equal(await sweepStorage({ ...means, storage: { ...storage, delete: remove } }), 1);
  assert.deepEqual(await listKeys(storage), [first]);
});

test('a storage that belongs to another database is left as it is', async () => {
  const { storage, means, put } = await openDisk();
  const count = ORPHANS_DOUBTED_MIN + 1;
  for (let index = 0; index < count; index++) await put(resultKey(newId('task')), OLD_MS);
  assert.equal(await sweepStorage(means), 0);
  assert.equal((await listKeys(storage)).length, count);
});

test('a kept result that is gone is told, and its row stays as it is', async () => {
  const own = await createTaskRig(await openMemoryDatabase());
  const owner = await own.openAccount(FUNDS);
  const finish = async () => {
    const { taskId } = await own.tasks.submit(owner, own.request());
    await own.runToEnd(owner, taskId);
    return taskId;
  };
  const [kept, lost, deleted] = [await finish(), await finish(), await finish()];
  await own.tasks.delete(owner, deleted);
  await own.storage.delete(resultKey(lost));
  const look = async () =>
    (await compareStorage(own.db.kysely, own.storage, { nowMs: own.clock.now(), orphansMax: 9 }))
      .missingTaskIds;
  const before = await own.tasks.view(owner, lost);
  assert.deepEqual(await look(), [lost]);
  await sweepStorage({ ...own, log: silentLog, limits: DEFAULT_TASK_LIMITS, figures: NO_FIGURES });
  assert.deepEqual((await own.tasks.view(owner, lost)).task, before.task);
  assert.ok(own.storage.blobs.has(resultKey(kept)));
  own.clock.advance(DEFAULT_TASK_LIMITS.retentionMs);
  assert.deepEqual(await look(), [], 'what has expired is not missed');
  await own.tasks.stop();
  await own.queue.stop();
  await own.db.close();
});

test('of many processes one sweeps in each interval, and none before the first is over', async () => {
  await rig.db.kysely.deleteFrom('chore').execute();
  const { storage, means, put } = await openDisk();
  let listings = 0;
  const list = () => {
    listings += 1;
    return storage.list();
  };
  const sweeps = [1, 2, 3].map(() =>
    createStorageSweep({ ...means, storage: { ...storage, list } }),
  );
  const ask = () => Promise.all(sweeps.map((sweep) => sweep.sweepIfDue()));
  await put(resultKey(newId('task')), OLD_MS);
  await ask();
  assert.equal(listings, 0);
  rig.clock.advance(DEFAULT_TASK_LIMITS.storageSweepIntervalMs);
  await ask();
  await ask();
  assert.equal(listings, 1);
  assert.deepEqual(await listKeys(storage), []);
  rig.clock.advance(DEFAULT_TASK_LIMITS.storageSweepIntervalMs);
  await ask();
  assert.equal(listings, 2);
});

test('an interval of 0 sweeps never', async () => {
  const { storage, means, put } = await openDisk();
  await put(resultKey(newId('task')), OLD_MS);
  const limits = { ...DEFAULT_TASK_LIMITS, storageSweepIntervalMs: 0 };
  const { sweepIfDue } = createStorageSweep({ ...means, limits });
  rig.clock.advance(OLD_MS);
  await sweepIfDue();
  rig.clock.advance(OLD_MS);
  await sweepIfDue();
  assert.equal((await listKeys(storage)).length, 1);
});
