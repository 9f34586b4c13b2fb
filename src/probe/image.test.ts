import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { makePicture } from '../../test/fixtures/clips.ts';
import { isAppError } from '../kernel/errors.ts';
import { checkImage, type ImageFacts } from './image.ts';
import type { MediaLimits } from './limits.ts';
import { createProbe } from './probe.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-image-'));
const { probeImage, close } = createProbe({
  workDir: join(folder, 'jail'),
  limits: { imagePixelsMax: 1_000_000, probeMsMax: 20_000 },
});
after(async () => {
  await close();
  await rm(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);
const probe = (name: string) => probeImage(path(name));

const LIMITS: MediaLimits = {
  imageBytesMax: 1,
  imageSideMin: 300,
  imageSideMax: 65_536,
  imagePixelsMax: 1_000_000,
  imageAspectMax: 2.5,
  videoBytesMax: 1,
  videoSideMin: 1,
  videoSideMax: 1,
  referenceSecondsMin: 1,
  referenceSecondsMax: { image: 1, video: 1 },
};

test('the content decides what an image is, not its name', async () => {
  await makePicture(path('a.png'), 320, 400);
  await writeFile(path('png.jpg'), await readFile(path('a.png')));
  const { sizeBytes, ...facts } = await probe('png.jpg');
  assert.ok(sizeBytes > 0);
  assert.deepEqual(facts, { format: 'png', width: 320, height: 400, hasAlpha: false });
});

test('an image that lies on its side has the size it is shown at', async () => {
  const upright = sharp({
    create: { width: 300, height: 500, channels: 3, background: '#ffffff' },
  });
  await upright.withMetadata({ orientation: 6 }).toFile(path('sideways.jpg'));
  const { format, width, height } = await probe('sideways.jpg');
  assert.deepEqual({ format, width, height }, { format: 'jpeg', width: 500, height: 300 });
});

test('transparency is noticed', async () => {
  const clear = sharp({
    create: { width: 300, height: 300, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  });
  await clear.toFile(path('clear.png'));
  assert.equal((await probe('clear.png')).hasAlpha, true);
});

test('other formats are refused by their name', async () => {
  await makePicture(path('picture.webp'), 320, 320);
  await makePicture(path('picture.gif'), 320, 320);
  await writeFile(path('drawing.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="400"/>');
  await writeFile(path('page.jpg'), '<!DOCTYPE html><html></html>');
  const refusals = [
    ['picture.webp', /is a WebP image; it must be a JPEG or PNG file/],
    ['picture.gif', /is a GIF image/],
    ['drawing.png', /is an SVG drawing/],
    ['page.jpg', /is an HTML page/],
  ] as const;
  for (const [name, message] of refusals) {
    await assert.rejects(
      probe(name),
      (error) => isAppError(error, 'image_format_unsupported') && message.test(error.message),
      name,
    );
  }
});

test('an image whose end is missing is unreadable', async () => {
  const noise = sharp(
    Buffer.from(Array.from({ length: 300 * 300 * 3 }, (_, i) => (i * 7919) % 251)),
    {
      raw: { width: 300, height: 300, channels: 3 },
    },
  );
  for (const name of ['half.jpg', 'half.png']) {
    await noise.clone().toFile(path(name));
    const whole = await readFile(path(name));
    await writeFile(path(name), whole.subarray(0, whole.length / 2));
    await assert.rejects(probe(name), (error) => isAppError(error, 'image_unreadable'), name);
  }
});

test('an image of too many pixels is refused before it is decoded', async () => {
  const draw = async (name: string, height: number) => {
    await makePicture(path(name), 1000, height);
    // Without its second half it could not be decoded, so only the head can have been read.
    const whole = await readFile(path(name));
    await writeFile(path(name), whole.subarray(0, whole.length / 2));
  };
  await draw('at-the-limit.png', 1000);
  await draw('over-the-limit.png', 1001);
  await assert.rejects(probe('at-the-limit.png'), { code: 'image_unreadable' });
  await assert.rejects(probe('over-the-limit.png'), {
    code: 'image_too_many_pixels',
    message:
      'The reference image is 1000 x 1001 px, 1.1 megapixels; at most 1 megapixels are allowed.',
  });
});

test('the sides of an image are checked at their exact limits', () => {
  checkImage(facts(300, 750), LIMITS);
  checkImage(facts(750, 300), LIMITS);
  assert.throws(() => checkImage(facts(299, 400), LIMITS), {
    message: 'The reference image is 299 x 400 px; each side must be 300 to 65536 px.',
  });
  assert.throws(() => checkImage(facts(30_000, 65_537), LIMITS), /each side must be/);
});

test('an image that is too long for its width is refused with its aspect', () => {
  assert.throws(() => checkImage(facts(300, 751), LIMITS), {
    message:
      'The reference image is 300 x 751 px, an aspect of 1:2.503; it must be between 1:2.5 and 2.5:1.',
  });
  assert.throws(() => checkImage(facts(900, 300), LIMITS), /an aspect of 3.000:1/);
});

function facts(width: number, height: number): ImageFacts {
  return { format: 'png', width, height, hasAlpha: false, sizeBytes: 1 };
}
