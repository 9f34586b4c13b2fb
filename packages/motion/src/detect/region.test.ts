import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { cropRegion, toPicture, wholePicture } from './region.ts';

/** Red grows to the right, green downwards; blue is 0. */
function makeRamp(width: number, height: number): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    const x = i % width;
    const y = Math.floor(i / width);
    data.set([x, y, 0, 255], i * 4);
  }
  return { width, height, data };
}

const raw = { range: [0, 255], border: 'edge' } as const;

function pixel(tensor: Float32Array, side: number, x: number, y: number): number[] {
  const at = (y * side + x) * 3;
  return [...tensor.subarray(at, at + 3)].map((value) => Math.round(value * 100) / 100);
}

test('a region of the same scale is copied as it is', () => {
  const image = makeRamp(200, 200);
  const region = { x: 100, y: 60, size: 8, rotation: 0 };
  const tensor = cropRegion(image, region, { ...raw, side: 8 });
  assert.deepEqual(pixel(tensor, 8, 0, 0), [96, 56, 0]);
  assert.deepEqual(pixel(tensor, 8, 7, 3), [103, 59, 0]);
});

test('a region turned by 90 degrees is set upright: its right edge comes from below', () => {
  const image = makeRamp(200, 200);
  const region = { x: 100, y: 60, size: 8, rotation: Math.PI / 2 };
  const tensor = cropRegion(image, region, { ...raw, side: 8 });
  assert.deepEqual(pixel(tensor, 8, 7, 0), [103, 63, 0]);
  assert.deepEqual(pixel(tensor, 8, 0, 0), [103, 56, 0]);
});

test('a large region is averaged, not picked: fine stripes become grey', () => {
  const image = makeRamp(240, 240);
  for (let i = 0; i < 240 * 240; i += 1) image.data.fill(i % 2 === 0 ? 0 : 200, i * 4, i * 4 + 3);
  const region = { x: 120, y: 120, size: 200, rotation: 0.3 };
  const tensor = cropRegion(image, region, { ...raw, side: 20 });
  assert.ok(tensor.every((value) => value > 80 && value < 120));
});

test('averaging does not move the picture', () => {
  const image = makeRamp(240, 240);
  const region = { x: 120, y: 120, size: 160, rotation: 0 };
  const tensor = cropRegion(image, region, { ...raw, side: 20 });
  const [red, green] = pixel(tensor, 20, 10, 4);
  assert.ok(Math.abs(red! - (120 + 4 - 0.5)) < 1);
  assert.ok(Math.abs(green! - (120 - 44 - 0.5)) < 1);
});

test('outside the picture lies black or the nearest edge, as asked', () => {
  const image = makeRamp(100, 100);
  const region = { x: 0, y: 50, size: 20, rotation: 0 };
  const black = cropRegion(image, region, { side: 20, range: [-1, 1], border: 'black' });
  const edge = cropRegion(image, region, { side: 20, range: [-1, 1], border: 'edge' });
  assert.deepEqual(pixel(black, 20, 2, 10), [-1, -1, -1]);
  assert.deepEqual(pixel(edge, 20, 2, 10), [-1, Math.round((50 / 127.5 - 1) * 100) / 100, -1]);
});

test('a region that lies wholly outside gives finite numbers', () => {
  const image = makeRamp(30, 20);
  const region = { x: -500, y: 900, size: 300, rotation: 1 };
  const tensor = cropRegion(image, region, { ...raw, side: 16 });
  assert.ok(tensor.every(Number.isFinite));
});

test('points go back to the place that they were cropped from', () => {
  const region = { x: 100, y: 60, size: 40, rotation: Math.PI / 2 };
  const { x, y } = toPicture(region, 1, 0.5);
  assert.ok(Math.abs(x - 100) < 1e-9 && Math.abs(y - 80) < 1e-9);
  const whole = wholePicture(makeRamp(30, 20));
  assert.deepEqual(toPicture(whole, 0.5, 0.5), { x: 15, y: 10 });
});
