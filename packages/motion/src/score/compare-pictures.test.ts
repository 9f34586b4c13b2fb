import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { comparePictures } from './compare-pictures.ts';

const SIZE = 40;

function draw(grey: (x: number, y: number) => number): RgbaImage {
  const data = new Uint8Array(SIZE * SIZE * 4).fill(255);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      data.fill(grey(x, y), (y * SIZE + x) * 4, (y * SIZE + x) * 4 + 3);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

const waves = (x: number, y: number): number => 128 + 60 * Math.sin(x / 3) + 40 * Math.cos(y / 4);

test('equal pictures are as like as can be', () => {
  const { ssim, psnr } = comparePictures(draw(waves), draw(waves));
  assert.ok(ssim > 0.9999);
  assert.equal(psnr, Number.POSITIVE_INFINITY);
});

test('flat pictures compare by their light alone, as the formula of the paper says', () => {
  const { ssim, psnr } = comparePictures(
    draw(() => 100),
    draw(() => 110),
  );
  const expected = (2 * 100 * 110 + 6.5025) / (100 ** 2 + 110 ** 2 + 6.5025);
  assert.ok(Math.abs(ssim - expected) < 1e-4, `${ssim}`);
  assert.ok(Math.abs(psnr - 20 * Math.log10(255 / 10)) < 1e-9);
});

test('an inverted picture is unlike, a shifted one less like than a lighter one', () => {
  const original = draw(waves);
  const inverted = comparePictures(
    original,
    draw((x, y) => 256 - waves(x, y)),
  ).ssim;
  const shifted = comparePictures(
    original,
    draw((x, y) => waves(x + 3, y)),
  ).ssim;
  const lighter = comparePictures(
    original,
    draw((x, y) => waves(x, y) + 8),
  ).ssim;
  assert.ok(inverted < 0);
  assert.ok(shifted < 0.7 && lighter > 0.95, `${shifted} ${lighter}`);
});

test('pictures of different sizes are refused', () => {
  const wide = { width: 2 * SIZE, height: SIZE, data: new Uint8Array(8 * SIZE * SIZE) };
  assert.throws(() => comparePictures(draw(waves), wide), RangeError);
});
