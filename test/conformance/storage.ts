/** What every store promises, whatever it keeps its bytes in. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { ListedBlob, Storage } from '../../src/storage/storage.ts';

/** Far more than a store takes to keep a file, and far less than the age of an old one. */
const CLOCK_MS_MAX = 10 * 60_000;

/** Registers the suite; `openStorage` gives a fresh, empty store. */
export function testStorage(name: string, openStorage: () => Promise<Storage>): void {
  const bytes = randomBytes(300_000);
  let storage: Storage;
  let folder: string;
  let source: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-storage-'));
    source = join(folder, 'source');
    await writeFile(source, bytes);
    storage = await openStorage();
  });

  after(() => rm(folder, { recursive: true }));

  test(`${name}: what was stored comes back, with its size and sum`, async () => {
    const blob = await storage.putFile('tasks/task_1/result.mp4', source, 'video/mp4');
    assert.deepEqual(blob, {
      key: 'tasks/task_1/result.mp4',
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      contentType: 'video/mp4',
    });
    assertSameBytes(await buffer(await storage.open(blob.key)), bytes);
    assert.deepEqual(await storage.stat(blob.key), {
      sizeBytes: bytes.length,
      contentType: 'video/mp4',
    });
  });

  test(`${name}: the source of a stored blob may be removed`, async () => {
    const draft = join(folder, 'draft');
    await writeFile(draft, 'a draft');
    await storage.putFile('tasks/task_2/reference.mp4', draft, 'video/mp4');
    await rm(draft);
    assert.equal(
      (await buffer(await storage.open('tasks/task_2/reference.mp4'))).toString(),
      'a draft',
    );
  });

  test(`${name}: a range gives its first and its last byte`, async () => {
    await storage.putFile('tasks/task_3/result.mp4', source, 'video/mp4');
    const cases = [
      { start: 0, end: 1 },
      { start: 1000, end: 1999 },
      { start: 200_000, end: bytes.length - 1 },
    ];
    for (const range of cases) {
      const part = await buffer(await storage.open('tasks/task_3/result.mp4', range));
      assertSameBytes(part, bytes.subarray(range.start, range.end + 1));
    }
  });

  test(`${name}: storing again replaces the blob`, async () => {
    const key = 'tasks/task_4/picture.png';
    const second = join(folder, 'second');
    await writeFile(second, 'second');
    await storage.putFile(key, source, 'image/png');
    await storage.putFile(key, second, 'image/png');
    assert.equal((await buffer(await storage.open(key))).toString(), 'second');
  });

  test(`${name}: a blob is copied to a path, over what was there`, async () => {
    await storage.putFile('tasks/task_5/result.mp4', source, 'video/mp4');
    const target = join(folder, 'target');
    await writeFile(target, 'something longer ago');
    await storage.getFile('tasks/task_5/result.mp4', target);
    assertSameBytes(await readFile(target), bytes);
  });

  test(`${name}: what is not there is null, a rejection or nothing to delete`, async () => {
    const key = 'tasks/task_none/result.mp4';
    assert.equal(await storage.stat(key), null);
    await assert.rejects(storage.open(key), /blob not found/);
    await assert.rejects(storage.getFile(key, join(folder, 'none')), /blob not found/);
    await storage.delete(key);
  });

  test(`${name}: a deleted blob is gone and its neighbour stays`, async () => {
    await storage.putFile('tasks/task_6/a.mp4', source, 'video/mp4');
    await storage.putFile('tasks/task_6/b.mp4', source, 'video/mp4');
    await storage.delete('tasks/task_6/a.mp4');
    assert.equal(await storage.stat('tasks/task_6/a.mp4'), null);
    assert.notEqual(await storage.stat('tasks/task_6/b.mp4'), null);
  });

  test(`${name}: every blob is listed once, with its size and time, and a removed one no more`, async () => {
    const keys = ['quotes/quote_1/picture.png', 'tasks/task_8/a.mp4', 'tasks/task_8/b.mp4'];
    const begunAtMs = Date.now();
    // When a blob was stored has nothing to do with how old its source is.
    await utimes(source, new Date(0), new Date(0));
    for (const key of keys) await storage.putFile(key, source, 'video/mp4');
    const list = async () => {
      const listed: ListedBlob[] = [];
      for await (const blob of storage.list()) {
        if (keys.includes(blob.key)) listed.push(blob);
      }
      return listed.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    };
    const sizeBytes = bytes.length;
    assert.deepEqual(
      (await list()).map((blob) => ({ key: blob.key, sizeBytes: blob.sizeBytes })),
      keys.map((key) => ({ key, sizeBytes })),
    );
    for (const { storedAtMs } of await list()) {
      assert.ok(
        Math.abs(storedAtMs - begunAtMs) < CLOCK_MS_MAX,
        new Date(storedAtMs).toISOString(),
      );
    }
    await storage.delete('tasks/task_8/a.mp4');
    assert.deepEqual(
      (await list()).map(({ key }) => key),
      keys.filter((key) => key !== 'tasks/task_8/a.mp4'),
    );
  });

  test(`${name}: a file that cannot be read stores nothing`, async () => {
    const key = 'tasks/task_7/result.mp4';
    await assert.rejects(storage.putFile(key, join(folder, 'not-there'), 'video/mp4'));
    assert.equal(await storage.stat(key), null);
  });

  test(`${name}: a key that could leave its folder is refused everywhere`, async () => {
    const wrong = [
      '../a',
      'tasks/../../a',
      '/etc/hostname',
      'tasks//a',
      'a',
      'tasks/a\\b',
      'tasks/.a',
      '',
    ];
    for (const key of wrong) {
      await assert.rejects(storage.putFile(key, source, 'video/mp4'), /not a storage key/);
      await assert.rejects(storage.stat(key), /not a storage key/);
      await assert.rejects(storage.open(key), /not a storage key/);
      await assert.rejects(storage.getFile(key, join(folder, 'x')), /not a storage key/);
      await assert.rejects(storage.delete(key), /not a storage key/);
    }
  });
}

/** A difference between large buffers would take minutes to print. */
function assertSameBytes(actual: Buffer, expected: Buffer): void {
  assert.equal(actual.length, expected.length);
  assert.ok(actual.equals(expected), 'the bytes are the same');
}
