import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ChoiceSetting,
  chooseFrames as choose,
  HOLD_SECONDS_MAX,
  RUN_SECONDS_MIN,
  SWITCH_SECONDS,
} from './choose-frames.ts';

const FPS = 25;
const HOLD_FRAMES_MAX = HOLD_SECONDS_MAX * FPS;
const RUN_FRAMES_MIN = RUN_SECONDS_MIN * FPS;
const SWITCH_REACH = SWITCH_SECONDS * FPS;

const chooseFrames = (isGood: readonly boolean[], setting: Omit<ChoiceSetting, 'fps'>) =>
  choose(isGood, { fps: FPS, ...setting });

const runs = (...lengths: number[]): boolean[] =>
  lengths.flatMap((length, i) => new Array<boolean>(length).fill(i % 2 === 0));

test('a short gap holds the nearest hand that was seen', () => {
  const source = chooseFrames(runs(8, HOLD_FRAMES_MAX, 8), { hasOwn: true });
  assert.deepEqual([...source.subarray(7, 14)], [7, 7, 7, 7, 13, 13, 13]);
});

test('a hand is not held where it does not fit the arm any more', () => {
  const isGood = runs(10, 3, 10);
  const canHold = (frame: number, from: number): boolean => Math.abs(frame - from) < 2;
  const source = chooseFrames(isGood, { hasOwn: true, canHold });
  assert.deepEqual([...source.subarray(9, 14)], [9, 9, -1, 13, 13]);
});

test('a longer gap shows the own hand, from one frame to the next', () => {
  const gap = HOLD_FRAMES_MAX + 1;
  const source = chooseFrames(runs(10, gap, 10), { hasOwn: true });
  for (const [i, from] of source.entries()) {
    assert.equal(from, i < 10 || i >= 10 + gap ? i : -1);
  }
});

test('hands are exchanged where the arm moves most', () => {
  const gap = HOLD_FRAMES_MAX + 1;
  const isGood = runs(10, gap, 10);
  const swungAt = (frame: number) => (i: number) => (i === frame ? 1 : 0);
  const late = chooseFrames(isGood, { hasOwn: true, pace: swungAt(10 + SWITCH_REACH) });
  assert.ok(late.subarray(10, 10 + SWITCH_REACH).every((from) => from === 9));
  const again = 10 + gap;
  const early = chooseFrames(isGood, { hasOwn: true, pace: swungAt(again - SWITCH_REACH) });
  assert.ok(early.subarray(again - SWITCH_REACH, again).every((from) => from === again));
  const before = chooseFrames(isGood, { hasOwn: true, pace: swungAt(8) });
  assert.deepEqual([...before.subarray(8, 12)], [8, 9, -1, -1], 'no hand that is seen is left out');
  const canHold = (frame: number, from: number): boolean => frame === from;
  const stiff = chooseFrames(isGood, { hasOwn: true, canHold, pace: swungAt(11) });
  assert.equal(stiff[10], -1, 'a hand that fits no longer is not kept for it');
});

test('a hand that is seen only for a moment is not borrowed', () => {
  const gap = HOLD_FRAMES_MAX + 1;
  const isGood = [...runs(0, gap, RUN_FRAMES_MIN - 1, gap), ...runs(0, 0, RUN_FRAMES_MIN, gap)];
  const source = chooseFrames(isGood, { hasOwn: true });
  const shown = [...source].filter((from) => from >= 0);
  assert.equal(shown.length, RUN_FRAMES_MIN);
  assert.ok(shown.every((from) => isGood[from]));
});

test('a character without hands keeps the last one through any gap', () => {
  const source = chooseFrames(runs(1, 40, 1, 3), { hasOwn: false });
  assert.ok(source.every((from) => from === 0 || from === 41));
});

test('where no hand was ever seen none is borrowed', () => {
  assert.ok(chooseFrames(runs(0, 20), { hasOwn: false }).every((from) => from === -1));
});

test('in a slow clip a hand is held for no longer than in a fast one', () => {
  const slow = choose(runs(8, 2, 8), { fps: 5, hasOwn: true });
  assert.deepEqual([...slow.subarray(7, 11)], [7, -1, -1, 10]);
  const near = choose(runs(8, 1, 8), { fps: 5, hasOwn: true });
  assert.deepEqual([...near.subarray(7, 10)], [7, 7, 9]);
});
