import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HAND_POINT_COUNT, HAND_STRIDE } from '../../model/hand.ts';
import type { GoodHand } from './judge-hands.ts';
import { matchSkin } from './match-skin.ts';
import type { OwnHand } from './own-hands.ts';

const FPS = 25;
const USUAL = 62;

/** A hand of this lightness. */
function handOf(light: number): GoodHand {
  const patch = {
    x: 0,
    y: 0,
    width: 40,
    height: 40,
    webp: new Uint8Array(),
    palm: 20,
    axis: 0,
    skin: { mean: [light, 15, 16], deviation: [9, 4, 4] } as const,
    cut: null,
    heel: null,
    sharpness: 200,
  };
  return { hand: new Float32Array(HAND_POINT_COUNT * HAND_STRIDE), presence: 0.99, patch };
}

const own: OwnHand = {
  side: 'left',
  isVisible: true,
  isOdd: false,
  isInSleeve: false,
  cut: { x: 0, y: 0, axis: 0, palm: 20, fade: [-0.2, 0] },
  arm: null,
  armLab: null,
  skin: { mean: [70, 14, 14], deviation: [9, 4, 4] },
};

/** Lightness that the middle of a hand of `light` has on the character in a frame. */
function shown(good: readonly (GoodHand | null)[], frame: number, light: number): number {
  const match = matchSkin(good, own, false, FPS)(frame);
  assert.ok(match);
  const spread = match.to.deviation[0] / match.from.deviation[0];
  return match.to.mean[0] + spread * (light - match.from.mean[0]);
}

test('a hand that comes into the light of the clip keeps the light of the picture', () => {
  const bright = 82;
  const good = Array.from({ length: 120 }, (_, i) => handOf(i < 90 ? USUAL : bright));
  assert.ok(Math.abs(shown(good, 40, USUAL) - 70) < 0.5);
  assert.ok(shown(good, 105, bright) < 70 + 0.3 * (bright - USUAL));
});

test('one frame in another light does not change the colours of the hand', () => {
  const good = Array.from({ length: 60 }, (_, i) => handOf(i === 30 ? 85 : USUAL));
  for (const frame of [29, 30, 31]) {
    assert.deepEqual(matchSkin(good, own, false, FPS)(frame)!.from.mean, [USUAL, 15, 16]);
  }
});

test('frames without a hand have the match of the clip, and without skin there is none', () => {
  const good = [...new Array<null>(20).fill(null), ...Array.from({ length: 9 }, () => handOf(60))];
  assert.equal(matchSkin(good, own, false, FPS)(0)!.from.mean[0], 60);
  assert.equal(matchSkin(good, { ...own, skin: null }, false, FPS)(25), null);
});
