import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { MotionError } from '../model/finding.ts';
import { PICTURE_PIXELS_MAX, readPicture, writePng } from './picture.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-picture-'));
after(() => rm(folder, { recursive: true }));

test('a written picture reads back the same, alpha included', async () => {
  const file = join(folder, 'alpha.png');
  const data = Uint8Array.from({ length: 5 * 3 * 4 }, (_, i) => (i * 37) % 256);
  await writePng(file, { width: 5, height: 3, data });
  const image = await readPicture(file);
  assert.deepEqual([image.width, image.height], [5, 3]);
  assert.deepEqual(image.data, data);
});

test('a picture turned by EXIF is read upright', async () => {
  const file = join(folder, 'turned.jpg');
  const left = { r: 255, g: 255, b: 255 };
  const stripe = await sharp({ create: { width: 8, height: 24, channels: 3, background: left } })
    .png()
    .toBuffer();
  await sharp({ create: { width: 40, height: 24, channels: 3, background: 'black' } })
    .composite([{ input: stripe, left: 0, top: 0 }])
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(file);
  const image = await readPicture(file);
  assert.deepEqual([image.width, image.height], [24, 40]);
  assert.ok(image.data[(2 * 24 + 12) * 4]! > 200);
  assert.ok(image.data[(30 * 24 + 12) * 4]! < 50);
});

test('a grey picture becomes four channels', async () => {
  const file = join(folder, 'grey.png');
  await sharp({ create: { width: 4, height: 4, channels: 3, background: '#808080' } })
    .toColourspace('b-w')
    .png()
    .toFile(file);
  const image = await readPicture(file);
  assert.deepEqual([...image.data.subarray(0, 4)], [128, 128, 128, 255]);
});

test('a picture is fitted into a box without changing its shape', async () => {
  const file = join(folder, 'fit.png');
  await sharp({ create: { width: 200, height: 100, channels: 3, background: 'red' } })
    .png()
    .toFile(file);
  const image = await readPicture(file, { fit: { width: 100, height: 100 } });
  assert.deepEqual([image.width, image.height], [100, 50]);
});

test('a file that is no picture, or only half of one, is refused as a finding', async () => {
  const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const file = join(folder, 'broken.png');
  for (const bytes of ['no picture', whole.subarray(0, whole.length / 2)]) {
    await writeFile(file, bytes);
    await assert.rejects(readPicture(file), isUnreadable(/cannot be decoded/));
  }
});

test('a picture of too many pixels is refused with its size', async () => {
  const file = join(folder, 'huge.png');
  const [width, height] = [PICTURE_PIXELS_MAX / 4000 + 1, 4000];
  await sharp({ create: { width, height, channels: 3, background: 'red' } })
    .png({ compressionLevel: 1 })
    .toFile(file);
  await assert.rejects(readPicture(file), isUnreadable(/16001 x 4000 pixels large; at most/));
});

test('a picture that is not there is told apart from one that is broken', async () => {
  await assert.rejects(readPicture(join(folder, 'nothing.png')), { code: 'ENOENT' });
});

function isUnreadable(message: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof MotionError &&
    error.finding.code === 'picture_unreadable' &&
    message.test(error.message);
}
