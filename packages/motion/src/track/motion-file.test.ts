import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MotionError } from '../model/finding.ts';
import type { Motion } from '../model/motion.ts';
import { readMotion, writeMotion } from './motion-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-motion-'));
after(() => rm(folder, { recursive: true }));

const motion: Motion = {
  width: 720,
  height: 1280,
  fps: 25,
  durationMs: 120,
  frames: [
    {
      timeMs: 0,
      pose: Float32Array.from({ length: 33 * 4 }, (_, i) => (i % 4 === 3 ? 0.5 : i * 3.25)),
      face: Float32Array.from({ length: 468 * 3 }, (_, i) => i * 0.5 - 100),
      mouth: {
        x: 10,
        y: 20.5,
        width: 30,
        height: 8,
        jpeg: Uint8Array.of(255, 216, 0, 7, 255, 217),
      },
      hands: {
        left: {
          hand: Float32Array.from({ length: 21 * 3 }, (_, i) => i * 1.25),
          presence: 0.9,
          patch: {
            x: 1.5,
            y: 2,
            width: 40,
            height: 50,
            webp: Uint8Array.of(82, 73, 70, 70, 0, 255),
            palm: 31.25,
            axis: -0.7,
            skin: { mean: [70, 15, 14], deviation: [4, 2, 2] },
            cut: { offset: -1, width: 17, lab: [68, 14, 15] },
            heel: { offset: 2, width: 21 },
            sharpness: 120,
          },
        },
        right: null,
      },
    },
    { timeMs: 40, pose: null, face: null, mouth: null },
    { timeMs: 80, pose: new Float32Array(33 * 4), face: null, mouth: null },
  ],
  cuts: [1],
  findings: [{ code: 'person_lost', severity: 'warning', message: 'Gone for 0.1 s.', value: 0.1 }],
};

async function writeChanged(change: (data: Record<string, unknown>) => void): Promise<string> {
  const file = join(folder, 'changed.json');
  await writeMotion(motion, file);
  const data = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  change(data);
  await writeFile(file, JSON.stringify(data));
  return file;
}

test('a written motion reads back the same', async () => {
  const file = join(folder, 'motion.json');
  await writeMotion(motion, file);
  assert.deepEqual(await readMotion(file), motion);
});

test('numbers are rounded to a hundredth of a pixel', async () => {
  const file = join(folder, 'rounded.json');
  const pose = new Float32Array(33 * 4).fill(1 / 3);
  await writeMotion({ ...motion, frames: [{ timeMs: 0, pose, face: null, mouth: null }] }, file);
  assert.match(await readFile(file, 'utf8'), /"pose":\[0\.33,0\.33,0\.33,0\.333,/);
});

test('each frame has a line of its own', async () => {
  const file = join(folder, 'lines.json');
  await writeMotion(motion, file);
  const lines = (await readFile(file, 'utf8')).split('\n');
  assert.equal(lines.filter((line) => line.includes('"timeMs"')).length, motion.frames.length);
});

type Json = Record<string, unknown>;
const faults: [string, (data: Json) => void, RegExp][] = [
  [
    'a foreign format',
    (data) => Object.assign(data, { format: 'bvh' }),
    /format must be .*understudy-motion, not "bvh"/,
  ],
  ['a later version', (data) => Object.assign(data, { version: 9 }), /version must be .* not 9/],
  ['a missing size', (data) => delete data['width'], /width is missing/],
  [
    'a short pose',
    (data) => ((data['frames'] as Json[])[0]!['pose'] = [1, 2]),
    /frames\[0\]\.pose must have 132 items, not 2/,
  ],
  [
    'a face that is not numbers',
    (data) => (((data['frames'] as Json[])[0]!['face'] as unknown[])[5] = 'x'),
    /frames\[0\]\.face\[5\] must be a number, not "x"/,
  ],
  [
    'times that go back',
    (data) => ((data['frames'] as Json[])[2]!['timeMs'] = 20),
    /frames\[2\]\.timeMs is 20/,
  ],
];

for (const [name, change, message] of faults) {
  test(`${name} is refused with its place`, async () => {
    const file = await writeChanged((data) => void change(data));
    await assert.rejects(
      readMotion(file),
      (error: unknown) =>
        error instanceof MotionError &&
        error.finding.code === 'motion_file_invalid' &&
        message.test(error.message),
    );
  });
}

test('a file that is not JSON is refused', async () => {
  const file = join(folder, 'broken.json');
  await writeFile(file, '{"format":');
  await assert.rejects(readMotion(file), /it is not JSON/);
});

test('a file too large for the memory is refused with its size', async () => {
  const file = join(folder, 'large.json');
  await writeFile(file, '');
  await truncate(file, 400_000_001);
  await assert.rejects(
    readMotion(file),
    (error: unknown) => error instanceof MotionError && /is 400000001 bytes/.test(error.message),
  );
});
