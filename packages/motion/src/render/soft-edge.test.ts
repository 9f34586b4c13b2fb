import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Surface } from './raster.ts';
import { coverageOf, laySoftly, partWithin } from './soft-edge.ts';

const SIDE = 40;
const UNDER = 0xff000000 | 0;
const OVER = 0xffffffff | 0;
/** A square that stands on a corner, so that none of its sides follows the pixels. */
const DIAMOND = [20, 6.3, 33.7, 20, 20, 33.7, 6.3, 20];

function blank(): Surface {
  return { width: SIDE, height: SIDE, pixels: new Int32Array(SIDE * SIDE).fill(UNDER) };
}

function layDiamond(surface: Surface, outline: readonly number[]): void {
  const part = partWithin(surface, outline);
  assert.ok(part);
  part.pixels.fill(OVER);
  laySoftly(surface, part, outline);
}

test('the coverage of an outline adds up to its area', () => {
  const shares = coverageOf({ x: 0, y: 0, width: SIDE, height: SIDE }, DIAMOND);
  const sum = shares.reduce((total, share) => total + share, 0);
  assert.ok(Math.abs(sum - 2 * 13.7 ** 2) < 0.5, String(sum));
});

test('no stairs show at the edge: from pixel to pixel it changes by no more than half', () => {
  const surface = blank();
  layDiamond(surface, DIAMOND);
  const red = (x: number, y: number): number => surface.pixels[y * SIDE + x]! & 0xff;
  assert.equal(red(20, 20), 255);
  assert.equal(red(3, 3), 0);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 1; x < SIDE; x += 1) {
      assert.ok(Math.abs(red(x, y) - red(x - 1, y)) < 140, `${x} ${y}`);
    }
  }
});

test('an opening that is shut, or outside of the picture, draws nothing', () => {
  const surface = blank();
  layDiamond(surface, [5, 10, 30, 10, 30, 10, 5, 10]);
  assert.ok(surface.pixels.every((pixel) => pixel === UNDER));
  assert.equal(partWithin(surface, [90, 10, 99, 10, 95, 20]), null);
});
