import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runWith } from './testing/test-io.ts';

type TestServer = { run(): Promise<AddressInfo>; close(): Promise<void> };
const S3rver: new (options: object) => TestServer = createRequire(import.meta.url)('s3rver');

const folder = await mkdtemp(join(tmpdir(), 'understudy-copy-'));
const server = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: join(folder, 's3'),
  configureBuckets: [{ name: 'media', configs: [] }],
});
const address = await server.run();
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const blobs = (name: string): string => join(folder, name, 'storage/blobs');
const run = async (name: string, ...args: string[]) => {
  const environment = {
    DATA_DIR: join(folder, name),
    S3_BUCKET: 'media',
    S3_ENDPOINT: `http://127.0.0.1:${address.port}`,
    S3_PREFIX: 'understudy/',
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
  };
  const { code, out, err } = await runWith(environment, ...args);
  return { code, text: [...out, ...err].join('\n') };
};

test('media go to the bucket and back under the same names, and each only once', async () => {
  await mkdir(join(blobs('here'), 'tasks/task_1'), { recursive: true });
  await cp(import.meta.filename, join(blobs('here'), 'tasks/task_1/result.mp4'));
  await writeFile(join(blobs('here'), 'tasks/task_1/picture.png'), 'a picture');

  const first = await run('here', 'storage', 'copy', 's3');
  assert.equal(first.code, 0, first.text);
  assert.match(first.text, /Copied 2 files \(0\.0 MB\) to s3; 0 were there already/);
  const second = await run('here', 'storage', 'copy', 's3');
  assert.match(second.text, /Copied 0 files .* 2 were there already/);

  const back = await run('there', 'storage', 'copy', 'disk');
  assert.equal(back.code, 0, back.text);
  for (const name of ['result.mp4', 'picture.png']) {
    const [here, there] = await Promise.all(
      ['here', 'there'].map((home) => readFile(join(blobs(home), 'tasks/task_1', name))),
    );
    assert.ok(here && there?.equals(here), name);
  }
});

test('without a bucket there is nothing to copy to', async () => {
  const { code, err } = await runWith({ DATA_DIR: folder }, 'storage', 'copy', 's3');
  assert.equal(code, 2);
  assert.match(err.join('\n'), /S3_BUCKET is not set/);
});
