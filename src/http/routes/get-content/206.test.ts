import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../../kernel/clock.ts';
import { createDiskStorage } from '../../../storage/disk/disk-storage.ts';
import { createDoorRig, type DoorRig } from '../../testing/door-rig.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-ranges-'));
const video = randomBytes(1000);
const storageKey = 'tasks/task_1/result.mp4';
const url = '/v1/videos/task_1/content';

let rig: DoorRig;
before(async () => {
  await writeFile(join(folder, 'video'), video);
  const storage = await createDiskStorage(join(folder, 'storage'), systemClock);
  await storage.putFile(storageKey, join(folder, 'video'), 'video/mp4');
  const content = { storageKey, sizeBytes: 1000, etag: '"tag"', contentType: 'video/mp4' };
  rig = await createDoorRig({ storage, tasks: { content: async () => content } });
});
after(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

const ranges = [
  { range: 'bytes=0-0', start: 0, end: 0 },
  { range: 'bytes=100-199', start: 100, end: 199 },
  { range: 'bytes=990-', start: 990, end: 999 },
  { range: 'bytes=-10', start: 990, end: 999 },
  { range: 'bytes=-5000', start: 0, end: 999 },
  { range: 'bytes=900-5000', start: 900, end: 999 },
];

for (const { range, start, end } of ranges) {
  test(`${range} gives the bytes ${start} to ${end}`, async () => {
    const answer = await rig.call('GET', url, { headers: { range } });
    assert.equal(answer.statusCode, 206);
    assert.equal(answer.headers['content-range'], `bytes ${start}-${end}/1000`);
    assert.equal(answer.headers['content-length'], String(end - start + 1));
    assert.ok(answer.rawPayload.equals(video.subarray(start, end + 1)));
  });
}

test('a range of the same copy (If-Range) gives the part', async () => {
  const etag = String((await rig.call('HEAD', url)).headers.etag);
  const headers = { range: 'bytes=0-1', 'if-range': etag };
  assert.equal((await rig.call('GET', url, { headers })).statusCode, 206);
});

test('HEAD of a range answers its length', async () => {
  const answer = await rig.call('HEAD', url, { headers: { range: 'bytes=100-199' } });
  assert.equal(answer.statusCode, 206);
  assert.equal(answer.headers['content-length'], '100');
  assert.equal(answer.body, '');
});

test('a range after the end is 416 with the size', async () => {
  for (const range of ['bytes=1000-', 'bytes=5000-6000', 'bytes=-0']) {
    const answer = await rig.call('GET', url, { headers: { range } });
    assert.equal(answer.statusCode, 416, range);
    assert.equal(answer.headers['content-range'], 'bytes */1000');
    assert.equal(answer.json().code, 'range_not_satisfiable');
  }
});

test('a copy that the client already has is 304', async () => {
  const etag = String((await rig.call('HEAD', url)).headers.etag);
  for (const method of ['GET', 'HEAD'] as const) {
    const answer = await rig.call(method, url, { headers: { 'if-none-match': etag } });
    assert.equal(answer.statusCode, 304);
    assert.equal(answer.body, '');
  }
});
