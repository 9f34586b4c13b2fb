import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { reserveDatabase, silentLog } from '../../test/fixtures/database.ts';
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

test('an embedded database that the service has open is named, not waited for', async (t) => {
  const service = await createService(readConfig({ DATA_DIR: dataDir, PORT: '0' }), {
    log: silentLog,
  });
  await service.start();
  t.after(() => service.stop());
  const { code, err } = await runWith({ DATA_DIR: dataDir, PORT: '0' }, 'doctor', '--storage');
  assert.equal(code, 1);
  assert.match(err.join('\n'), /has the embedded database open/);
});
