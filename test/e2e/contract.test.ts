import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createClient } from '@understudy/client';
import { chromium } from 'playwright-core';
import { type FileServer, serveFolders } from '../fixtures/file-server.ts';
import { makePersonClip, SAMPLES } from './media.ts';
import {
  createKey,
  makeFolder,
  type RunningService,
  removeFolder,
  startService,
} from './service.ts';

let folder: string;
let service: RunningService;
let files: FileServer;
let key: string;
/** The signed address of the first test's result, for the browser below. */
let videoUrl: string;

before(async () => {
  folder = await makeFolder();
  const clip = join(folder, 'ref-video-8s.mp4');
  await makePersonClip(clip, 8);
  files = await serveFolders(SAMPLES, folder);
  service = await startService(join(folder, 'data'));
  key = await createKey(join(folder, 'data'));
});

after(async () => {
  await service?.stop();
  files?.close();
  await removeFolder(folder);
});

test('the curl of the contract answers its JSON, and 8 seconds at std cost $0.82304', async () => {
  const { stdout } = await promisify(execFile)('curl', [
    '-s',
    `${service.url}/v1/videos/generations`,
    '-H',
    `Authorization: Bearer ${key}`,
    '-H',
    'Content-Type: application/json',
    '-d',
    `{"model":"kling-v3-motion-control",
       "prompt":"Match face identity, follow the reference dance, cinematic lighting",
       "image_url":"${files.url}/character.jpg",
       "video_url":"${files.url}/ref-video-8s.mp4",
       "character_orientation":"image","mode":"std","keep_original_sound":"yes"}`,
  ]);
  assert.match(
    stdout,
    /^\{"code":200,"data":\[\{"status":"submitted","task_id":"task_[0-9A-Za-z]{22}"\}\]\}$/,
  );
  const taskId = JSON.parse(stdout).data[0].task_id as string;
  const client = createClient({ baseUrl: `${service.url}/v1`, apiKey: key });

  const progress: number[] = [];
  const video = await client.wait(taskId, { onChange: (now) => progress.push(now.progress) });
  assert.equal(video.error, null);
  assert.equal(video.status, 'completed');
  assert.deepEqual(video.applied, ['cinematic']);
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
    'progress never goes down',
  );
  assert.equal(video.cost, 0.82304);
  assert.equal(video.seconds, '8');
  assert.equal(video.usage?.['held_usd'], '1.02880');
  assert.equal(video.usage?.['charged_usd'], '0.82304');
  assert.equal(video.usage?.['released_usd'], '0.20576');

  videoUrl = video.url ?? '';
  const ranged = await fetch(videoUrl, { headers: { range: 'bytes=4-7' } });
  assert.equal(ranged.status, 206);
  assert.equal(await ranged.text(), 'ftyp', 'the signed address needs no key and serves ranges');
});

const executablePath = process.env['TEST_CHROMIUM'];
const skip = executablePath ? false : 'no Chromium (TEST_CHROMIUM)';

test('a browser plays the signed address without a key', { skip }, async (t) => {
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox'],
  });
  // An open browser would keep the process alive after a failed test.
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.setContent(`<video src="${videoUrl}" muted></video>`);
  const played = await page.evaluate(async () => {
    const video = document.querySelector('video');
    if (!video) throw new Error('no video element');
    video.playbackRate = 8;
    await video.play();
    await new Promise((resolve) => video.addEventListener('ended', resolve));
    return { seconds: video.duration, width: video.videoWidth, height: video.videoHeight };
  });
  assert.ok(Math.abs(played.seconds - 8) < 0.13, `${played.seconds} s`);
  assert.equal(Math.min(played.width, played.height), 720);
});

test('the reference page shows the API in a browser, from this server alone', {
  skip,
}, async (t) => {
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox'],
  });
  // An open browser would keep the process alive after a failed test.
  t.after(() => browser.close());
  const page = await browser.newPage();
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(service.url) && !/^(data|blob|about):/.test(request.url())) {
      foreign.push(request.url());
    }
  });
  await page.goto(`${service.url}/docs`);
  await page.getByText('/v1/videos/generations').first().waitFor();
  assert.deepEqual(foreign, []);
});
