import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INNER_LIPS } from '../model/performance.ts';
import { readOpening, tightenRim } from './mouth-rim.ts';
import type { Surface } from './raster.ts';

const SIDE = 100;
const LIP = 0xff7070d0 | 0;
const INSIDE = 0xff101030 | 0;

/** Lips with a round opening of this radius in their middle. */
function drawMouth(radius: number): Surface {
  const pixels = new Int32Array(SIDE * SIDE).map((_, i) => {
    const away = Math.hypot((i % SIDE) - 49.5, Math.floor(i / SIDE) - 49.5);
    return away < radius ? INSIDE : LIP;
  });
  return { width: SIDE, height: SIDE, pixels };
}

/** The inner rim as a circle of this radius. */
function placeRim(radius: number): Float32Array {
  const places = new Float32Array(468 * 2);
  for (const [i, point] of INNER_LIPS.entries()) {
    const angle = (2 * Math.PI * i) / INNER_LIPS.length;
    places[point * 2] = 50 + radius * Math.cos(angle);
    places[point * 2 + 1] = 50 + radius * Math.sin(angle);
  }
  return places;
}

function radiiOf(places: Float32Array): number[] {
  return INNER_LIPS.map((point) =>
    Math.hypot(places[point * 2]! - 50, places[point * 2 + 1]! - 50),
  );
}

test('a rim that lies on the flesh of the lips is drawn in to the opening', () => {
  const places = placeRim(32);
  tightenRim(places, readOpening(drawMouth(22), places));
  for (const radius of radiiOf(places)) assert.ok(radius > 18 && radius < 25, String(radius));
});

test('a lower lip that is all within the rim is left out, though most of the rim is flesh', () => {
  const mouth = drawMouth(0);
  for (let y = 20; y < 45; y += 1) mouth.pixels.fill(INSIDE, y * SIDE + 25, y * SIDE + 75);
  const places = placeRim(34);
  tightenRim(places, readOpening(mouth, places));
  for (const point of INNER_LIPS) assert.ok(places[point * 2 + 1]! < 60, String(point));
});

test('a rim that lies on the opening stays there', () => {
  const places = placeRim(30);
  tightenRim(places, readOpening(drawMouth(31), places));
  for (const radius of radiiOf(places)) assert.ok(radius > 28, String(radius));
});

test('flesh without an end, as of a tongue, keeps its rim', () => {
  const places = placeRim(30);
  tightenRim(places, readOpening(drawMouth(2), places));
  for (const radius of radiiOf(places)) assert.ok(radius > 28, String(radius));
});

test('an opening is carried over to a rim of another size and place', () => {
  const places = placeRim(32);
  const opening = readOpening(drawMouth(22), places);
  const own = places.map((value) => 10 + 2 * value);
  tightenRim(places, opening);
  tightenRim(own, opening);
  for (const point of INNER_LIPS) {
    for (const at of [point * 2, point * 2 + 1]) {
      assert.ok(Math.abs(own[at]! - (10 + 2 * places[at]!)) < 1e-3, String(point));
    }
  }
});

test('from lip to lip less flesh can be left out than along the mouth', () => {
  const places = placeRim(32);
  const opening = readOpening(drawMouth(22), places);
  tightenRim(places, opening, { along: 1, down: 0 });
  const [corner, lower] = [radiiOf(places)[0]!, radiiOf(places)[15]!];
  assert.ok(corner < 26 && lower > 31, `${corner} ${lower}`);
});
