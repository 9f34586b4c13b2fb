import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { read } from '../tidy/repository.ts';
import { type Case, OWN_CASES } from './cases.ts';
import { runCase } from './run.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-preflight-'));
after(() => rm(folder, { recursive: true }));

function find(name: string): Case {
  const found = OWN_CASES.find((input) => input.name === name);
  assert.ok(found, name);
  return found;
}

/** The picture of one case with the clip of another, so that one look tells of both. */
function cross(pictureOf: string, clipOf: string): Case {
  const [one, other] = [find(pictureOf), find(clipOf)];
  const expected = [...one.expected, ...other.expected];
  return { name: pictureOf, picture: one.picture, clip: other.clip, expected };
}

test('a half body and a cut are told together, with the time of the cut', async () => {
  const { codes, isRight, findings } = await runCase(
    cross('upper body against a whole one', 'clip with one cut'),
    folder,
  );
  assert.ok(isRight, codes.join(', '));
  const cut = findings.find(({ code }) => code === 'cut');
  assert.match(cut?.message ?? '', /at 1\.[45]\d s/);
});

test('a picture that lies and a clip of two are told together', async () => {
  const { codes, isRight } = await runCase(cross('picture lying', 'clip of two'), folder);
  assert.ok(isRight, codes.join(', '));
});

test('every code of the pre-flight is a row of its page, and no other is', () => {
  const source = read('packages/motion/src/preflight/judge.ts');
  const told = [...source.matchAll(/(?:warn\('|\('|code: ')([a-z_]+)'/g)].map(([, code]) => code);
  const page = read('docs/reference/preflight.md').split('## Codes')[1] ?? '';
  const rows = [...page.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code]) => code);
  const unique = (codes: unknown[]) => [...new Set(codes)].toSorted();
  const isCode = (code: string | undefined) =>
    code !== undefined && !['image', 'video', 'pair'].includes(code);
  assert.deepEqual(unique(rows), unique(told.filter(isCode)));
});
