import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { type CacheOptions, openCacheFolder } from './cache-folder.ts';

let folder = '';
beforeEach(async (t) => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-cache-'));
  if ('after' in t) t.after(() => rm(folder, { recursive: true }));
});

const open = (options: Partial<CacheOptions> = {}) =>
  openCacheFolder({ folder, bytesMax: 1_000_000, ...options });

const write = (text: string) => (entry: string) => writeFile(join(entry, 'text'), text);
const read = (entry: string) => readFile(join(entry, 'text'), 'utf8');

/** Makes an entry look unused for so many seconds. */
async function age(name: string, seconds: number): Promise<void> {
  const then = Date.now() / 1000 - seconds;
  await utimes(join(folder, name, 'used'), then, then);
}

test('what was kept is given back, and nothing else is', async () => {
  const cache = open();
  await cache.keep('a', write('one'));
  assert.equal(await cache.take('a', read), 'one');
  assert.equal(await cache.take('b', read), null);
});

test('an entry with a changed, added or lost file counts as absent and is then replaced', async () => {
  const cache = open();
  const damages = [
    () => appendFile(join(folder, 'a', 'text'), '!'),
    () => writeFile(join(folder, 'a', 'other'), ''),
    () => rm(join(folder, 'a', 'text')),
    () => rm(join(folder, 'a', 'seal.json')),
    () => writeFile(join(folder, 'a', 'seal.json'), '{'),
  ];
  for (const damage of damages) {
    await cache.keep('a', write('one'));
    await damage();
    assert.equal(await cache.take('a', read), null, damage.toString());
    await cache.keep('a', write('two'));
    assert.equal(await cache.take('a', read), 'two', damage.toString());
    await rm(join(folder, 'a'), { recursive: true });
  }
});

test('an entry that cannot be understood counts as absent', async () => {
  const cache = open();
  await cache.keep('a', write('one'));
  const found = await cache.take('a', async () => {
    throw new Error('not what it should be');
  });
  assert.equal(found, null);
});

test('work that ends half done leaves nothing', async () => {
  const failing = open().keep('a', async (entry) => {
    await write('half')(entry);
    throw new Error('the disk is full');
  });
  await assert.rejects(failing, /disk is full/);
  assert.deepEqual(await readdir(folder), []);
});

test('above the limit the entries that were not used for longest go first', async () => {
  const cache = open({ bytesMax: 2_500 });
  await cache.keep('a', write('x'.repeat(1_000)));
  await cache.keep('b', write('x'.repeat(1_000)));
  await age('a', 300);
  await age('b', 200);
  await cache.take('a', read);
  await cache.keep('c', write('x'.repeat(1_000)));
  assert.deepEqual((await readdir(folder)).sort(), ['a', 'c']);
});

test('an entry larger than the whole cache does not stay', async () => {
  await open({ bytesMax: 500 }).keep('a', write('x'.repeat(1_000)));
  assert.deepEqual(await readdir(folder), []);
});

test('an entry that was not used for too long is removed, however much room there is', async () => {
  const cache = open({ unusedMsMax: 60_000 });
  await cache.keep('a', write('one'));
  await age('a', 61);
  await cache.keep('b', write('two'));
  assert.deepEqual(await readdir(folder), ['b']);
});

test('jobs that keep the same entry at the same time leave one whole entry', async () => {
  const cache = open();
  await Promise.all(Array.from({ length: 8 }, () => cache.keep('a', write('one'))));
  assert.equal(await cache.take('a', read), 'one');
  assert.deepEqual(await readdir(folder), ['a']);
});
