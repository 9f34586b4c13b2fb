import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openClip } from '@understudy/motion';
import { createProbe } from '../../src/probe/probe.ts';
import { ODD_CLIPS } from './clips.ts';
import { isClipRight, isPictureRight } from './odd-file.ts';
import { ODD_PICTURES } from './pictures.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-odd-'));
const probe = createProbe({
  workDir: join(folder, 'jail'),
  limits: { imagePixelsMax: 64_000_000, probeMsMax: 30_000 },
});
after(async () => {
  await probe.close();
  await rm(folder, { recursive: true, force: true });
});

const sentenceOf = (error: Error) => error.message;

test('odd but valid clips are measured within a frame, the others refused by name', async () => {
  for (const { name, make, truth } of ODD_CLIPS) {
    const file = join(folder, 'clip');
    await make(file);
    const seen = await probe.probeVideo(file).catch(sentenceOf);
    assert.ok(isClipRight(truth, seen), `${name}: ${JSON.stringify(seen)}`);
  }
});

test('odd but valid pictures have their upright size, the others are refused by name', async () => {
  for (const { name, make, truth } of ODD_PICTURES) {
    const file = join(folder, 'picture');
    await make(file);
    const seen = await probe.probeImage(file).catch(sentenceOf);
    assert.ok(isPictureRight(truth, seen), `${name}: ${JSON.stringify(seen)}`);
  }
});

test('the engine reads as much of an odd clip as is billed, at any size', async () => {
  for (const { name, make, truth } of ODD_CLIPS) {
    if (truth instanceof RegExp) continue;
    const file = join(folder, 'clip');
    await make(file);
    const clip = await openClip(file);
    let frameCount = 0;
    for await (const _ of clip.frames({ size: { width: 16, height: 16 } })) frameCount += 1;
    clip.close();
    const frameMs = 1_000 / truth.fps;
    const seen = `${name}: ${clip.durationMs} ms and ${frameCount} frames at ${clip.fps} fps`;
    assert.ok(Math.abs(clip.durationMs - truth.durationMs) <= frameMs, seen);
    assert.ok(Math.abs((frameCount * 1_000) / clip.fps - truth.durationMs) <= frameMs, seen);
  }
});
