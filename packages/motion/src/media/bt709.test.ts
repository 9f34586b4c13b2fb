import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAsBt709 } from './bt709.ts';

test('every colour is mended as the matrices say, and alpha stays', () => {
  const levels = Array.from({ length: 52 }, (_, i) => 5 * i);
  const pixels = levels.flatMap((red) =>
    levels.flatMap((green) => levels.map((blue) => [red, green, blue, (red + blue) % 256])),
  );
  // An odd number of pixels, which fill no whole band.
  pixels.push([255, 0, 254, 3]);
  const data = Uint8Array.from(pixels.flat());
  readAsBt709({ width: pixels.length, height: 1, data });
  const expected = new Uint8ClampedArray(pixels.flatMap(mendPlainly));
  assert.equal(Buffer.compare(data, Buffer.from(expected.buffer)), 0);
});

test('a part of a larger memory is mended alone', () => {
  const data = new Uint8Array(4 * 3).fill(200, 0, 12);
  data.set([10, 200, 30, 255], 4);
  const [before, after] = [data.slice(0, 4), data.slice(8)];
  readAsBt709({ width: 1, height: 1, data: data.subarray(4, 8) });
  assert.notDeepEqual([...data.subarray(4, 7)], [10, 200, 30]);
  assert.deepEqual([data.slice(0, 4), data.slice(8)], [before, after]);
});

function mendPlainly(pixel: number[]): number[] {
  const [red = 0, green = 0, blue = 0, alpha = 0] = pixel;
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return [
    luma + (1.5748 / 1.402) * (red - luma),
    luma - (0.468124 / 1.402) * (red - luma) - (0.187324 / 1.772) * (blue - luma),
    luma + (1.8556 / 1.772) * (blue - luma),
    alpha,
  ];
}
