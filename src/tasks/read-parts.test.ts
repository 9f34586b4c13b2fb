import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AppError } from '../kernel/errors.ts';
import { RangeBudgetError, type RangedFile } from '../net/ranged-file.ts';
import { hasSameBytes, readByParts } from './read-parts.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-parts-'));
after(() => rm(folder, { recursive: true }));

const bytes = randomBytes(2_500_000);
let closed = 0;
const ranged: RangedFile = {
  sizeBytes: bytes.length,
  contentType: null,
  finalUrl: 'https://example.com/clip.mp4',
  etag: null,
  read: async (start, end) => bytes.subarray(start, end),
  usage: () => ({ requests: 0, bytes: 0 }),
  async close() {
    closed += 1;
  },
};

async function isSame(file: Buffer): Promise<boolean> {
  const read = await readByParts(
    async () => ranged,
    async ({ read: readRange, sizeBytes }) => {
      await readRange(0, 1000);
      await readRange(sizeBytes - 1_200_000, sizeBytes);
    },
  );
  assert.ok(read);
  const path = join(folder, 'file');
  await writeFile(path, file);
  return await hasSameBytes(path, read);
}

const changed = (at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

test('a file is the one that was read when size and every read part are the same', async () => {
  assert.equal(await isSame(bytes), true);
  assert.equal(await isSame(changed(500_000)), true, 'nobody looked there, so nothing follows');
  assert.equal(await isSame(changed(999)), false);
  assert.equal(await isSame(changed(bytes.length - 1)), false);
  assert.equal(await isSame(bytes.subarray(0, -1)), false);
});

test('a file that cannot be read by parts is for a download, and is closed', async () => {
  closed = 0;
  const failures = [
    new RangeBudgetError('too much'),
    new AppError('fetch_failed', { what: 'reference video', reason: 'it changed' }),
  ];
  for (const failure of failures) {
    assert.equal(
      await readByParts(
        async () => ranged,
        () => Promise.reject(failure),
      ),
      null,
    );
    assert.equal(
      await readByParts(
        () => Promise.reject(failure),
        async () => 0,
      ),
      null,
    );
  }
  assert.equal(
    await readByParts(
      async () => null,
      async () => 0,
    ),
    null,
  );
  assert.equal(closed, 2);
});

test('what is wrong with the file itself is not asked for twice', async () => {
  const refusal = new AppError('video_unreadable', { reason: 'it is broken' });
  const read = readByParts(
    async () => ranged,
    () => Promise.reject(refusal),
  );
  await assert.rejects(read, { code: 'video_unreadable' });
});
