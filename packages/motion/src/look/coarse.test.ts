import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCoarse, createGrower, packPixel, shrinkInto } from './coarse.ts';
import { drawPicture } from './testing/drawn-picture.ts';

test('shrinking averages squares of pixels in each channel', () => {
  const data = Uint8Array.from([0, 10, 255, 255, 4, 20, 255, 255, 8, 30, 0, 255, 12, 40, 0, 255]);
  const coarse = createCoarse(2, 2, 2);
  shrinkInto({ width: 2, height: 2, data }, 2, coarse);
  assert.deepEqual(
    coarse.channels.map(([value]) => value),
    [6, 25, 127.5],
  );
});

test('a smooth picture grown again is the picture', () => {
  for (const factor of [2, 4]) {
    const width = 88;
    const picture = drawPicture(width, 160);
    const coarse = createCoarse(width, 160, factor);
    shrinkInto(picture, factor, coarse);
    const [red, green, blue] = coarse.channels;
    const packed = Int32Array.from(red, (_, at) => packPixel(red[at]!, green[at]!, blue[at]!, 200));
    const line = new Int32Array(width);
    // Above the disc there are only slopes.
    createGrower(coarse, width, factor)(packed, 20, line);
    for (let x = 0; x < width; x++) {
      const pixel = line[x]!;
      for (const [channel, shift] of [0, 8, 16].entries()) {
        const seen = (pixel >> shift) & 255;
        const wanted = picture.data[4 * (20 * width + x) + channel]!;
        assert.ok(Math.abs(seen - wanted) <= 3, `${factor}: ${x}.${channel} ${seen} ${wanted}`);
      }
      assert.equal(pixel >>> 24, 200);
    }
  }
});

test('channels that change in opposite directions do not touch each other', () => {
  const coarse = createCoarse(4, 2, 2);
  const packed = Int32Array.of(packPixel(0, 255, 0, 255), packPixel(255, 0, 255, 0));
  const line = new Int32Array(4);
  createGrower(coarse, 4, 2)(packed, 0, line);
  assert.deepEqual(
    [...line].map((pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24]),
    [
      [0, 255, 0, 255],
      [64, 191, 64, 191],
      [191, 64, 191, 64],
      [255, 0, 255, 0],
    ],
  );
});
