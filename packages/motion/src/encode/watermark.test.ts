import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { drawWatermark } from './watermark.ts';

function makeGrey(width: number, height: number, grey: number): RgbaImage {
  const data = new Uint8Array(width * height * 4).fill(grey);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data };
}

function changedPixels(image: RgbaImage, grey: number): { x: number; y: number; by: number }[] {
  const changed = [];
  for (let i = 0; i < image.width * image.height; i += 1) {
    const by = image.data[i * 4]! - grey;
    if (by !== 0) changed.push({ x: i % image.width, y: Math.floor(i / image.width), by });
  }
  return changed;
}

for (const grey of [0, 128, 255]) {
  test(`on grey ${grey} the mark stands out, small, at the lower right, with a margin`, () => {
    const image = makeGrey(720, 1280, grey);
    drawWatermark(image);
    const changed = changedPixels(image, grey);
    const strong = changed.filter(({ by }) => Math.abs(by) > 40);
    assert.ok(strong.length > 300);
    assert.ok(changed.length < 0.02 * 720 * 1280);
    assert.ok(changed.every(({ x, y }) => x > 360 && y > 640 && x < 705 && y < 1265));
  });
}

test('the mark is opaque nowhere, so the picture under it can still be made out', () => {
  const dark = makeGrey(640, 640, 0);
  drawWatermark(dark);
  const brightest = Math.max(...changedPixels(dark, 0).map(({ by }) => by));
  assert.ok(brightest > 150 && brightest < 220);
});

test('a picture too small for the mark stays as it is', () => {
  const image = makeGrey(40, 20, 90);
  drawWatermark(image);
  assert.equal(changedPixels(image, 90).length, 0);
});
