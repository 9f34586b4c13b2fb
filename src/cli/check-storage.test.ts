import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { prepareDataDir, reserveDatabase, silentLog } from '../../test/fixtures/database.ts';
import { createTaskRig } from '../../test/fixtures/task-rig.ts';
import { readConfig } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { createService, openBooks, openDiskStorage } from '../main.ts';
import { resultKey } from '../tasks/media-keys.ts';
import { ORPHAN_GRACE_MS } from '../tasks/orphans.ts';
import { runWith } from './testing/test-io.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'understudy-check-storage-'));
const database = await reserveDatabase();
after(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true });
});

const environment = { DATA_DIR: dataDir, PORT: '0', ...database.environment };
const check = () => runWith(environment, 'doctor', '--storage');

/** A finished task, whose result lies in a storage that the doctor does not look at. */
async function finishTask(): Promise<string> {
  const { db } = await openBooks(readConfig(environment), silentLog);
  const rig = await createTaskRig(db);
  const caller = await rig.openAccount(2_000_000_000n);
  rig.clock.advance(systemClock.now() - rig.clock.now());
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  await rig.runToEnd(caller, taskId);
  await rig.tasks.stop();
  await rig.queue.stop();
  await db.close();
  return taskId;
}

test('the doctor shows rows and files that lost each other, and fails for a lost result', async () => {
  const empty = await check();
  assert.equal(empty.code, 0, empty.err.join('\n'));
  const storage = await openDiskStorage(readConfig(environment));
  const orphan = resultKey(newId('task'));
  await writeFile(join(dataDir, 'bytes'), 'some bytes');
  await storage.putFile(orphan, join(dataDir, 'bytes'), 'video/mp4');
  const storedAt = new Date(systemClock.now() - ORPHAN_GRACE_MS - 60_000);
  await utimes(join(dataDir, 'storage', 'blobs', orphan), storedAt, storedAt);

  const withOrphan = await check();
  assert.equal(withOrphan.code, 0, 'an orphan costs space, and nobody misses it');
  assert.match(withOrphan.out.join('\n'), new RegExp(`without a row: 1 [^]*${orphan} `));
  assert.notEqual(await storage.stat(orphan), null, 'looking removes nothing');

  const taskId = await finishTask();
  const withLoss = await check();
  assert.equal(withLoss.code, 1);
  assert.match(withLoss.out.join('\n'), new RegExp(`without a file: 1\n +${taskId}`));

  await storage.putFile(resultKey(taskId), join(dataDir, 'bytes'), 'video/mp4');
  assert.equal((await check()).code, 0);
});

test('a service that has the embedded database open is asked, and says the same', async (t) => {
  const environment = { DATA_DIR: await mkdtemp(join(dataDir, 'embedded-')), PORT: '0' };
  await prepareDataDir(environment.DATA_DIR);
  const config = readConfig(environment);
  const storage = await openDiskStorage(config);
  const orphan = resultKey(newId('task'));
  await writeFile(join(dataDir, 'bytes'), 'some bytes');
  await storage.putFile(orphan, join(dataDir, 'bytes'), 'video/mp4');
  const storedAt = new Date(systemClock.now() - ORPHAN_GRACE_MS - 60_000);
  await utimes(join(environment.DATA_DIR, 'storage', 'blobs', orphan), storedAt, storedAt);
  const service = await createService(config, { log: silentLog });
  t.after(() => service.stop());
  await service.start();
  const running = await runWith(environment, 'doctor', '--storage');
  assert.equal(running.code, 0, running.err.join('\n'));
  assert.match(running.out.join('\n'), new RegExp(`without a row: 1 [^]*${orphan} `));
  await service.stop();
  const stopped = await runWith(environment, 'doctor', '--storage');
  const withoutMilliseconds = (lines: string[]) =>
    lines.map((line) => line.replace(/\.\d{3}Z/, ''));
  assert.deepEqual(withoutMilliseconds(running.out), withoutMilliseconds(stopped.out));
});
