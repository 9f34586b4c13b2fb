import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { testStorage } from '../../../test/conformance/storage.ts';
import { createS3Storage } from './s3-storage.ts';

/** The test server has no types of its own; this is the part of it that is used here. */
type TestServer = { run(): Promise<AddressInfo>; close(): Promise<void> };
const S3rver: new (options: object) => TestServer = createRequire(import.meta.url)('s3rver');

const folder = await mkdtemp(join(tmpdir(), 'understudy-s3-'));
const server = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: folder,
  configureBuckets: [{ name: 'media', configs: [] }],
});
const address = await server.run();

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

testStorage('s3', async () =>
  createS3Storage({
    endpoint: `http://127.0.0.1:${address.port}`,
    bucket: 'media',
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  }),
);
