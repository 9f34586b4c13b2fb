import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLoose, settleLoose } from './unfold.ts';

/** A point of the forehead among six others. */
const MIDDLE = 68;
const AROUND = [1, 2, 3, 4, 5, 6];
const FAN = AROUND.flatMap((point, i) => [MIDDLE, point, AROUND[(i + 1) % AROUND.length]!]);

/** The others on a circle, the middle one at the place given. */
function placeFan(x: number, y: number): Float32Array {
  const places = new Float32Array(468 * 2);
  for (const [i, point] of AROUND.entries()) {
    const angle = (2 * Math.PI * i) / AROUND.length;
    places.set([10 * Math.cos(angle), 10 * Math.sin(angle)], point * 2);
  }
  places.set([x, y], MIDDLE * 2);
  return places;
}

test('a point that lies beyond its neighbours comes between them, wherever they move', () => {
  const places = placeFan(14, 3);
  const loose = findLoose(places, FAN);
  assert.deepEqual(
    loose.map(({ point }) => point),
    [MIDDLE],
  );
  settleLoose(places, loose);
  assert.deepEqual(findLoose(places, FAN), []);
  const moved = placeFan(-30, 0).map((value) => value + 5);
  settleLoose(moved, loose);
  assert.ok(Math.abs(moved[MIDDLE * 2]! - 5) < 1e-3);
});

test('a mesh without folds stays as it is', () => {
  const places = placeFan(4, 3);
  assert.deepEqual(findLoose(places, FAN), []);
});
