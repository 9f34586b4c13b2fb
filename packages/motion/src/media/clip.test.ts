import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  Quality,
  type Rotation,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import { MotionError } from '../model/finding.ts';
import type { RgbaImage } from '../model/image.ts';
import { type ClipFrame, openClip } from './clip.ts';
import { registerCodecs } from './codecs.ts';

registerCodecs();
const folder = await mkdtemp(join(tmpdir(), 'understudy-clip-'));
after(() => rm(folder, { recursive: true }));

const WIDTH = 96;
const HEIGHT = 64;
const BLACK = [0, 0, 0, 255] as const;

type ClipSpec = {
  /** Start of each frame in seconds, and the end of the last one. */
  times: number[];
  paint: (x: number, y: number, frame: number) => readonly number[];
  rotation?: Rotation;
  displayWidth?: number;
};

async function makeClip(name: string, spec: ClipSpec): Promise<string> {
  const file = join(folder, name);
  const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(file) });
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ bitrate: 4_000_000 }),
  });
  output.addVideoTrack(source, { rotation: spec.rotation ?? 0 });
  await output.start();
  for (let frame = 0; frame + 1 < spec.times.length; frame += 1) {
    using sample = new VideoSample(paintFrame(spec, frame), {
      format: 'RGBA',
      codedWidth: WIDTH,
      codedHeight: HEIGHT,
      displayWidth: spec.displayWidth ?? WIDTH,
      displayHeight: HEIGHT,
      timestamp: spec.times[frame]!,
      duration: spec.times[frame + 1]! - spec.times[frame]!,
    });
    await source.add(sample);
  }
  await output.finalize();
  return file;
}

function paintFrame(spec: ClipSpec, frame: number): Uint8Array {
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let i = 0; i < WIDTH * HEIGHT; i += 1) {
    data.set(spec.paint(i % WIDTH, Math.floor(i / WIDTH), frame), i * 4);
  }
  return data;
}

async function collect(frames: AsyncIterable<ClipFrame>): Promise<ClipFrame[]> {
  const all: ClipFrame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

function brightness(image: RgbaImage, x: number, y: number): number {
  return image.data[(y * image.width + x) * 4]!;
}

/** Every frame is one grey that tells its number. */
const paintNumber = (_x: number, _y: number, frame: number) =>
  [frame * 20 + 20, frame * 20 + 20, frame * 20 + 20, 255] as const;

const numberOf = (image: RgbaImage) => Math.round(brightness(image, 40, 30) / 20) - 1;

const evenTimes = (count: number, fps: number) =>
  Array.from({ length: count + 1 }, (_, i) => i / fps);

test('a plain clip gives every frame once, in order, with its time', async () => {
  const file = await makeClip('plain.mp4', { times: evenTimes(10, 25), paint: paintNumber });
  const clip = await openClip(file);
  assert.equal(clip.width, WIDTH);
  assert.equal(clip.height, HEIGHT);
  assert.equal(clip.fps, 25);
  assert.equal(clip.durationMs, 400);
  assert.equal(clip.frameCount, 10);
  assert.equal(clip.hasAudio, false);
  assert.equal(clip.videoCodec, 'avc');
  const frames = await collect(clip.frames());
  assert.deepEqual(
    frames.map((frame) => numberOf(frame.image)),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(frames[3]!.timeMs, 120);
  clip.close();
});

test('time stamps rounded to milliseconds neither repeat nor skip a frame', async () => {
  const times = evenTimes(11, 30).map((time) => Math.round(time * 1000) / 1000);
  const file = await makeClip('rounded.mp4', { times, paint: paintNumber });
  const clip = await openClip(file);
  const frames = await collect(clip.frames({ fps: 30 }));
  assert.deepEqual(
    frames.map((frame) => numberOf(frame.image)),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  clip.close();
});

test('a variable frame rate shows on the grid what is on screen at each time', async () => {
  const file = await makeClip('variable.mp4', {
    times: [0, 0.1, 0.15, 0.2, 0.5, 0.55],
    paint: paintNumber,
  });
  const clip = await openClip(file);
  assert.equal(clip.fps.toFixed(3), (5 / 0.55).toFixed(3));
  const frames = await collect(clip.frames({ fps: 20 }));
  assert.deepEqual(
    frames.map((frame) => numberOf(frame.image)),
    [0, 0, 1, 2, 3, 3, 3, 3, 3, 3, 4],
  );
  clip.close();
});

test('a range of the grid gives the same frames as the whole', async () => {
  const file = await makeClip('range.mp4', { times: evenTimes(12, 25), paint: paintNumber });
  const clip = await openClip(file);
  const frames = await collect(clip.frames({ fromIndex: 5, toIndex: 8 }));
  assert.deepEqual(
    frames.map((frame) => [frame.index, numberOf(frame.image)]),
    [
      [5, 5],
      [6, 6],
      [7, 7],
    ],
  );
  clip.close();
});

/** Where the bright left edge of the stored pictures is seen after turning clockwise. */
const turns: [Rotation, bright: [number, number], dark: [number, number]][] = [
  [90, [32, 4], [32, 90]],
  [180, [92, 32], [4, 32]],
  [270, [32, 92], [32, 6]],
];

for (const [rotation, bright, dark] of turns) {
  test(`a clip turned by ${rotation} degrees is read upright`, async () => {
    const file = await makeClip(`rotated-${rotation}.mp4`, {
      times: evenTimes(2, 25),
      paint: (x) => (x < 16 ? [255, 255, 255, 255] : BLACK),
      rotation,
    });
    const clip = await openClip(file);
    const size = rotation === 180 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
    assert.deepEqual([clip.width, clip.height, clip.rotation], [...size, rotation]);
    const [frame] = await collect(clip.frames());
    assert.deepEqual([frame!.image.width, frame!.image.height], size);
    assert.ok(brightness(frame!.image, ...bright) > 200);
    assert.ok(brightness(frame!.image, ...dark) < 50);
    clip.close();
  });
}

test('a turned clip of pixels that are not square is stretched along its stored width', async () => {
  const file = await makeClip('rotated-wide-pixels.mp4', {
    times: evenTimes(2, 25),
    paint: (x) => (x < 48 ? [255, 255, 255, 255] : BLACK),
    rotation: 90,
    displayWidth: 128,
  });
  const clip = await openClip(file);
  assert.deepEqual([clip.width, clip.height], [HEIGHT, 128]);
  const [frame] = await collect(clip.frames());
  assert.ok(brightness(frame!.image, 32, 58) > 200);
  assert.ok(brightness(frame!.image, 32, 70) < 50);
  clip.close();
});

test('pixels that are not square are stretched to the displayed shape', async () => {
  const paintRight = (x: number) => (x >= 72 ? [255, 255, 255, 255] : BLACK);
  const file = await makeClip('wide-pixels.mp4', {
    times: evenTimes(2, 25),
    paint: paintRight,
    displayWidth: 128,
  });
  const clip = await openClip(file);
  assert.deepEqual([clip.width, clip.height], [128, HEIGHT]);
  const [frame] = await collect(clip.frames());
  assert.equal(frame!.image.data.length, 128 * HEIGHT * 4);
  assert.ok(brightness(frame!.image, 90, 30) < 50);
  assert.ok(brightness(frame!.image, 102, 30) > 200);
  clip.close();
});

test('frames come in the size that is asked for', async () => {
  const file = await makeClip('small.mp4', { times: evenTimes(2, 25), paint: paintNumber });
  const clip = await openClip(file);
  const [frame] = await collect(clip.frames({ size: { width: 48, height: 32 } }));
  assert.deepEqual([frame!.image.width, frame!.image.height], [48, 32]);
  assert.equal(frame!.image.data.length, 48 * 32 * 4);
  clip.close();
});

test('a file that is no video is refused with a finding', async () => {
  const file = join(folder, 'text.mp4');
  await writeFile(file, 'this is not a video');
  await assert.rejects(
    openClip(file),
    (error: unknown) => error instanceof MotionError && error.finding.code === 'clip_unreadable',
  );
});

test('a clip that is damaged in its middle is read up to there, and the error says where', async () => {
  const file = await makeClip('whole.mp4', { times: evenTimes(100, 25), paint: paintNumber });
  const damagedFile = join(folder, 'damaged.mp4');
  await writeFile(damagedFile, eraseMiddle(await readFile(file)));
  const clip = await openClip(damagedFile);
  let read = 0;
  const readSlowly = async () => {
    for await (const _ of clip.frames()) {
      read += 1;
      // The decoder fails while the reader is busy, and nobody hears its promises meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await assert.rejects(readSlowly, (error: unknown) => {
    assert.ok(error instanceof MotionError);
    assert.equal(error.finding.code, 'clip_damaged');
    assert.equal(error.finding.value, Math.round(read / 2.5) / 10);
    return true;
  });
  assert.ok(read > 0 && read <= 50, `${read} frames came`);
  clip.close();
});

/** Zeros from the middle of the pictures on; the tables stay as they are. */
function eraseMiddle(bytes: Buffer): Buffer {
  const start = bytes.indexOf('mdat') + 4;
  const end = start - 8 + bytes.readUInt32BE(start - 8);
  return bytes.fill(0, Math.round((start + end) / 2), end);
}

test('a file that is not there is called missing', async () => {
  await assert.rejects(openClip(join(folder, 'nothing.mp4')), /there is no such file/);
});

test('a playlist does not lead to other files', async () => {
  await makeClip('target.mp4', { times: evenTimes(5, 25), paint: paintNumber });
  const file = join(folder, 'playlist.mp4');
  await writeFile(
    file,
    '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.2,\ntarget.mp4\n#EXT-X-ENDLIST\n',
  );
  await assert.rejects(openClip(file), /not a video file that we know/);
});
