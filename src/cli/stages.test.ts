import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makePersonClip, SAMPLE_PICTURE } from '../../test/e2e/media.ts';
import { runWith } from './testing/test-io.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-stages-'));
const path = (name: string): string => join(folder, name);
const CLIP_SECONDS = 1;
const CLIP_FPS = 8;

before(() => makePersonClip(path('clip.mp4'), CLIP_SECONDS, CLIP_FPS));
after(() => rm(folder, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  const { code, out, err } = await runWith({}, ...args);
  assert.equal(code, 0, err.join('\n'));
  return out.join('\n');
}

async function readFacts(name: string) {
  return JSON.parse(await run('probe', path(name)));
}

async function hasHands(name: string): Promise<boolean> {
  const { frames } = JSON.parse(await readFile(path(name), 'utf8'));
  return 'hands' in frames[0];
}

test('track, rig and render make a video of their files between them', async () => {
  await run('track', path('clip.mp4'), '-o', path('motion.json'));
  assert.equal(await hasHands('motion.json'), true);
  await run('rig', SAMPLE_PICTURE, '-o', path('character'));
  assert.ok((await readdir(path('character'))).includes('rig.json'));
  await run('render', path('character'), path('motion.json'), '-o', path('rendered.mp4'));
  const facts = await readFacts('rendered.mp4');
  assert.equal(Math.min(facts.width, facts.height), 720);
  assert.ok(Math.abs(facts.durationMs - 1000 * CLIP_SECONDS) <= 1000 / CLIP_FPS);
});

test('track keeps no pictures of hands when it is told not to', async () => {
  await run('track', path('clip.mp4'), '-o', path('bare.json'), '--hands', 'own');
  assert.equal(await hasHands('bare.json'), false);
});

test('animate makes the video and the contact sheet in one go', async () => {
  const files = ['--image', SAMPLE_PICTURE, '--video', path('clip.mp4'), '-o', path('result.mp4')];
  await run('animate', ...files, '--watermark', '--contact-sheet', path('sheet.png'));
  const facts = await readFacts('result.mp4');
  assert.equal(facts.videoCodec, 'avc');
  assert.ok((await stat(path('sheet.png'))).size > 10_000);
});

test('a clip that is scored against itself scores nearly 1, and its plot is drawn', async () => {
  const files = ['--reference', path('clip.mp4'), '--result', path('clip.mp4')];
  const flat = JSON.parse(await run('score', ...files, '--json', '--plot', path('plot.svg')));
  assert.ok(flat.score > 0.99, String(flat.score));
  assert.equal(flat.pck_0_1, 1);
  assert.equal(flat.identity, null);
  assert.ok((await stat(path('plot.svg'))).size > 2_000);
});
