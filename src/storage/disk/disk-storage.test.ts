import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testStorage } from '../../../test/conformance/storage.ts';
import { testStorageSweep } from '../../../test/conformance/storage-sweep.ts';
import { systemClock } from '../../kernel/clock.ts';
import { createDiskStorage } from './disk-storage.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-disk-'));
after(() => rm(folder, { recursive: true }));

testStorage('disk', () => createDiskStorage(join(folder, 'conformance'), systemClock));
testStorageSweep('disk', () => createDiskStorage(join(folder, 'swept'), systemClock));

test('what an earlier process had not finished is cleared a day later', async () => {
  const home = join(folder, 'restarted');
  await mkdir(join(home, 'incoming'), { recursive: true });
  await writeFile(join(home, 'incoming', 'half'), 'half a video');
  await createDiskStorage(home, systemClock);
  assert.deepEqual(await readdir(join(home, 'incoming')), ['half']);
  const tomorrow = systemClock.now() + 25 * 3600 * 1000;
  await createDiskStorage(home, { now: () => tomorrow });
  assert.deepEqual(await readdir(join(home, 'incoming')), []);
});

test('a deleted blob leaves no empty folder behind', async () => {
  const home = join(folder, 'emptied');
  const source = join(folder, 'source');
  await writeFile(source, 'bytes');
  const storage = await createDiskStorage(home, systemClock);
  await storage.putFile('tasks/task_1/result.mp4', source, 'video/mp4');
  await storage.delete('tasks/task_1/result.mp4');
  assert.deepEqual(await readdir(join(home, 'blobs', 'tasks')), []);
});
