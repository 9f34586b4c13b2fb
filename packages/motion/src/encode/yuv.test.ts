import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createI420Writer, toI420 } from './yuv.ts';

function convertFlat(red: number, green: number, blue: number): number[] {
  const data = Uint8Array.from({ length: 16 }, (_, i) => [red, green, blue, 255][i % 4]!);
  const planes = toI420({ width: 2, height: 2, data });
  return [planes[0]!, planes[4]!, planes[5]!];
}

test('the corners of the colour cube become the values of ITU-R BT.709 table 3', () => {
  assert.deepEqual(convertFlat(0, 0, 0), [16, 128, 128]);
  assert.deepEqual(convertFlat(255, 255, 255), [235, 128, 128]);
  assert.deepEqual(convertFlat(255, 0, 0), [63, 102, 240]);
  assert.deepEqual(convertFlat(0, 255, 0), [173, 42, 26]);
  assert.deepEqual(convertFlat(0, 0, 255), [32, 240, 118]);
});

test('each pixel keeps its own brightness and each square of four shares its colour', () => {
  const white = [255, 255, 255, 255];
  const black = [0, 0, 0, 255];
  const data = Uint8Array.from([...white, ...black, ...black, ...white]);
  assert.deepEqual([...toI420({ width: 2, height: 2, data })], [235, 16, 16, 235, 128, 128]);
});

test('a picture that does not begin at a whole word converts the same', () => {
  const data = Uint8Array.from({ length: 16 }, (_, i) => i * 15);
  const shifted = new Uint8Array(17);
  shifted.set(data, 1);
  assert.deepEqual(
    toI420({ width: 2, height: 2, data: shifted.subarray(1) }),
    toI420({ width: 2, height: 2, data }),
  );
});

test('a frame of which only parts have changed is converted like one by itself', () => {
  const [width, height] = [16, 12];
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 37) & 255);
  const write = createI420Writer(width, height);
  const pixels = new Uint32Array(data.buffer);
  for (const changed of [[], [0], [width * height - 1], [5 * width + 6, 5 * width + 9, 3], []]) {
    for (const at of changed) pixels[at] = ~pixels[at]!;
    const image = { width, height, data };
    assert.deepEqual([...write(image)], [...toI420(image)]);
  }
});

test('all columns are converted alike, also those that fill no vector', () => {
  const [width, height] = [22, 6];
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 89) % 251);
  const planes = toI420({ width, height, data });
  const single = (x: number, y: number): Uint8Array => {
    const from = (row: number) => data.subarray((row * width + x) * 4, (row * width + x + 2) * 4);
    return toI420({ width: 2, height: 2, data: Uint8Array.of(...from(y), ...from(y + 1)) });
  };
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const [a, b, c, d, blue, red] = single(x, y);
      const at = y * width + x;
      assert.deepEqual([...planes.subarray(at, at + 2)], [a, b]);
      assert.deepEqual([...planes.subarray(at + width, at + width + 2)], [c, d]);
      const chroma = width * height + (y / 2) * (width / 2) + x / 2;
      assert.deepEqual([planes[chroma], planes[chroma + (width * height) / 4]], [blue, red]);
    }
  }
});
