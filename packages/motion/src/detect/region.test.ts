import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { type CropOptions, cropRegion, type Region, toPicture, wholePicture } from './region.ts';

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

test('any region is what the formula says, place by place, also beyond the borders', () => {
  const random = makeRandom();
  for (let i = 0; i < 150; i += 1) {
    const image = makeNoise(random, 1 + random() ** 2 * 300, 1 + random() ** 2 * 300);
    const region = {
      x: (random() * 2 - 0.5) * image.width,
      y: (random() * 2 - 0.5) * image.height,
      size: random() ** 2 * 600,
      rotation: (random() - 0.5) * 7,
    };
    const side = 6 + Math.floor(random() * 30);
    const options = { side, range: [-1, 1], border: i % 2 ? 'edge' : 'black' } as const;
    const tensor = cropRegion(image, region, options);
    const expected = cropPlainly(image, region, options);
    const worst = Math.max(...tensor.map((value, at) => Math.abs(value - expected[at]!)));
    assert.ok(worst < 3e-7, `${worst} in ${JSON.stringify({ region, options })}`);
  }
});

test('a picture that changes in its memory is read anew, whatever was cropped in between', () => {
  const random = makeRandom();
  const [image, large] = [makeNoise(random, 90, 60), makeNoise(random, 900, 700)];
  const region = { x: 40, y: 30, size: 50, rotation: 0.4 };
  const before = cropRegion(image, region, { ...raw, side: 24 });
  cropRegion(large, wholePicture(large), { ...raw, side: 256 });
  assert.deepEqual(cropRegion(image, region, { ...raw, side: 24 }), before);
  image.data.fill(7);
  assert.ok(cropRegion(image, region, { ...raw, side: 24 }).every((value) => value === 7));
});

test('a region that is no place gives no numbers, and the next one is none the worse', () => {
  const image = makeRamp(30, 20);
  const region = { x: 15, y: 10, size: 8, rotation: 0 };
  for (const wrong of [{ x: Number.NaN }, { rotation: Infinity }, { size: 1e12 }, { y: -1e12 }]) {
    const tensor = cropRegion(image, { ...region, ...wrong }, { ...raw, side: 8 });
    assert.ok(tensor.every(Number.isNaN));
  }
  assert.deepEqual(pixel(cropRegion(image, region, { ...raw, side: 8 }), 8, 0, 0), [11, 6, 0]);
});

/** Numbers 0..1 that are the same each time. */
function makeRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function makeNoise(random: () => number, width: number, height: number): RgbaImage {
  const size = { width: Math.floor(width), height: Math.floor(height) };
  const data = Uint8Array.from({ length: size.width * size.height * 4 }, () => random() * 256);
  return { ...size, data };
}

/** Pixel by pixel and without vectors. */
function cropPlainly(
  image: RgbaImage,
  { x, y, size, rotation }: Region,
  { side, range, border }: CropOptions,
): number[] {
  const factor = Math.max(
    1,
    Math.min(Math.round(size / side / 1.3), 16, image.width, image.height),
  );
  const reach = (size / 2) * (Math.abs(Math.cos(rotation)) + Math.abs(Math.sin(rotation)));
  const [columns, rows] = (['width', 'height'] as const).map((axis) => {
    if (factor === 1) return { start: 0, count: image[axis] };
    const middle = axis === 'width' ? x : y;
    const most = image[axis] - factor;
    const start = Math.max(0, Math.min(most, Math.floor(middle - reach) - factor));
    const end = Math.min(image[axis], Math.ceil(middle + reach) + factor);
    return { start, count: Math.max(1, Math.floor((end - start) / factor)) };
  });
  const meanAt = (column: number, row: number, channel: number): number => {
    let sum = 0;
    for (let i = 0; i < factor * factor; i += 1) {
      const px = columns!.start + column * factor + (i % factor);
      const py = rows!.start + row * factor + Math.floor(i / factor);
      sum += image.data[(py * image.width + px) * 4 + channel]!;
    }
    return Math.floor(sum / factor ** 2);
  };
  const hold = (place: number, { start, count }: { start: number; count: number }) => {
    const at = Math.max(0, Math.min(count - 1, (place - start) / factor - 0.5));
    return { first: Math.floor(at), next: Math.min(count - 1, Math.floor(at) + 1), part: at % 1 };
  };
  return Array.from({ length: side * side * 3 }, (_, i) => {
    const u = (((Math.floor(i / 3) % side) + 0.5) / side - 0.5) * size;
    const v = ((Math.floor(i / 3 / side) + 0.5) / side - 0.5) * size;
    const px = x + u * Math.cos(rotation) - v * Math.sin(rotation);
    const py = y + u * Math.sin(rotation) + v * Math.cos(rotation);
    const isOutside = px < 0 || py < 0 || px > image.width || py > image.height;
    if (isOutside && border === 'black') return range[0];
    const [across, down] = [hold(px, columns!), hold(py, rows!)];
    const mix = (row: number) =>
      meanAt(across.first, row, i % 3) * (1 - across.part) +
      meanAt(across.next, row, i % 3) * across.part;
    const level = mix(down.first) * (1 - down.part) + mix(down.next) * down.part;
    return range[0] + (level * (range[1] - range[0])) / 255;
  });
}
