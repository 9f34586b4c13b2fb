import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { loadSigningSecret } from './signing-secret.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-secret-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the secret is made once, also when two start together, and is its owner’s alone', async () => {
  const loads = [1, 2, 3, 4].map(() => loadSigningSecret(folder));
  const secrets = new Set(await Promise.all(loads));
  secrets.add(await loadSigningSecret(folder));
  assert.equal(secrets.size, 1);
  assert.match([...secrets].join(), /^[\w-]{43}$/);
  assert.deepEqual(await readdir(folder), ['signing-secret']);
  assert.equal((await stat(join(folder, 'signing-secret'))).mode & 0o077, 0);
});

test('a file without a whole secret is refused instead of being signed with', async () => {
  for (const text of ['', '\n', 'short']) {
    await writeFile(join(folder, 'signing-secret'), text);
    await assert.rejects(loadSigningSecret(folder), /does not hold a whole secret/);
  }
});
