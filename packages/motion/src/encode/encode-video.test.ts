import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  ALL_FORMATS,
  AudioSample,
  AudioSampleSource,
  EncodedPacketSink,
  FilePathSource,
  FilePathTarget,
  Input,
  Mp4OutputFormat,
  Output,
  Quality,
  WebMOutputFormat,
} from 'mediabunny';
import { openClip } from '../media/clip.ts';
import { registerCodecs } from '../media/codecs.ts';
import type { RgbaImage } from '../model/image.ts';
import { type EncodeOptions, encodeVideo } from './encode-video.ts';

registerCodecs();
const folder = await mkdtemp(join(tmpdir(), 'understudy-encode-'));
after(() => rm(folder, { recursive: true }));

const WIDTH = 96;
const HEIGHT = 64;
const FPS = 25;

function paint(red: number, green: number, blue: number): RgbaImage {
  const data = Uint8Array.from(
    { length: WIDTH * HEIGHT * 4 },
    (_, i) => [red, green, blue, 255][i % 4]!,
  );
  return { width: WIDTH, height: HEIGHT, data };
}

async function* repeat(frame: RgbaImage, count: number): AsyncGenerator<RgbaImage> {
  for (let i = 0; i < count; i += 1) yield frame;
}

function settings(name: string, frameCount: number): EncodeOptions {
  return {
    file: join(folder, name),
    width: WIDTH,
    height: HEIGHT,
    fps: FPS,
    quality: 'std',
    frames: repeat(paint(200, 60, 40), frameCount),
    frameCount,
    durationMs: (frameCount / FPS) * 1000,
    metadata: { comment: 'Made by a test', date: '2026-01-02T00:00:00Z' },
  };
}

/** A second and a half of a tone, as AAC in MP4 or as Opus in WebM. */
async function makeSound(name: string, codec: 'aac' | 'opus'): Promise<string> {
  const file = join(folder, name);
  const output = new Output({
    format: codec === 'aac' ? new Mp4OutputFormat() : new WebMOutputFormat(),
    target: new FilePathTarget(file),
  });
  const source = new AudioSampleSource({ codec, quality: new Quality({ bitrate: 96_000 }) });
  output.addAudioTrack(source);
  await output.start();
  const tone = Float32Array.from({ length: 72_000 }, (_, i) => 0.3 * Math.sin(i * 0.06));
  using sample = new AudioSample({
    data: tone,
    format: 'f32',
    numberOfChannels: 1,
    sampleRate: 48_000,
    timestamp: 0,
  });
  await source.add(sample);
  await output.finalize();
  return file;
}

function openFile(file: string): Input {
  return new Input({ formats: ALL_FORMATS, source: new FilePathSource(file) });
}

for (const quality of ['std', 'pro'] as const) {
  test(`${quality}: frames, rate, length and colours are as they were given`, async () => {
    const options = { ...settings(`${quality}.mp4`, 10), quality };
    const { sizeBytes, frameCount } = await encodeVideo(options);
    assert.equal(frameCount, 10);
    assert.equal((await readFile(options.file)).length, sizeBytes);
    const clip = await openClip(options.file);
    assert.deepEqual(
      [clip.width, clip.height, clip.fps, clip.frameCount, clip.durationMs, clip.videoCodec],
      [WIDTH, HEIGHT, FPS, 10, 400, 'avc'],
    );
    clip.close();
    const input = openFile(options.file);
    const video = await input.getPrimaryVideoTrack();
    const colours = await video!.getColorSpace();
    assert.deepEqual(
      [colours.matrix, colours.primaries, colours.fullRange],
      ['bt709', 'bt709', false],
    );
    input.dispose();
  });
}

test('colours that were written are read again, at any size', async () => {
  const cyan = [20, 120, 146] as const;
  const options = { ...settings('cyan.mp4', 5), frames: repeat(paint(...cyan), 5), frameCount: 5 };
  await encodeVideo(options);
  const clip = await openClip(options.file);
  for (const size of [undefined, { width: WIDTH / 2, height: HEIGHT / 2 }]) {
    for await (const { image } of clip.frames({ toIndex: 1, ...(size ? { size } : {}) })) {
      const middle = 4 * (Math.floor(image.height / 2) * image.width + Math.floor(image.width / 2));
      const off = cyan.map((level, i) => Math.abs(image.data[middle + i]! - level));
      assert.ok(Math.max(...off) <= 3, `${off}`);
    }
  }
  clip.close();
});

test('the index comes before the pictures, so that the file plays while it loads', async () => {
  const options = settings('fast-start.mp4', 5);
  await encodeVideo(options);
  const bytes = await readFile(options.file);
  assert.ok(bytes.indexOf('moov') > 0);
  assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'));
});

test('the file says who made it', async () => {
  const options = settings('tags.mp4', 3);
  await encodeVideo(options);
  const input = openFile(options.file);
  const tags = await input.getMetadataTags();
  assert.equal(tags.comment, 'Made by a test');
  assert.equal(tags.date?.getUTCFullYear(), 2026);
  input.dispose();
});

test('every two seconds a picture stands by itself', async () => {
  const options = settings('key-frames.mp4', 110);
  await encodeVideo(options);
  const input = openFile(options.file);
  const video = await input.getPrimaryVideoTrack();
  const keyTimes: number[] = [];
  for await (const packet of new EncodedPacketSink(video!).packets()) {
    if (packet.type === 'key') keyTimes.push(packet.timestamp);
  }
  input.dispose();
  assert.deepEqual(keyTimes, [0, 2, 4]);
});

test('AAC sound is taken along packet by packet and ends with the pictures', async () => {
  const audioFrom = await makeSound('sound.mp4', 'aac');
  const options = { ...settings('with-aac.mp4', 20), audioFrom };
  await encodeVideo(options);
  const [source, result] = [openFile(audioFrom), openFile(options.file)];
  const before = new EncodedPacketSink((await source.getPrimaryAudioTrack())!);
  const track = await result.getPrimaryAudioTrack();
  assert.equal(await track!.getCodec(), 'aac');
  const end = await track!.computeDuration();
  assert.ok(end > 0.75 && end <= 0.805);
  const copied = await new EncodedPacketSink(track!).getPacket(0.4);
  const original = await before.getPacket(0.4);
  assert.deepEqual(copied!.data, original!.data);
  source.dispose();
  result.dispose();
});

test('sound of another codec is encoded anew as AAC', async () => {
  const audioFrom = await makeSound('sound.webm', 'opus');
  const options = { ...settings('with-opus.mp4', 20), audioFrom };
  await encodeVideo(options);
  const result = openFile(options.file);
  const track = await result.getPrimaryAudioTrack();
  assert.equal(await track!.getCodec(), 'aac');
  const end = await track!.computeDuration();
  assert.ok(end > 0.7 && end <= 0.84);
  result.dispose();
});

test('a clip without sound gives a silent file', async () => {
  const silent = settings('silent.mp4', 4);
  await encodeVideo(silent);
  const options = { ...settings('still-silent.mp4', 4), audioFrom: silent.file };
  await encodeVideo(options);
  const result = openFile(options.file);
  assert.equal(await result.getPrimaryAudioTrack(), null);
  result.dispose();
});

test('frames are asked for as the encoder takes them, and progress never goes back', async () => {
  const seen: number[] = [];
  const options = {
    ...settings('progress.mp4', 8),
    onProgress: (fraction: number) => seen.push(fraction),
  };
  await encodeVideo(options);
  assert.deepEqual(
    seen,
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => n / 8),
  );
});

const troubles: [string, (options: EncodeOptions) => Partial<EncodeOptions>, RegExp][] = [
  ['too few frames', () => ({ frames: repeat(paint(0, 0, 0), 2) }), /Only 2 of the announced 6/],
  ['too many frames', () => ({ frames: repeat(paint(0, 0, 0), 7) }), /More than the announced 6/],
  ['a frame of another size', () => ({ width: 128 }), /Frame 0 is 96 x 64/],
  ['an abort', () => ({ signal: AbortSignal.abort(new Error('stop it')) }), /stop it/],
  ['an odd size', () => ({ width: 95 }), /even size/],
];

for (const [name, change, message] of troubles) {
  test(`${name} ends the work with a clear error and leaves no file behind`, async () => {
    const before = await readdir(folder);
    const options = settings('trouble.mp4', 6);
    await assert.rejects(encodeVideo({ ...options, ...change(options) }), message);
    assert.deepEqual(await readdir(folder), before);
  });
}
