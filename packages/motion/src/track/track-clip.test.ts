import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import { registerCodecs } from '../media/codecs.ts';
import { MotionError } from '../model/finding.ts';
import { splitFrames } from './split-frames.ts';
import { trackClip } from './track-clip.ts';
import { trackRange } from './track-range.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-track-'));
after(() => rm(folder, { recursive: true }));

/** Our own clip. */
const SAMPLE = fileURLToPath(new URL('../../../../samples/reference.mp4', import.meta.url));

/** A real dancer, on the machines that have her. */
const DANCER = fileURLToPath(
  new URL('../../../../../shared/media/dance-studio.mp4', import.meta.url),
);
const withDancer = { skip: existsSync(DANCER) ? false : 'dance-studio.mp4 is not here' };

async function makeEmptyRoom(frameCount: number): Promise<string> {
  registerCodecs();
  const file = join(folder, 'empty-room.mp4');
  const [width, height] = [160, 120];
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i >> 9) & 127);
  const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(file) });
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ bitrate: 500_000 }),
  });
  output.addVideoTrack(source, { frameRate: 25 });
  await output.start();
  for (let i = 0; i < frameCount; i += 1) {
    using sample = new VideoSample(data, {
      ...{ format: 'RGBA', codedWidth: width, codedHeight: height },
      ...{ timestamp: i / 25, duration: 1 / 25 },
    });
    await source.add(sample);
  }
  await output.finalize();
  return file;
}

test('frames are shared out evenly, whole, and never in portions too small for a worker', () => {
  assert.deepEqual(splitFrames(200, 2), [
    { fromIndex: 0, toIndex: 100 },
    { fromIndex: 100, toIndex: 200 },
  ]);
  assert.deepEqual(splitFrames(100, 4), [{ fromIndex: 0, toIndex: 100 }]);
  assert.deepEqual(splitFrames(1, 2), [{ fromIndex: 0, toIndex: 1 }]);
  const ranges = splitFrames(301, 3);
  assert.equal(ranges.at(-1)!.toIndex, 301);
  for (let i = 1; i < ranges.length; i += 1) {
    assert.equal(ranges[i]!.fromIndex, ranges[i - 1]!.toIndex);
  }
});

test('a clip that shows nobody is refused, since there is no motion to transfer', async () => {
  const file = await makeEmptyRoom(8);
  await assert.rejects(
    trackClip(file, { poseModel: 'lite' }),
    (error: unknown) => error instanceof MotionError && error.finding.code === 'no_person',
  );
});

test('what is wrong with a clip comes back as its finding', async () => {
  const file = join(folder, 'text.mp4');
  await writeFile(file, 'no video');
  await assert.rejects(
    trackClip(file),
    (error: unknown) => error instanceof MotionError && error.finding.code === 'clip_unreadable',
  );
});

for (const workers of [1, 0]) {
  const where = workers === 0 ? 'in this thread' : 'in another thread';

  test(`an abort ends the tracking ${where} with its own reason`, async () => {
    const file = await makeEmptyRoom(8);
    const abort = new AbortController();
    const tracking = trackClip(file, {
      poseModel: 'lite',
      workers,
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('changed my mind')),
    });
    await assert.rejects(tracking, /changed my mind/);
  });

  test(`a progress report that throws ends the tracking ${where} and nothing else`, async () => {
    const file = await makeEmptyRoom(8);
    const onProgress = () => {
      throw new Error('the bar broke');
    };
    await assert.rejects(
      trackClip(file, { poseModel: 'lite', workers, onProgress }),
      /the bar broke/,
    );
  });
}

test('a clip is followed in this thread as it is in another', async () => {
  const options = { poseModel: 'lite', fpsMax: 1 } as const;
  const [here, there] = [0, 1].map((workers) => trackClip(SAMPLE, { ...options, workers }));
  assert.deepEqual(await here, await there);
});

test(
  'a real dancer is followed through every frame after being searched once',
  withDancer,
  async () => {
    let frameCount = 0;
    let searchCount = 0;
    const job = { file: DANCER, fps: 25, fromIndex: 0, toIndex: 40, seed: null };
    for await (const frame of trackRange({ ...job, poseModel: 'lite' })) {
      assert.equal(frame.index, frameCount);
      assert.ok(frame.isRepeat || (frame.pose !== null && frame.face !== null));
      frameCount += 1;
      if (frame.personCount !== null) searchCount += 1;
    }
    assert.equal(frameCount, 40);
    assert.equal(searchCount, 1);
  },
);

test(
  'a slow clip is looked at in every frame, even when half of them would do',
  withDancer,
  async () => {
    const options = { poseModel: 'lite', fpsMax: 6 } as const;
    const whole = await trackClip(DANCER, options);
    const half = await trackClip(DANCER, { ...options, everyNthFrame: 2 });
    assert.deepEqual(half.frames[3]?.pose, whole.frames[3]?.pose);
  },
);

test('looking at every second frame finds the same dance', withDancer, async () => {
  const whole = await trackClip(DANCER, { poseModel: 'lite', fpsMax: 24 });
  const half = await trackClip(DANCER, { poseModel: 'lite', fpsMax: 24, everyNthFrame: 2 });
  assert.equal(whole.frames.length, half.frames.length);
  assert.deepEqual(whole.findings, []);
  const distances: number[] = [];
  for (const [i, frame] of whole.frames.entries()) {
    assert.equal(frame.timeMs, half.frames[i]!.timeMs);
    const [a, b] = [frame.pose!, half.frames[i]!.pose!];
    for (let n = 0; n < a.length; n += 4) {
      distances.push(Math.hypot(a[n]! - b[n]!, a[n + 1]! - b[n + 1]!));
    }
  }
  distances.sort((a, b) => a - b);
  assert.ok(distances[Math.floor(distances.length / 2)]! < 6);
});
