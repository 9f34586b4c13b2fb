import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
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
