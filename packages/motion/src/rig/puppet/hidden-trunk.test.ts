import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PART } from '../segment/parts.ts';
import { evenUnderArm } from './hidden-trunk.ts';

const WIDTH = 80;
const HEIGHT = 120;
const HALF_WIDTH = 8;
const EDGE = 40;

type Test = (x: number, y: number) => boolean;

function maskOf(isSet: Test): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    isSet(i % WIDTH, Math.floor(i / WIDTH)) ? 1 : 0,
  );
}

/** First pixel of the trunk in a row, seen or guessed. */
function edgeOf(body: Uint8Array, extend: Uint8Array, y: number): number {
  for (let x = 0; x < WIDTH; x++) {
    if (body[y * WIDTH + x] === 1 || extend[y * WIDTH + x] === 1) return x;
  }
  return WIDTH;
}

/** An arm left of the trunk, which goes on under it to a ragged line. */
function prepare(isNotch: Test) {
  const body = maskOf((x, y) => x >= EDGE && !isNotch(x, y));
  const labels = Int8Array.from(body, (value) => (value === 1 ? PART.torso : PART.rightArm));
  const extend = maskOf((x, y) => x >= EDGE - 3 - 5 * ((y * 7) % 3 === 0 ? 1 : 0) && x < EDGE);
  return { body, labels, extend };
}

test('the trunk under an arm ends in an even line', () => {
  const { body, labels, extend } = prepare(() => false);
  const none = new Uint8Array(body.length);
  const even = evenUnderArm(extend, body, labels, WIDTH, PART.rightArm, none, HALF_WIDTH);
  const edges = Array.from({ length: 80 }, (_, n) => edgeOf(body, even, 20 + n));
  assert.ok(Math.max(...edges) - Math.min(...edges) <= 1, edges.join(' '));
  assert.ok(edges[0]! < EDGE && edges[0]! > EDGE - 9);
});

test('behind a hand on the hip the outline goes straight on, behind a forearm it does not', () => {
  const isNotch: Test = (x, y) => y > 50 && y < 80 && x < EDGE + 16;
  const { body, labels } = prepare(isNotch);
  const none = new Uint8Array(body.length);
  const hand = maskOf((_, y) => y > 40 && y < 90);
  const evenWith = (places: Uint8Array): Uint8Array =>
    evenUnderArm(none, body, labels, WIDTH, PART.rightArm, places, HALF_WIDTH);
  assert.ok(edgeOf(body, evenWith(hand), 65) <= EDGE + 1);
  assert.equal(edgeOf(body, evenWith(none), 65), EDGE + 16);
});
