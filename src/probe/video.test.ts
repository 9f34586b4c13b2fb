import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeClip, makePicture } from '../../test/fixtures/clips.ts';
import { refuses as refusesAttempt } from '../../test/fixtures/refuses.ts';
import { encodeOddClip } from '../../test/odd-files/encode.ts';
import { type ErrorCode, isAppError } from '../kernel/errors.ts';
import type { MediaLimits } from './limits.ts';
import { createProbe } from './probe.ts';
import { checkVideo } from './video.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-video-'));
const { probeVideo, probeVideoRanged, close } = createProbe({
  workDir: join(folder, 'jail'),
  limits: { imagePixelsMax: 1, probeMsMax: 20_000 },
});
after(async () => {
  await close();
  await rm(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);
const probe = (name: string) => probeVideo(path(name));

const LIMITS: MediaLimits = {
  imageBytesMax: 1,
  imageSideMin: 1,
  imageSideMax: 1,
  imagePixelsMax: 1,
  imageAspectMax: 1,
  videoBytesMax: 1,
  videoSideMin: 340,
  videoSideMax: 3850,
  referenceSecondsMin: 3,
  referenceSecondsMax: { image: 10, video: 30 },
};

test('length, size, rate and codecs of a clip are measured', async () => {
  await makeClip(path('plain.mp4'), { seconds: 3.2, hasSound: true });
  const { sizeBytes, ...facts } = await probe('plain.mp4');
  assert.equal(sizeBytes, (await readFile(path('plain.mp4'))).length);
  assert.deepEqual(facts, {
    container: 'mp4',
    durationMs: 3200,
    width: 360,
    height: 400,
    fps: 5,
    videoCodec: 'avc',
    audioCodec: 'aac',
    hasSound: true,
    rotation: 0,
  });
});

test('a QuickTime file is read and says so', async () => {
  await makeClip(path('plain.mov'), { seconds: 1, format: 'mov' });
  assert.equal((await probe('plain.mov')).container, 'mov');
});

test('a rotated clip has the size it is shown at', async () => {
  await makeClip(path('rotated-90.mp4'), { seconds: 1, rotation: 90 });
  const { width, height, rotation } = await probe('rotated-90.mp4');
  assert.deepEqual({ width, height, rotation }, { width: 400, height: 360, rotation: 90 });
});

test('a clip of wide pixels has the size it is shown at', async () => {
  await makeClip(path('wide-pixels.mp4'), { seconds: 1, displayWidth: 720 });
  const { width, height } = await probe('wide-pixels.mp4');
  assert.deepEqual({ width, height }, { width: 720, height: 400 });
});

test('only the time in which there are frames counts as length', async () => {
  await makeClip(path('late.mp4'), { seconds: 3, startsAt: 2 });
  assert.equal((await probe('late.mp4')).durationMs, 3000);
});

test('the content decides what a file is, not its name', async () => {
  await makeClip(path('clip.webm'), { seconds: 1, format: 'webm' });
  await writeFile(path('webm.mp4'), await readFile(path('clip.webm')));
  await writeFile(path('text.mp4'), 'This is not a video.\n'.repeat(100));
  await writeFile(path('short.mp4'), 'hello');
  await writeFile(path('page.mp4'), '<!doctype html><title>Not found</title>');
  await makePicture(path('picture.png'), 40, 40);
  await refuses('webm.mp4', 'video_format_unsupported', /is a WebM file; it must be an MP4 or MOV/);
  await refuses('text.mp4', 'video_format_unsupported', /is a text file/);
  await refuses('short.mp4', 'video_format_unsupported', /is a text file/);
  await refuses('page.mp4', 'video_format_unsupported', /is an HTML page/);
  await refuses('picture.png', 'video_format_unsupported', /is a PNG image/);
});

test('a clip whose end is missing is unreadable', async () => {
  await makeClip(path('whole.mp4'), { seconds: 3 });
  const whole = await readFile(path('whole.mp4'));
  await writeFile(path('half.mp4'), whole.subarray(0, whole.length * 0.6));
  await refuses('half.mp4', 'video_unreadable', /could not be read/);
});

test('a clip that was cut off says so, and a whole one without pictures says that', async () => {
  for (const format of ['mp4', 'mov'] as const) {
    await makeClip(path(`whole.${format}`), { seconds: 3, format });
    const whole = await readFile(path(`whole.${format}`));
    const index = whole.indexOf('moov');
    await writeFile(path('early.mp4'), whole.subarray(0, index - 100));
    await refuses('early.mp4', 'video_unreadable', /no index \(the "moov" box\).*cut off/);
    await writeFile(path('late.mp4'), whole.subarray(0, -20));
    await refuses('late.mp4', 'video_unreadable', /ends within its index/);
  }
  const whole = await readFile(path('whole.mp4'));
  // Without its handler the track is no longer one of pictures.
  whole.write('meta', whole.indexOf('vide', whole.indexOf('hdlr')), 'latin1');
  await writeFile(path('no-pictures.mp4'), whole);
  await refuses('no-pictures.mp4', 'video_unreadable', /it has no video track/);
});

test('a clip with damage in its tables is unreadable', async () => {
  await makeClip(path('sound.mp4'), { seconds: 1 });
  const bytes = await readFile(path('sound.mp4'));
  const tables = bytes.indexOf('stbl');
  await writeFile(path('damaged.mp4'), bytes.fill(0xff, tables, tables + 200));
  await refuses('damaged.mp4', 'video_unreadable', /could not be read/);
});

for (const index of ['first', 'last'] as const) {
  test(`95 MB with the index ${index} are measured from less than 200 kB`, async () => {
    const frameSeconds = Array.from({ length: 60 }, () => 1 / 20);
    await encodeOddClip(path(`small-${index}.mp4`), { frameSeconds, index, soundSeconds: 3 });
    const file = makeLarge(await readFile(path(`small-${index}.mp4`)), 95_000_000);
    const { durationMs, fps, sizeBytes } = await probeVideoRanged(file);
    const { used } = file;
    assert.deepEqual([durationMs, fps, sizeBytes], [3000, 20, file.sizeBytes]);
    assert.ok(used.bytes < 200_000, `${used.bytes} bytes in ${used.count} reads`);
    assert.ok(used.count <= 6, `${used.count} reads`);
  });
}

test('what a ranged file throws comes out as it was thrown', async () => {
  const cause = new Error('the host has gone');
  const file = { sizeBytes: 1000, read: () => Promise.reject(cause) };
  await assert.rejects(probeVideoRanged(file), cause);
});

test('a clip without any width is a refusal with a name', async () => {
  await makeClip(path('flat.mp4'), { seconds: 1 });
  const bytes = await readFile(path('flat.mp4'));
  const entry = bytes.indexOf('avc1', bytes.indexOf('stsd'));
  bytes.writeUInt16BE(0, entry + 28);
  await writeFile(path('flat.mp4'), bytes);
  await refuses('flat.mp4', 'video_unreadable', /could not be read/);
});

test('a reader that never ends, or dies, is a refusal and not a crash', async () => {
  const inmate = new URL('../jail/inmate.ts', import.meta.url);
  const kinds = [
    ['for (;;);', /reading it takes longer than 0.5 s/],
    ["process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})", /the decoder broke off/],
  ] as const;
  await writeFile(path('mark.mp4'), '\0\0\0\x18ftypmp42');
  for (const [body, message] of kinds) {
    const code = `import { serveJobs } from '${inmate}'; serveJobs(async () => { ${body} });`;
    await writeFile(path('inmate.mjs'), code);
    const deadly = createProbe({
      workDir: join(folder, 'jail'),
      limits: { imagePixelsMax: 1, probeMsMax: 500 },
      inmateFile: path('inmate.mjs'),
    });
    await assert.rejects(
      deadly.probeVideo(path('mark.mp4')),
      (error) => isAppError(error, 'video_unreadable') && message.test(error.message),
    );
    await deadly.close();
  }
});

test('a length is in range when it is after rounding to a tenth of a second', () => {
  const size = { width: 720, height: 1280 };
  const check = (durationMs: number, orientation: 'image' | 'video') => () =>
    checkVideo({ ...size, durationMs }, orientation, LIMITS);
  for (const durationMs of [2950, 3000, 10_000, 10_049]) check(durationMs, 'image')();
  for (const durationMs of [2950, 30_049]) check(durationMs, 'video')();
  assert.throws(check(2949, 'image'), (error) => isAppError(error, 'reference_too_short'));
  assert.throws(check(10_050, 'image'), (error) => isAppError(error, 'reference_too_long'));
  assert.throws(check(30_050, 'video'), (error) => isAppError(error, 'reference_too_long'));
});

test('a refused length says the limit and what was seen', () => {
  assert.throws(
    () => checkVideo({ width: 720, height: 1280, durationMs: 12_400 }, 'image', LIMITS),
    {
      message:
        'The reference video is 12.4 s long; with character_orientation "image" it must be 3 to 10 s.',
    },
  );
});

test('a clip with a side out of range is refused with its size', () => {
  const facts = { width: 339, height: 1000, durationMs: 5000 };
  assert.throws(() => checkVideo(facts, 'image', LIMITS), {
    message: 'The reference video is 339 x 1000 px; each side must be 340 to 3850 px.',
  });
  checkVideo({ width: 340, height: 3850, durationMs: 5000 }, 'image', LIMITS);
});

/** Half of the added bytes stand before the index if it is last; none of them is ever made. */
function makeLarge(small: Buffer, addedBytes: number) {
  const cut = small.indexOf('moov') - 4;
  const isIndexFirst = cut < small.indexOf('mdat');
  const at = isIndexFirst ? small.length : cut;
  const header = Buffer.alloc(8);
  header.writeUInt32BE(addedBytes, 0);
  header.write('free', 4, 'latin1');
  const used = { bytes: 0, count: 0 };
  const byteAt = (index: number): number => {
    if (index < at) return small[index] ?? 0;
    if (index < at + header.length) return header[index - at] ?? 0;
    return index < at + addedBytes ? 0 : (small[index - addedBytes] ?? 0);
  };
  return {
    sizeBytes: small.length + addedBytes,
    used,
    async read(start: number, end: number) {
      used.bytes += end - start;
      used.count += 1;
      return Uint8Array.from({ length: end - start }, (_, index) => byteAt(start + index));
    },
  };
}

async function refuses(name: string, code: ErrorCode, message: RegExp): Promise<void> {
  await refusesAttempt(probe(name), code, message, name);
}
