import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { read, root } from './repository.ts';

const PAGE = 'docs/explain/lost-money.md';
/** As many ways to lose money as are known. */
const ROWS = 20;

const rows = read(PAGE)
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2);

function listTests(text: string): { name: string; file: string }[] {
  return [...text.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g)].map(
    ([, name = '', file = '']) => ({ name, file }),
  );
}

test('every way to lose money has a test that would notice', () => {
  assert.equal(rows.length, ROWS);
  assert.deepEqual(
    rows.filter((row) => listTests(row).length === 0),
    [],
  );
});

test('every test that the page of lost money names exists under that name', () => {
  const missing = listTests(read(PAGE)).filter(({ name, file }) => {
    if (!existsSync(join(root, file))) return true;
    const names = [...read(file).matchAll(/\btest\(\s*(['`])(.*?)\1,/g)].map((match) => match[2]);
    return !names.includes(name);
  });
  assert.deepEqual(missing, []);
});
