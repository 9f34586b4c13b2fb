import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishHem } from './finish-hem.ts';

/** A strip of cloth from column 10 to 49 that the lower border cuts. */
function drawCloth(width: number, height: number) {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 10; x < 50; x++) data.set([x, y, 90, 255], (y * width + x) * 4);
  }
  return { width, height, data };
}

test('cloth cut by the border ends in a curve of its own colours', () => {
  const cloth = drawCloth(60, 30);
  const hem = finishHem(cloth);
  assert.deepEqual(hem.data.subarray(0, cloth.data.length), cloth.data);
  const alpha = (x: number, y: number): number => hem.data[(y * 60 + x) * 4 + 3]!;
  assert.equal(alpha(30, 38), 255);
  assert.equal(alpha(11, 38), 0);
  assert.equal(alpha(5, 30), 0);
  assert.equal(alpha(30, hem.height - 1), 0);
  assert.deepEqual(Array.from(hem.data.subarray((33 * 60 + 30) * 4, (33 * 60 + 30) * 4 + 1)), [30]);
});

test('cloth that ends above the border stays as it is', () => {
  const cloth = drawCloth(60, 30);
  cloth.data.fill(0, 29 * 60 * 4);
  assert.equal(finishHem(cloth).height, 30);
});
