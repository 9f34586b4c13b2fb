import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HAND_STRIDE } from '../../model/hand.ts';
import type { HandSighting } from '../../model/motion.ts';
import { drawnHand, HAND_PALM, HAND_WRIST } from '../../testing/drawn-hand.ts';
import { beginsAtWrist, judgeHands } from './judge-hands.ts';

const UP = -Math.PI / 2;
const { hand } = drawnHand();

type Changes = { sharpness?: number; axis?: number; reach?: number };

/** The drawn hand, whose fingers reach so far. */
function sightingOf({ sharpness = 200, axis = UP, reach = 1 }: Changes = {}): HandSighting {
  const patch = {
    x: 0,
    y: 0,
    width: 200,
    height: 200,
    webp: new Uint8Array(),
    palm: HAND_PALM,
    axis,
    skin: { mean: [70, 15, 15], deviation: [5, 2, 2] } as const,
    cut: null,
    heel: null,
    sharpness,
  };
  const folded = hand.map((value, i) => {
    const from = hand[i % HAND_STRIDE]!;
    return i % HAND_STRIDE === 2 ? value : from + reach * (value - from);
  });
  return { hand: folded, presence: 0.99, patch };
}

/** Which of the hands are taken, at an arm that points upwards and is so many palms long. */
function judge(sightings: readonly (HandSighting | null)[], armPalms = 3, fps = 25): boolean[] {
  const arm = {
    angle: new Float64Array(sightings.length).fill(UP),
    length: new Float64Array(sightings.length).fill(armPalms * HAND_PALM),
  };
  return judgeHands(sightings, () => HAND_WRIST, arm, fps).map((it) => it !== null);
}

const repeat = (count: number, changes?: Changes) =>
  Array.from({ length: count }, () => sightingOf(changes));

test('a hand that goes on where its arm ends is taken', () => {
  assert.deepEqual(judge([sightingOf(), null]), [true, false]);
  assert.deepEqual(judge([sightingOf({ axis: UP + 1 })]), [false], 'another direction');
});

test('an arm that points at the camera says little, so its hand must be sharp', () => {
  const turned = { axis: UP + 1 };
  assert.deepEqual(judge([sightingOf(turned)], 0.5), [true]);
  assert.deepEqual(judge([sightingOf({ ...turned, sharpness: 45 })], 0.5), [false]);
  assert.deepEqual(judge([sightingOf({ sharpness: 45 })], 0.5), [true], 'blurred, but straight');
});

test('fingers that are lost for a moment are not believed', () => {
  const glitch = [...repeat(5), ...repeat(3, { reach: 0.6 }), ...repeat(5)];
  assert.deepEqual(
    judge(glitch),
    glitch.map((_, i) => i < 5 || i > 7),
  );
});

test('a hand that closes between two frames of a slow clip is believed', () => {
  const closing = [...repeat(5), ...repeat(1, { reach: 0.6 }), ...repeat(5)];
  assert.ok(judge(closing, 3, 5).every(Boolean));
});

test('a fist that stays a fist is believed', () => {
  assert.ok(judge([...repeat(6), ...repeat(9, { reach: 0.6 })]).every(Boolean));
});

test('a hand whose start is hidden or lies aside would float', () => {
  const begins = (heel: { offset: number; width: number } | null): boolean => {
    const sighting = sightingOf();
    return beginsAtWrist({ ...sighting, patch: { ...sighting.patch!, heel } });
  };
  assert.equal(begins({ offset: 0.1 * HAND_PALM, width: 0.6 * HAND_PALM }), true);
  assert.equal(begins({ offset: 0.7 * HAND_PALM, width: 1.6 * HAND_PALM }), false);
  assert.equal(begins(null), false);
});
