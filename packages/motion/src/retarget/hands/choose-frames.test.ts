import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFrames, FADE_FRAMES, HOLD_FRAMES_MAX, RUN_FRAMES_MIN } from './choose-frames.ts';

const runs = (...lengths: number[]): boolean[] =>
  lengths.flatMap((length, i) => new Array<boolean>(length).fill(i % 2 === 0));

test('a short gap holds the nearest hand that was seen', () => {
  const { source } = chooseFrames(runs(8, HOLD_FRAMES_MAX, 8), true);
  assert.deepEqual([...source.subarray(7, 14)], [7, 7, 7, 7, 13, 13, 13]);
});

test('a hand is not held where it does not fit the arm any more', () => {
  const isGood = runs(10, 3, 10);
  const { source } = chooseFrames(isGood, true, (frame, from) => Math.abs(frame - from) < 2);
  assert.deepEqual([...source.subarray(9, 14)], [9, 9, -1, 13, 13]);
});

test('a longer gap shows the own hand, and the two give way to each other', () => {
  const { source, opacity } = chooseFrames(runs(10, HOLD_FRAMES_MAX + 1, 10), true);
  assert.ok(source.subarray(10, 16).every((from) => from === -1));
  assert.ok(opacity.subarray(10, 16).every((value) => value === 0));
  assert.equal(opacity[0], 1, 'nothing fades in at the start of the clip');
  const before = opacity.subarray(10 - FADE_FRAMES - 1, 10);
  assert.ok(before.every((value, i) => i === 0 || value < before[i - 1]!));
});

test('a hand that is seen only for a moment is not borrowed', () => {
  const gap = HOLD_FRAMES_MAX + 1;
  const isGood = [...runs(0, gap, RUN_FRAMES_MIN - 1, gap), ...runs(0, 0, RUN_FRAMES_MIN, gap)];
  const { source } = chooseFrames(isGood, true);
  const shown = [...source].filter((from) => from >= 0);
  assert.equal(shown.length, RUN_FRAMES_MIN);
  assert.ok(shown.every((from) => isGood[from]));
});

test('a character without hands keeps the last one through any gap', () => {
  const { source, opacity } = chooseFrames(runs(1, 40, 1, 3), false);
  assert.ok(source.every((from) => from === 0 || from === 41));
  assert.ok(opacity.every((value) => value === 1));
});

test('where no hand was ever seen none is borrowed', () => {
  assert.ok(chooseFrames(runs(0, 20), false).source.every((from) => from === -1));
});
