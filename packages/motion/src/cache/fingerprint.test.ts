import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fingerprintSources } from './fingerprint.ts';

const sources = await mkdtemp(join(tmpdir(), 'understudy-fingerprint-'));
after(() => rm(sources, { recursive: true }));
await mkdir(join(sources, 'track/testing'), { recursive: true });
await mkdir(join(sources, 'rig'));
const write = (file: string, text: string) => writeFile(join(sources, file), text);
await write('track/follow.ts', 'one');
await write('rig/matte.ts', 'one');

test('a changed or added source of a stage changes its fingerprint', async () => {
  const seen = [await fingerprintSources(['track'], sources)];
  await write('track/follow.ts', 'two');
  seen.push(await fingerprintSources(['track'], sources));
  await write('track/lose.ts', 'one');
  seen.push(await fingerprintSources(['track'], sources));
  assert.equal(new Set(seen).size, 3);
});

test('other folders, tests and declarations change nothing', async () => {
  const before = await fingerprintSources(['track'], sources);
  await write('rig/matte.ts', 'two');
  await write('track/follow.test.ts', 'one');
  await write('track/testing/clip.ts', 'one');
  await write('track/follow.d.ts', 'one');
  assert.equal(await fingerprintSources(['track'], sources), before);
});

test('the fingerprint of the same code is the same', async () => {
  const [one, other] = [await fingerprintSources(['model']), await fingerprintSources(['model'])];
  assert.match(one, /^[0-9a-f]{64}$/);
  assert.equal(one, other);
});
