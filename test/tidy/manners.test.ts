import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, listFiles, listSources, read, stripComments } from './repository.ts';

const LINES_MAX = 400;
const COLUMNS_MAX = 100;
const BLOB_BYTES_MAX = 2 * 1024 * 1024;

/** Tables and walk-throughs whose length is data, not logic. */
const LONG_FILES = new Set(['src/kernel/errors.ts']);

const sources = listSources();
const product = sources.filter(
  (file) => (file.startsWith('src/') || /^packages\/[^/]+\/src\//.test(file)) && !isTest(file),
);

function findLines(files: string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    stripComments(read(file))
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
}

test('nothing but src/net and the client fetches', () => {
  const files = product.filter(
    (file) => !file.startsWith('src/net/') && !file.startsWith('packages/client/'),
  );
  assert.deepEqual(findLines(files, /\bfetch\(|^import (?!type).*from '(undici|node:https?)'/), []);
});

test('the environment is read in config.ts alone', () => {
  const files = product.filter((file) => file !== 'src/config.ts');
  assert.deepEqual(findLines(files, /process\.env/), []);
});

test('time and chance are handed in, never taken', () => {
  const files = product.filter(
    (file) => !file.startsWith('src/kernel/') && !file.startsWith('src/cli/'),
  );
  assert.deepEqual(findLines(files, /\bDate\.now\(|\bMath\.random\(|new Date\(\)/), []);
});

test('money never becomes a float inside the service', () => {
  const files = product.filter((file) => file.startsWith('src/billing/'));
  assert.deepEqual(findLines(files, /parseFloat|toFixed\(/), []);
});

test('no type is any and no checker is silenced', () => {
  const pattern = /:\s*any\b|\bas any\b|@ts-(ignore|expect-error|nocheck)|biome-ignore/;
  const files = sources.filter((file) => !file.startsWith('test/tidy/'));
  const offences = files.filter((file) => pattern.test(read(file)));
  assert.deepEqual(offences, []);
});

test('no file is longer than a reader bears', () => {
  const long = sources
    .filter((file) => !LONG_FILES.has(file))
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    .filter(({ lines }) => lines > LINES_MAX);
  assert.deepEqual(long, []);
});

test('no comment is wider than a screen; the formatter sees to the code', () => {
  const wide = sources.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => line.length > COLUMNS_MAX && /^\s*(\/?\*|\/\/)/.test(line))
      .map((line) => `${file}: ${line.slice(0, 60)}…`),
  );
  assert.deepEqual(wide, []);
});

test('files are named in kebab-case', () => {
  const pattern = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.(ts|mjs)$/;
  const odd = sources.filter((file) => !pattern.test(file.split('/').at(-1) ?? ''));
  assert.deepEqual(odd, []);
});

test('every module begins by saying what it is for', () => {
  const silent = product.filter((file) => !/^(#!.*\n)?\/\*\*/.test(read(file)));
  assert.deepEqual(silent, []);
});

test('nothing unfinished is left in the sources', () => {
  const files = sources.filter((file) => !file.startsWith('test/tidy/'));
  const pattern = /\b(TODO|FIXME|XXX|HACK)\b|not implemented|\btest\.only\b|\bit\.only\b/;
  const left = files.filter((file) => pattern.test(read(file)));
  assert.deepEqual(left, []);
});

test('no tracked file is a large blob', async () => {
  const { statSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { root } = await import('./repository.ts');
  const large = listFiles().filter((file) => statSync(join(root, file)).size > BLOB_BYTES_MAX);
  assert.deepEqual(large, []);
});
