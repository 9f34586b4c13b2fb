import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { testStorage } from '../../../test/conformance/storage.ts';
import { testStorageSweep } from '../../../test/conformance/storage-sweep.ts';
import { isOutage } from '../../kernel/outage.ts';
import { S3Error } from './s3-errors.ts';
import { createS3Storage, type S3StorageOptions } from './s3-storage.ts';

/** The test server has no types of its own; this is the part of it that is used here. */
type TestServer = { run(): Promise<AddressInfo>; close(): Promise<void> };
const S3rver: new (options: object) => TestServer = createRequire(import.meta.url)('s3rver');

const MEGABYTE = 1024 * 1024;
const SECRET = 'a-secret-that-no-error-may-show';
const folder = await mkdtemp(join(tmpdir(), 'understudy-s3-'));
const server = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: folder,
  configureBuckets: [
    { name: 'media', configs: [] },
    { name: 'shared', configs: [] },
  ],
});
const address = await server.run();
const endpoint = `http://127.0.0.1:${address.port}`;

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const open = (changes: Partial<S3StorageOptions> = {}) =>
  createS3Storage({
    endpoint,
    bucket: 'media',
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    ...changes,
  });

testStorage('s3', async () => open());
testStorage('s3 below a prefix', async () => open({ bucket: 'shared', prefix: 'one/' }));
testStorageSweep('s3 below a prefix', async () => open({ bucket: 'shared', prefix: 'swept/' }));

async function makeFile(sizeBytes: number) {
  const bytes = randomBytes(sizeBytes);
  const path = join(folder, `file-${sizeBytes}`);
  await writeFile(path, bytes);
  return { bytes, path };
}

test('two services in one bucket do not see each other', async () => {
  const { path } = await makeFile(10);
  const [one, other] = [open({ prefix: 'a/' }), open({ prefix: 'b/' })];
  await one.putFile('tasks/task_1/result.mp4', path, 'video/mp4');
  assert.equal(await other.stat('tasks/task_1/result.mp4'), null);
  assert.deepEqual(await Array.fromAsync(other.list()), []);
  const keys = (await Array.fromAsync(one.list())).map(({ key }) => key);
  assert.deepEqual(keys, ['tasks/task_1/result.mp4']);
});

test('a large file goes up in parts and comes back whole', async () => {
  const { bytes, path } = await makeFile(11 * MEGABYTE + 7);
  const storage = open({ partBytes: 5 * MEGABYTE });
  const blob = await storage.putFile('tasks/task_2/result.mp4', path, 'video/mp4');
  assert.equal(blob.sizeBytes, bytes.length);
  assert.ok((await buffer(await storage.open(blob.key))).equals(bytes));
  assert.equal((await storage.stat(blob.key))?.contentType, 'video/mp4');
});

test('a signed address gives the blob, and a range of it, without a credential', async () => {
  const { bytes, path } = await makeFile(1000);
  const storage = open();
  await storage.putFile('tasks/task_3/result.mp4', path, 'video/mp4');
  const signed = await storage.signAddress('tasks/task_3/result.mp4', {
    lifetimeMs: 300_000,
    contentType: 'video/mp4',
    fileName: 'task_3.mp4',
  });
  const url = new URL(signed);
  assert.equal(url.searchParams.get('X-Amz-Expires'), '300');
  assert.ok(url.searchParams.get('X-Amz-Signature'));
  const answer = await fetch(url, { headers: { range: 'bytes=10-19' } });
  assert.equal(answer.status, 206);
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(10, 20)));
});

test('options that are frozen, as the configuration is, are good enough', async () => {
  const frozen = Object.freeze({ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' });
  assert.equal(await open({ credentials: frozen }).stat('tasks/task_none/result.mp4'), null);
});

/** A server that speaks as S3 does when it is unwell. */
async function serve(listener: RequestListener) {
  const http = createServer(listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, close: () => http.close() };
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET };

test('a request that fails on the way is sent again, with all of its bytes', async (t) => {
  const seen: number[] = [];
  const unwell = await serve(async (request, response) => {
    seen.push((await buffer(request)).length);
    response.writeHead(seen.length === 1 ? 503 : 200).end();
  });
  t.after(unwell.close);
  const { path } = await makeFile(2000);
  await open({ endpoint: unwell.endpoint }).putFile('tasks/task_4/a.mp4', path, 'video/mp4');
  assert.deepEqual(seen, [2000, 2000]);
});

test('parts of an upload that fails are given up', async (t) => {
  const seen: string[] = [];
  const unwell = await serve(async (request, response) => {
    const url = request.url ?? '';
    await buffer(request);
    seen.push(`${request.method} ${url.includes('partNumber') ? 'part' : 'upload'}`);
    if (url.includes('uploads')) {
      response.end(
        '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
      );
    } else response.writeHead(request.method === 'DELETE' ? 204 : 400).end();
  });
  t.after(unwell.close);
  const { path } = await makeFile(6 * MEGABYTE);
  const storage = open({ endpoint: unwell.endpoint, partBytes: 5 * MEGABYTE });
  await assert.rejects(storage.putFile('tasks/task_5/a.mp4', path, 'video/mp4'), S3Error);
  assert.deepEqual(seen, ['POST upload', 'PUT part', 'DELETE upload']);
});

test('a refusal names the trouble and what to do, and shows no credential', async (t) => {
  const unwell = await serve((_, response) =>
    response
      .writeHead(403)
      .end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'),
  );
  t.after(unwell.close);
  const storage = open({ endpoint: unwell.endpoint, credentials });
  await assert.rejects(storage.open('tasks/task_6/a.mp4'), (error) => {
    assert.ok(error instanceof S3Error);
    assert.equal(error.status, 403);
    assert.match(error.message, /did not read "tasks\/task_6\/a.mp4" \(403 AccessDenied\)/);
    assert.match(error.message, /Give the user of S3_ACCESS_KEY_ID the right/);
    const everything = inspect(error, { depth: 10, showHidden: true });
    assert.ok(!everything.includes(SECRET) && !everything.includes('AKIDEXAMPLE'), everything);
    return true;
  });
});

test('a server that is gone, or silent, is given up on', async (t) => {
  const silent = await serve(() => undefined);
  t.after(silent.close);
  const slow = open({ endpoint: silent.endpoint, idleMsMax: 50, attemptsMax: 1 });
  await assert.rejects(slow.stat('tasks/task_7/a.mp4'), /answers too slowly, or not at all/);
  await assert.rejects(slow.stat('tasks/task_7/a.mp4'), isOutage);
  const gone = open({ endpoint: 'http://127.0.0.1:1', attemptsMax: 1 });
  await assert.rejects(gone.stat('tasks/task_7/a.mp4'), /ECONNREFUSED.*Check S3_ENDPOINT/);
});
