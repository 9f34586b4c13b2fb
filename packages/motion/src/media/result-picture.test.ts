import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { LONGER_SIDE_MAX, readResultPicture, resultSize } from './result-picture.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-result-picture-'));
after(() => rm(folder, { recursive: true }));

test('the result has 720 or 1080 pixels on its shorter side, and both sides even', () => {
  assert.deepEqual(resultSize(864, 1536, 'std'), { width: 720, height: 1280 });
  assert.deepEqual(resultSize(4032, 3024, 'pro'), { width: 1440, height: 1080 });
  for (const [width, height] of [
    [333, 500],
    [1001, 997],
  ] as const) {
    const size = resultSize(width, height, 'std');
    assert.deepEqual([size.width % 2, size.height % 2], [0, 0]);
    assert.ok(Math.abs(size.width / size.height / (width / height) - 1) < 0.003);
  }
});

test('a very long picture stays within what players can show', () => {
  assert.deepEqual(resultSize(20_000, 100, 'pro'), { width: LONGER_SIDE_MAX, height: 64 });
});

test('a picture of an odd shape is read at exactly the size of the result', async () => {
  const file = join(folder, 'odd.png');
  await sharp({ create: { width: 333, height: 500, channels: 3, background: '#204060' } })
    .png()
    .toFile(file);
  const picture = await readResultPicture(file, 'std');
  const { width, height } = resultSize(333, 500, 'std');
  assert.deepEqual([picture.width, picture.height], [width, height]);
  assert.equal(picture.data.length, width * height * 4);
  assert.deepEqual([...picture.data.subarray(0, 4)], [0x20, 0x40, 0x60, 255]);
});
