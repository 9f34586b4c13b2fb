import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeVideo } from './encode/encode-video.ts';
import { MotionError } from './model/finding.ts';
import type { RgbaImage } from './model/image.ts';
import { act } from './score/testing/acted-motion.ts';
import { chooseRate, scoreResult } from './score-result.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-score-'));
after(() => rm(folder, { recursive: true }));

const motion = act({ seconds: 1 });

async function writeEmptyRoom(file: string): Promise<void> {
  const size = { width: 256, height: 256 };
  const frame: RgbaImage = { ...size, data: new Uint8Array(256 * 256 * 4).fill(90) };
  async function* frames(): AsyncGenerator<RgbaImage> {
    for (let i = 0; i < 10; i += 1) yield frame;
  }
  await encodeVideo({
    ...size,
    file,
    fps: 10,
    quality: 'std',
    frames: frames(),
    frameCount: 10,
    durationMs: 1000,
    metadata: { title: '', description: '', comment: '', date: '2026-01-01T00:00:00Z' },
  });
}

test('a result in which nobody is found scores 0 instead of failing', async () => {
  const resultFile = join(folder, 'empty-room.mp4');
  await writeEmptyRoom(resultFile);
  const fractions: number[] = [];
  const onProgress = (fraction: number) => fractions.push(fraction);
  const { score, measures } = await scoreResult({ motion, resultFile, onProgress });
  assert.equal(score, 0);
  assert.equal(measures.coverage, 0);
  assert.equal(fractions.at(-1), 1);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
});

test('a result that is no video is refused by name', async () => {
  const resultFile = join(folder, 'text.mp4');
  await writeFile(resultFile, 'no video');
  await assert.rejects(
    scoreResult({ motion, resultFile }),
    (error: unknown) => error instanceof MotionError && error.finding.code === 'clip_unreadable',
  );
});

test('without a reference, or with too few moments, nothing is tracked', async () => {
  await assert.rejects(scoreResult({ resultFile: 'any.mp4' }), RangeError);
  await assert.rejects(scoreResult({ motion, resultFile: 'any.mp4', framesMax: 5 }), RangeError);
});

test('every n-th frame is looked at, never more of them than allowed', () => {
  assert.equal(chooseRate(30, 8000, 90), 10);
  assert.equal(chooseRate(25, 4120, 90), 12.5);
  assert.equal(chooseRate(5, 8000, 90), 5);
  assert.equal(chooseRate(60, 3000, 90), 30);
});
