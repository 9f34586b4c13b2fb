import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HAND_STRIDE, type Hand } from '../model/hand.ts';
import { drawnHand } from '../testing/drawn-hand.ts';
import { compareHands, type HandPair } from './compare-hands.ts';

const { hand } = drawnHand();
const pairsOf = (result: Hand | null, count = 20): HandPair[] =>
  new Array<HandPair>(count).fill({ reference: hand, result });
/** Turned about the wrist by radians, enlarged and moved. */
function place(turn: number, size: number, moved: number): Hand {
  return hand.map((value, i) => {
    if (i % HAND_STRIDE === 2) return size * value;
    const at = i - (i % HAND_STRIDE);
    const [x, y] = [hand[at]! - hand[0]!, hand[at + 1]! - hand[1]!];
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return moved + size * (i % HAND_STRIDE === 0 ? x * cos - y * sin : x * sin + y * cos);
  });
}

test('a hand of another size in another place has the same shape', () => {
  const { handsFound, handShapeError } = compareHands(pairsOf(place(0, 1.7, 300)));
  assert.equal(handsFound, 1);
  assert.ok(handShapeError! < 1e-5, String(handShapeError));
});

test('a hand that is turned is not in shape', () => {
  const { handShapeError } = compareHands(pairsOf(place(Math.PI / 2, 1, 0)));
  assert.ok(handShapeError! > 0.5, String(handShapeError));
});

test('hands that are missing count as missing, not as wrong', () => {
  const pairs = [...pairsOf(hand, 15), ...pairsOf(null, 5)];
  assert.deepEqual(compareHands(pairs), {
    handsFound: 0.75,
    handShapeError: 0,
    handShapeErrorP90: 0,
  });
  assert.deepEqual(compareHands(pairsOf(null)), {
    handsFound: 0,
    handShapeError: null,
    handShapeErrorP90: null,
  });
});

test('of a reference that hardly shows hands nothing is said', () => {
  assert.equal(compareHands(pairsOf(hand, 5)).handsFound, null);
});
