import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { createDiskStorage } from '../storage/disk/disk-storage.ts';
import { createStoredInputs } from './stored-inputs.ts';

const unused = () => Promise.reject(new Error('nobody asks for this'));

test('each inspection of a task keeps a copy of its own, however late it is stored', async () => {
  const workDir = await mkdtemp(join(tmpdir(), 'understudy-inputs-'));
  try {
    const storage = await createDiskStorage(join(workDir, 'storage'), systemClock);
    let downloads = 0;
    const facts = {
      width: 720,
      height: 1280,
      format: 'png',
      hasAlpha: false,
      sizeBytes: 3,
    } as const;
    const inputs = createStoredInputs({
      guarded: {
        download: async (_address, { toFile }) => {
          await writeFile(toFile, `by ${++downloads}`);
          return { sizeBytes: 4, sha256: '', finalUrl: '', contentType: null };
        },
        openRanged: unused,
      },
      uploads: { copyTo: unused },
      storage,
      probe: { probeImage: async () => facts, probeVideo: unused, probeVideoRanged: unused },
      workDir,
      limits: readConfig({}).limits,
      newId,
    });
    const fetchAs = (attempt: number) =>
      inputs.fetchImage('https://host/picture', {
        taskId: 'task_a',
        accountId: 'account_a',
        attempt,
      });
    const kept = await fetchAs(2);
    const late = await fetchAs(1);
    assert.equal(late.storageKey, 'tasks/task_a/picture.png');
    assert.equal(kept.storageKey, 'tasks/task_a/picture2.png');
    const opened = await storage.open(kept.storageKey);
    assert.equal(await text(opened), 'by 1');
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
});
