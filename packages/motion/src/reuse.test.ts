import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Character } from './model/character.ts';
import type { Motion } from './model/motion.ts';
import { renderFrames } from './render/renderer.ts';
import { retarget } from './retarget/retarget.ts';
import { openReuse } from './reuse.ts';
import { rigPicture } from './rig/rig-picture.ts';
import { detectorsOf, drawFigure } from './rig/testing/drawn-figure.ts';
import { FIGURE_HEIGHT, FIGURE_WIDTH, poseOf, STANDING } from './testing/stick-figure.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-reuse-'));
after(() => rm(folder, { recursive: true }));
const [clip, picture] = [join(folder, 'clip'), join(folder, 'picture')];
before(async () => {
  await writeFile(clip, 'the bytes of a clip');
  await writeFile(picture, 'the bytes of a picture');
});

const cacheFolder = (name: string) => ({ folder: join(folder, name), bytesMax: 100_000_000 });
const drawn = drawFigure();
const rigged = await rigPicture(drawn.picture, detectorsOf(drawn));
const rig = async () => rigged;

/** Places between the steps to which a motion file rounds. */
async function makeMotion(): Promise<Motion> {
  const frames = [0, 1, 2].map((i) => {
    const pose = poseOf(STANDING).map((value) => value + i * 1.23456);
    const face = Float32Array.from({ length: 468 * 3 }, (_, n) => (n * (i + 1)) / 7);
    const mouth = { x: 1 / 3, y: 2 / 3, width: 10 / 3, height: 5, jpeg: Uint8Array.of(1, 2, i) };
    return { timeMs: (i * 1000) / 30, pose, face: i === 1 ? face : null, mouth: i ? mouth : null };
  });
  const size = { width: FIGURE_WIDTH, height: FIGURE_HEIGHT };
  return { ...size, fps: 30, durationMs: 100, frames, findings: [] };
}

const hash = (bytes: NodeJS.ArrayBufferView) => createHash('sha256').update(bytes).digest('hex');

/** A character with a checksum in place of each array: comparing millions of numbers takes long. */
function hashesOf(character: Character): unknown {
  const text = JSON.stringify(character, (_, value) =>
    ArrayBuffer.isView(value) ? hash(value as NodeJS.ArrayBufferView) : value,
  );
  return JSON.parse(text);
}

const never = (): never => assert.fail('the stage ran again');

async function draw(character: Character, motion: Motion) {
  const bodies = motion.frames.map((frame) => ({ ...frame, face: null, mouth: null }));
  const moves = retarget(character, { ...motion, frames: bodies }, { orientation: 'image' });
  const frames: string[] = [];
  for await (const { data } of renderFrames(character, moves)) frames.push(hash(data));
  return frames;
}

test('a second job takes both stages over, and its frames are the same to the last bit', async () => {
  const first = openReuse(cacheFolder('same'), assert.ifError);
  const [motion, character] = [
    await first.track(clip, {}, makeMotion),
    await first.rig(picture, {}, rig),
  ];
  await first.close();
  assert.deepEqual(first.reused, []);
  const second = openReuse(cacheFolder('same'));
  const again = [
    await second.track(clip, {}, never),
    await second.rig(picture, {}, never),
  ] as const;
  assert.deepEqual(second.reused, ['tracking', 'rigging']);
  assert.deepEqual(again[0], motion);
  assert.deepEqual(hashesOf(again[1]), hashesOf(character));
  assert.deepEqual(await draw(again[1], again[0]), await draw(character, motion));
});

test('a job without a cache uses exactly what one with a cache does', async () => {
  const kept = openReuse(cacheFolder('none'), assert.ifError);
  const loose = openReuse(null);
  assert.deepEqual(await loose.track(clip, {}, makeMotion), await kept.track(clip, {}, makeMotion));
  const [one, other] = [await loose.rig(picture, {}, rig), await kept.rig(picture, {}, rig)];
  assert.deepEqual(hashesOf(one), hashesOf(other));
  await kept.close();
});

test('other bytes or other options are another entry', async () => {
  const reuse = openReuse(cacheFolder('other'), assert.ifError);
  const other = join(folder, 'other-clip');
  await writeFile(other, 'other bytes');
  await reuse.track(clip, { everyNthFrame: 1 }, makeMotion);
  await reuse.track(clip, { everyNthFrame: 2 }, makeMotion);
  await reuse.track(other, { everyNthFrame: 1 }, makeMotion);
  await reuse.close();
  assert.deepEqual(reuse.reused, []);
  assert.equal((await readdir(join(folder, 'other'))).length, 3);
});

test('a motion with parts that its file cannot hold is not kept without them', async () => {
  const problems: unknown[] = [];
  const reuse = openReuse(cacheFolder('parts'), (error) => problems.push(error));
  const motion = await makeMotion();
  const frames = motion.frames.map((frame) => ({ ...frame, tail: 'wagging' }));
  await reuse.track(clip, {}, async () => ({ ...motion, frames }));
  await reuse.close();
  assert.match(String(problems[0]), /does not hold tail/);
  assert.deepEqual(await readdir(join(folder, 'parts')), []);
});

test('a stage that fails is not kept, and a cache that cannot be written fails no job', async () => {
  const broken = openReuse(cacheFolder('broken'), assert.ifError);
  const failing = broken.track(clip, {}, () => Promise.reject(new Error('nobody there')));
  await assert.rejects(failing, /nobody there/);
  const problems: unknown[] = [];
  const inFile = openReuse({ folder: clip, bytesMax: 1 }, (error) => problems.push(error));
  await inFile.track(clip, {}, makeMotion);
  await inFile.close();
  assert.equal(problems.length, 1);
});
