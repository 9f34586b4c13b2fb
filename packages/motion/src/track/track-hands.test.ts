import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeVideo } from '../encode/encode-video.ts';
import type { Motion } from '../model/motion.ts';
import { trackHands } from './track-hands.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-hands-'));
after(() => rm(folder, { recursive: true }));

const FPS = 25;
const FRAME_COUNT = 40;
const size = { width: 64, height: 64 };

/** A motion of nobody, so that no network has to be loaded. */
const nobody: Motion = {
  ...size,
  fps: FPS,
  durationMs: (1000 * FRAME_COUNT) / FPS,
  frames: Array.from({ length: FRAME_COUNT }, (_, i) => ({
    timeMs: (i * 1000) / FPS,
    pose: null,
    face: null,
    mouth: null,
  })),
  findings: [],
};

async function* emptyRoom() {
  for (let i = 0; i < FRAME_COUNT; i += 1) {
    yield { ...size, data: new Uint8Array(size.width * size.height * 4).fill(99) };
  }
}

const clip = join(folder, 'empty-room.mp4');
await encodeVideo({
  ...{ ...size, file: clip, fps: FPS, quality: 'std', frames: emptyRoom() },
  ...{ frameCount: FRAME_COUNT, durationMs: nobody.durationMs, metadata: {} },
});

test('every frame of the motion comes back, with the hands that were seen in it', async () => {
  const told: number[] = [];
  const onProgress = (fraction: number) => told.push(fraction);
  const motion = await trackHands(clip, nobody, { everyNthFrame: 2, onProgress });
  const frames = nobody.frames.map((frame) => ({ ...frame, hands: { left: null, right: null } }));
  assert.deepEqual(motion, { ...nobody, frames });
  assert.equal(told.at(-1), 1);
});

test('hands that are of no use are given up after a few frames', async () => {
  let asked = 0;
  const isWorthIt = ({ frames }: Motion): boolean => {
    asked += 1;
    assert.equal(frames.length, FRAME_COUNT);
    return false;
  };
  assert.equal(await trackHands(clip, nobody, { isWorthIt }), null);
  assert.equal(asked, 1);
});
