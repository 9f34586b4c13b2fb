import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { makeRepeatFinder } from './repeats.ts';

const SIZE = 256;

/**
 * A textured wall with a bright square whose left edge is at `x`; `noise` is what a codec may add.
 */
function makeScene(x: number, noise = 0): RgbaImage {
  const data = new Uint8Array(SIZE * SIZE * 4).fill(255);
  for (let i = 0; i < SIZE * SIZE; i += 1) {
    const column = i % SIZE;
    const row = Math.floor(i / SIZE);
    const inSquare = column >= x && column < x + 40 && row >= 100 && row < 140;
    const value = inSquare ? 220 : 60 + ((column * 7 + row * 3) % 40);
    data.fill(value + ((i * 13) % (2 * noise + 1)) - noise, i * 4, i * 4 + 3);
  }
  return { width: SIZE, height: SIZE, data };
}

test('a stored frame that repeats the last one is noticed, codec noise or not', () => {
  const isRepeat = makeRepeatFinder();
  const seen = [
    makeScene(10),
    makeScene(20),
    makeScene(20, 1),
    makeScene(30),
    makeScene(30),
    makeScene(40),
  ].map(isRepeat);
  assert.deepEqual(seen, [false, false, true, false, true, false]);
});

test('noise among lively frames is a repeat, the same change in a quiet clip is movement', () => {
  const lively = makeRepeatFinder();
  for (const x of [10, 40, 70, 100, 130]) assert.equal(lively(makeScene(x)), false);
  assert.equal(lively(makeScene(130, 5)), true);
  const quiet = makeRepeatFinder();
  assert.equal(quiet(makeScene(130)), false);
  assert.equal(quiet(makeScene(130, 5)), false);
});

test('a slow movement cannot hide: what adds up over frames is seen', () => {
  const isRepeat = makeRepeatFinder();
  isRepeat(makeScene(10));
  const seen = Array.from({ length: 6 }, () => isRepeat(makeScene(10)));
  assert.deepEqual(seen, [true, true, true, false, true, true]);
});
