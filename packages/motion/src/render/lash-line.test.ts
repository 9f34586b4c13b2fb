import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import { createLashLines } from './lash-line.ts';
import type { Surface } from './raster.ts';

const [WIDTH, HEIGHT] = [200, 80];
const SKIN = 0xff90b0e0 | 0;
const DARK = 0xff102030 | 0;

/** Two eyes, 60 wide, with this opening of their rims. */
function placeEyes(opening: number): Float32Array {
  const places = new Float32Array(468 * 2);
  for (const [n, side] of EYE_SIDES.entries()) {
    const { upper, lower } = EYE_RIMS[side];
    for (let i = 0; i < upper.length; i += 1) {
      const half = (opening / 2) * Math.sin((Math.PI * i) / (upper.length - 1));
      const x = 20 + 100 * n + (60 * i) / (upper.length - 1);
      places.set([x, 40.3 - half], upper[i]! * 2);
      places.set([x, 40.3 + half], lower[i]! * 2);
    }
  }
  return places;
}

function skin(): Surface {
  return { width: WIDTH, height: HEIGHT, pixels: new Int32Array(WIDTH * HEIGHT).fill(SKIN) };
}

function drawnAt(opening: number): Surface {
  const own = skin();
  for (let y = 30; y < 50; y += 1) {
    own.pixels.fill(DARK, y * WIDTH + 40, y * WIDTH + 60);
    own.pixels.fill(DARK, y * WIDTH + 140, y * WIDTH + 160);
  }
  const surface = skin();
  createLashLines(own, placeEyes(20))(surface, placeEyes(opening));
  return surface;
}

test('shut lids meet in a dark line, as long as the eye', () => {
  const { pixels } = drawnAt(1);
  for (const x of [35, 50, 65, 135, 150, 165]) {
    assert.ok((pixels[40 * WIDTH + x]! & 0xff) < 140, String(x));
  }
  assert.equal(pixels[50 * WIDTH + 50], SKIN);
  assert.equal(pixels[40 * WIDTH + 100], SKIN);
});

test('open eyes have no line', () => {
  for (const opening of [20, 30]) assert.deepEqual(drawnAt(opening), skin());
});

test('half open eyes have it on the edge of the upper lid alone', () => {
  const { pixels } = drawnAt(10);
  assert.ok((pixels[36 * WIDTH + 50]! & 0xff) < (SKIN & 0xff) - 20);
  for (const y of [30, 42, 45]) assert.equal(pixels[y * WIDTH + 50], SKIN, String(y));
});

test('a line that the picture draws within the rim stays when the lid comes down a little', () => {
  const own = skin();
  const places = placeEyes(20);
  for (const side of EYE_SIDES) {
    for (const point of EYE_RIMS[side].upper) {
      const [x, y] = [places[point * 2]!, places[point * 2 + 1]!];
      for (let down = 0; down < 2; down += 1) {
        const at = (Math.floor(y) + down) * WIDTH + Math.floor(x);
        own.pixels.fill(DARK, at - 4, at + 5);
      }
    }
  }
  const surface = skin();
  createLashLines(own, places)(surface, placeEyes(17));
  assert.ok((surface.pixels[32 * WIDTH + 50]! & 0xff) < (SKIN & 0xff) - 40);
  assert.equal(surface.pixels[37 * WIDTH + 50], SKIN);
});
