import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ERRORS } from '../../src/kernel/errors.ts';
import { isTest, listFiles, listSources, read, root } from './repository.ts';

test('the errors page has a heading for every code and for no other', () => {
  const headings = [...read('docs/reference/errors.md').matchAll(/^### `(\w+)`/gm)].map(
    (match) => match[1],
  );
  assert.deepEqual(headings.toSorted(), Object.keys(ERRORS).toSorted());
});

test('the errors page says of each code what the catalogue says', () => {
  const page = read('docs/reference/errors.md');
  const wrong = Object.entries(ERRORS).filter(([code, { status, retryable, sentence, hint }]) => {
    const section = page.split(`### \`${code}\``)[1]?.split(/\n##/)[0]?.trim();
    const again = retryable ? 'may succeed' : 'will not succeed';
    return section !== `HTTP ${status}, ${again} if sent again.\n\n> ${sentence}\n\n${hint}`;
  });
  assert.deepEqual(
    wrong.map(([code]) => code),
    [],
  );
});

test('every link of a page leads to a file of the repository', () => {
  const broken = listFiles()
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...read(file).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => !existsSync(join(root, dirname(file), link)))
        .map((link) => `${file}: ${link}`),
    );
  assert.deepEqual(broken, []);
});

test('every file the architecture table names exists', () => {
  const table = read('ARCHITECTURE.md').split('## I want to change')[1]?.split('\n## ')[0] ?? '';
  const rows = [...table.matchAll(/^\| .* \| (.*) \|$/gm)].slice(1);
  assert.ok(rows.length >= 25, `the table has ${rows.length} rows`);
  const missing = rows
    .flatMap((row) => [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))
    .filter((path) => !existsSync(join(root, path)));
  assert.deepEqual(missing, []);
});

test('the architecture page has a line for every folder of the service and of the engine', () => {
  const page = read('ARCHITECTURE.md');
  const folders = listSources().flatMap((file) => {
    const inside = /^(?:src|packages\/motion\/src)\/(.+)\/[^/]+$/.exec(file)?.[1];
    return inside === undefined ? [] : [inside.split('/')[0] ?? ''];
  });
  const missing = [...new Set(folders)].filter(
    (name) => !page.includes(`├─ ${name}/`) && !page.includes(`└─ ${name}/`),
  );
  assert.deepEqual(missing, []);
});

test('the changelog says what is new under a heading of its own', () => {
  assert.match(read('CHANGELOG.md'), /^## (Pending|\d+\.\d+\.\d+)/m);
});

test('public symbols of the packages have a docblock', () => {
  const silent = ['packages/motion/src/index.ts', 'packages/client/src/index.ts'].flatMap(
    (door) => {
      const home = dirname(door);
      const names = new Set(
        [...read(door).matchAll(/\{([^}]*)\}/g)].flatMap((match) =>
          (match[1] ?? '').split(',').map((name) => name.replace(/^\s*type\s/, '').trim()),
        ),
      );
      assert.ok(names.size > 3, `${door} exports ${names.size} names`);
      return listSources()
        .filter((file) => file.startsWith(`${home}/`) && file !== door && !isTest(file))
        .flatMap((file) => {
          const code = read(file);
          return [...code.matchAll(/^export (?:async )?(?:function|type|const|class) (\w+)/gm)]
            .filter((match) => names.has(match[1] ?? ''))
            .filter((match) => !/\*\/\s*$/.test(code.slice(0, match.index)))
            .map((match) => `${file}: ${match[1]}`);
        });
    },
  );
  assert.deepEqual(silent, []);
});
