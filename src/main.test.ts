import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeClip, makePicture } from '../test/fixtures/clips.ts';
import { reserveDatabase, silentLog, TEST_KIND } from '../test/fixtures/database.ts';
import { type FileServer, serveFolders } from '../test/fixtures/file-server.ts';
import { createStandInEngine } from '../test/fixtures/stand-in-engine.ts';
import { readConfig } from './config.ts';
import { createService, type Service } from './main.ts';
import { readServiceNote } from './net/service-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-main-'));
const dataDir = join(folder, 'data');
const media = (name: string): string => join(folder, name);

const engine = createStandInEngine();
let files: FileServer;
let service: Service;
let key: string;

const database = await reserveDatabase();
const environment = {
  PORT: '0',
  DATA_DIR: dataDir,
  ALLOW_CIDRS: '127.0.0.0/8',
  PREFLIGHT: 'no',
  ...database.environment,
};
const openService = () =>
  createService(readConfig(environment), { log: silentLog, engines: [engine], drainMsMax: 50 });

before(async () => {
  await makePicture(media('picture.png'), 360, 400);
  await makePicture(media('tiny.png'), 200, 200);
  await makeClip(media('clip.mp4'), { seconds: 4.4, hasSound: true });
  await makeClip(media('clip.mov'), { seconds: 3, format: 'mov' });
  await makeClip(media('short.mp4'), { seconds: 2 });
  await writeFile(media('text.mp4'), 'This is not a video.\n');
  files = await serveFolders(folder);
  service = await openService();
  await service.start();
  key = service.firstKey ?? '';
});

after(async () => {
  await service.stop();
  files.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

test('inputs are fetched once, kept, rendered, and charged by their probed length', async () => {
  files.requests.length = 0;
  const task = await runToEnd(await submit({}));
  assert.equal(task.status, 'completed', JSON.stringify(task.error));
  assert.equal(task.usage.probed_seconds, 4.4);
  assert.equal(task.usage.charged_usd, '0.41152', '4 s at the rate of std');
  assert.deepEqual(files.requests.toSorted(), ['clip.mp4', 'part of clip.mp4', 'picture.png']);
  const clip = await readFile(media('clip.mp4'));
  assert.equal(engine.sizes.at(-1)?.video, clip.length);
  const answer = await fetch(task.url);
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(clip), 'the signed address streams it');
});

test('a QuickTime clip is taken too', async () => {
  const task = await runToEnd(await submit({ video_url: `${files.url}/clip.mov` }));
  assert.equal(task.status, 'completed', JSON.stringify(task.error));
});

const refusals = [
  { name: 'short.mp4', code: 'reference_too_short' },
  { name: 'text.mp4', code: 'video_format_unsupported' },
  { name: 'missing.mp4', code: 'fetch_refused' },
];

for (const { name, code } of refusals) {
  test(`${name} fails with ${code}, holds nothing, and leaves no file behind`, async () => {
    const task = await runToEnd(await submit({ video_url: `${files.url}/${name}` }));
    assert.equal(task.status, 'failed');
    assert.equal(task.error.code, code, task.error.message);
    assert.equal((await call('/v1/balance')).held_usd, '0.00000');
    const left = await readdir(join(dataDir, 'inputs'), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      left.filter((entry) => entry.isFile()),
      [],
    );
  });
}

test('a picture below the limit fails with what was seen', async () => {
  const task = await runToEnd(await submit({ image_url: `${files.url}/tiny.png` }));
  assert.equal(task.error.code, 'image_size_out_of_range');
  assert.match(task.error.message, /is 200 x 200 px; each side must be 300 to 65536 px/);
});

test('the note of a running service can be read by its owner alone', async () => {
  const note = await readServiceNote(dataDir);
  assert.equal(note?.url, service.url);
  const { mode } = await stat(join(dataDir, 'service.json'));
  assert.equal(mode & 0o077, 0);
});

test('a second service on the same data folder is refused by name', {
  skip: TEST_KIND === 'postgres' && 'a server may have many services',
}, async () => {
  await assert.rejects(openService(), /in use by process/);
});

test('a first start that cannot listen still shows the key when it can', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'understudy-main-'));
  const own = await reserveDatabase();
  const open = (PORT: string) =>
    createService(readConfig({ PORT, DATA_DIR: fresh, ...own.environment }), {
      log: silentLog,
      engines: [engine],
    });
  const refused = await open(new URL(service.url).port);
  await assert.rejects(refused.start(), { code: 'EADDRINUSE' });
  await refused.stop();
  const second = await open('0');
  await second.start();
  assert.match(second.firstKey ?? '', /^us_/);
  await second.stop();
  await own.drop();
  await rm(fresh, { recursive: true });
});

test('a restart keeps keys, results and signed addresses, and shows no key again', async () => {
  const task = await runToEnd(await submit({}));
  const path = new URL(task.url).pathname + new URL(task.url).search;
  // A client that never finishes its request must not keep the service from stopping.
  const stalled = connect(Number(new URL(service.url).port), '127.0.0.1');
  stalled.on('error', () => undefined).write('GET /healthz HTTP/1.1\r\n');
  await once(stalled, 'connect');
  await service.stop();
  stalled.destroy();
  assert.equal(await readServiceNote(dataDir), null, 'a stopped service leaves no note');
  service = await openService();
  await service.start();
  assert.equal(service.firstKey, null);
  assert.equal((await fetch(new URL(path, service.url))).status, 200);
  assert.equal((await call(`/v1/videos/${task.id}`)).status, 'completed');
});

async function submit(changes: object): Promise<string> {
  const answer = await call('/v1/videos/generations', {
    model: 'kling-v3-motion-control',
    image_url: `${files.url}/picture.png`,
    video_url: `${files.url}/clip.mp4`,
    character_orientation: 'image',
    mode: 'std',
    ...changes,
  });
  return answer.data[0].task_id;
}

async function runToEnd(taskId: string) {
  for (;;) {
    const task = await call(`/v1/videos/${taskId}?wait=60`);
    if (task.usage.is_final) return task;
  }
}

async function call(path: string, body?: object) {
  const answer = await service.app.inject({
    method: body ? 'POST' : 'GET',
    url: path,
    headers: { authorization: `Bearer ${key}` },
    ...(body ? { payload: body } : {}),
  });
  return answer.json();
}
