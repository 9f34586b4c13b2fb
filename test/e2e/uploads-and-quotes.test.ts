import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeClip, makePicture } from '../fixtures/clips.ts';
import { prepareDataDir } from '../fixtures/database.ts';
import { waitUntil } from '../fixtures/wait-until.ts';
import { openInnerService } from './inner-service.ts';
import { createKey, removeFolder, startService } from './service.ts';

const inner = await openInnerService(
  async (media) => {
    await makePicture(media('picture.png'), 720, 800);
    await makeClip(media('clip.mp4'), { seconds: 4.4, hasSound: true });
    await makeClip(media('longer.mp4'), { seconds: 8 });
    await makeClip(media('short.mp4'), { seconds: 2 });
  },
  // Nobody is to be seen in these media.
  { PREFLIGHT: 'no' },
);
const { client, files, media, count } = inner;
after(() => inner.close());

const body = (image_url: string, video_url: string) =>
  ({ image_url, video_url, character_orientation: 'image', mode: 'std' }) as const;
const served = () => body(`${files.url}/picture.png`, `${files.url}/clip.mp4`);

const countProbes = () => count('probed');

test('a submit with the id of a quote costs what was quoted, after one probe', async () => {
  const probesBefore = countProbes();
  const quote = await client.quote(served());
  assert.equal(quote.price_usd, '0.41152', '4 s at the rate of std');
  assert.equal(quote.probed_seconds, 4.4);
  assert.deepEqual(quote.findings, []);
  assert.deepEqual(await stored('quotes', quote.id), ['picture.png'], 'of the clip only parts');

  const video = await client.wait(await client.create({ ...served(), quote_id: quote.id }));
  assert.equal(video.status, 'completed', JSON.stringify(video.error));
  assert.equal(video.usage?.['held_usd'], quote.hold_usd, 'no more is held than quoted');
  assert.equal(video.usage?.['charged_usd'], quote.price_usd);
  assert.deepEqual(video.warnings, []);
  assert.equal(countProbes() - probesBefore, 1);
});

test('a clip that changed after its quote is probed again, and the task says so', async () => {
  files.alias('/now.mp4', 'clip.mp4');
  const request = body(`${files.url}/picture.png`, `${files.url}/now.mp4`);
  const quote = await client.quote(request);
  files.alias('/now.mp4', 'longer.mp4');
  const video = await client.wait(await client.create({ ...request, quote_id: quote.id }));
  assert.equal(video.status, 'completed', JSON.stringify(video.error));
  assert.equal(video.usage?.['charged_usd'], '0.82304', 'what was rendered is what is paid');
  assert.deepEqual(
    video.warnings.map(({ code }) => code),
    ['quote_outdated'],
  );
});

test('a server without ranges is quoted by one whole download, which the submit uses', async () => {
  files.withRanges(false);
  files.requests.length = 0;
  const quote = await client.quote(served());
  const video = await client.wait(await client.create({ ...served(), quote_id: quote.id }));
  files.withRanges(true);
  assert.equal(video.usage?.['charged_usd'], quote.price_usd);
  assert.equal(files.requests.filter((name) => name === 'picture.png').length, 1);
  // The first of the two asked for a range, was told that there are none, and was given up.
  assert.equal(files.requests.filter((name) => name === 'clip.mp4').length, 2);
});

test('media that a task would fail with are refused by the quote with the same code', async () => {
  const short = body(`${files.url}/picture.png`, `${files.url}/short.mp4`);
  await assert.rejects(client.quote(short), { status: 422, code: 'reference_too_short' });
  const missing = body(`${files.url}/none.png`, `${files.url}/clip.mp4`);
  await assert.rejects(client.quote(missing), { status: 422, code: 'fetch_refused' });
});

test('uploads are quoted and rendered without any address, and may go once they are copied', async () => {
  files.requests.length = 0;
  const picture = await client.upload(media('picture.png'));
  const clip = await client.upload(media('clip.mp4'));
  const request = body(picture.id, clip.id);
  const quote = await client.quote(request);
  const taskId = await client.create({ ...request, quote_id: quote.id });
  const video = await client.wait(taskId);
  assert.equal(video.usage?.['charged_usd'], quote.price_usd);
  assert.deepEqual(files.requests, []);
  await client.deleteUpload(clip.id);
  await assert.rejects(client.getUpload(clip.id), { code: 'upload_not_found' });
  const content = await client.download(taskId);
  assert.equal((await content.arrayBuffer()).byteLength, clip.bytes, 'the result stays');
});

test('a service that is killed in the middle of an upload leaves nothing of it', async () => {
  const dataDir = media('killed');
  await prepareDataDir(dataDir);
  const first = await startService(dataDir);
  const key = await createKey(dataDir);
  const { port } = new URL(first.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const head = ['POST /v1/uploads HTTP/1.1', 'Host: x', `Authorization: Bearer ${key}`];
  socket.write(
    `${[...head, 'Content-Type: video/mp4', 'Content-Length: 9000000'].join('\r\n')}\r\n\r\n`,
  );
  socket.write(Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'));
  socket.write(Buffer.alloc(1_000_000, 7));
  await waitUntil('bytes are there', async () => (await sizeOf(join(dataDir, 'inputs'))) > 0);
  await first.kill();

  const second = await startService(dataDir);
  const headers = { authorization: `Bearer ${key}` };
  const list = await fetch(`${second.url}/v1/uploads`, { headers });
  assert.deepEqual((await list.json()).data, []);
  assert.equal(await sizeOf(join(dataDir, 'inputs')), 0);
  assert.equal(await sizeOf(join(dataDir, 'storage')), 0);
  assert.equal(await second.stop(), 0);
  await removeFolder(dataDir);
});

async function stored(kind: string, id: string): Promise<string[]> {
  return await readdir(join(media('data'), 'storage', 'blobs', kind, id));
}

/** Bytes of all files below a folder. */
async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) => stat(join(entry.parentPath, entry.name)).catch(() => null));
  return (await Promise.all(sizes)).reduce((sum, facts) => sum + (facts?.size ?? 0), 0);
}
