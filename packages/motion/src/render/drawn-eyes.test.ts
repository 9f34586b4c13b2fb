import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import { createDrawnEyes } from './drawn-eyes.ts';
import type { Surface } from './raster.ts';

const [WIDTH, HEIGHT] = [280, 200];
const SKIN = [225, 170, 140];
const HAIR = [60, 50, 200];
const INK = [40, 20, 30];
/** Half sizes of the eyes, and their middles. */
const [ACROSS, DOWN] = [40, 30];
const MIDDLES = { right: { x: 80, y: 100 }, left: { x: 200, y: 100 } };

/** Large eyes with dark lashes above; hair hangs into the right one from the border. */
function drawSurface(): Surface {
  const pixels = new Int32Array(WIDTH * HEIGHT);
  for (let i = 0; i < pixels.length; i += 1) {
    const [x, y] = [(i % WIDTH) + 0.5, Math.floor(i / WIDTH) + 0.5];
    let colour = SKIN;
    for (const middle of Object.values(MIDDLES)) {
      const [dx, dy] = [x - middle.x, y - middle.y];
      if (Math.hypot(dx / ACROSS, dy / DOWN) < 1) colour = [240, 240, 240];
      if (Math.hypot(dx / 18, dy / 26) < 1) colour = [30, 160, 140];
      const isLashes = dy < 0 && Math.hypot(dx / (ACROSS - 6), dy / (DOWN - 8)) > 1;
      if (isLashes && Math.hypot(dx / ACROSS, dy / DOWN) < 1) colour = INK;
    }
    if (y < 90 && Math.abs(x - 70) < 14) colour = HAIR;
    pixels[i] = colour[0]! | (colour[1]! << 8) | (colour[2]! << 16) | (255 << 24);
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}

/** The points of both eyes, opened to the share `opening`; the others lie on the skin. */
function placePoints(opening: number): Float32Array {
  const places = new Float32Array(468 * 2).fill(170);
  for (const side of EYE_SIDES) {
    const { upper, lower, above, below } = EYE_RIMS[side];
    for (const i of upper.keys()) {
      const x = MIDDLES[side].x - ACROSS * Math.cos((Math.PI * i) / 8);
      const bow = DOWN * Math.sin((Math.PI * i) / 8);
      places.set([x, MIDDLES[side].y + (1 - 2 * opening) * bow], upper[i]! * 2);
      places.set([x, MIDDLES[side].y + bow], lower[i]! * 2);
      if (i === 0 || i === 8) continue;
      places.set([x, MIDDLES[side].y - bow - 8 * opening], above[i - 1]! * 2);
      places.set([x, MIDDLES[side].y + bow + 8], below[i - 1]! * 2);
    }
  }
  return places;
}

function slideTo(opening: number): { own: Surface; shown: Surface; target: Float32Array } {
  const own = drawSurface();
  const shown = { ...own, pixels: Int32Array.from(own.pixels) };
  const target = placePoints(opening);
  createDrawnEyes(own, shown, placePoints(1)).slide(target, new Float32Array(468 * 2));
  return { own, shown, target };
}

const redAt = ({ pixels }: Surface, x: number, y: number): number => pixels[y * WIDTH + x]! & 0xff;

test('open eyes are shown as they are drawn, to the last bit', () => {
  const { own, shown } = slideTo(1);
  assert.deepEqual(shown.pixels, own.pixels);
});

test('a shut eye shows skin with the line of its lashes below the middle', () => {
  const { shown } = slideTo(0);
  assert.ok(Math.abs(redAt(shown, 200, 95) - SKIN[0]!) < 12, `${redAt(shown, 200, 95)}`);
  const column = Array.from({ length: 2 * DOWN }, (_, i) => redAt(shown, 200, 70 + i));
  const darkest = 70 + column.indexOf(Math.min(...column));
  assert.ok(darkest > 108 && darkest < 128, `${darkest}`);
  assert.ok(Math.min(...column) < 80, `${Math.min(...column)}`);
});

test('an eye half shut shows its lower half only', () => {
  const { own, shown } = slideTo(0.5);
  assert.equal(redAt(shown, 200, 115), redAt(own, 200, 115));
  assert.ok(Math.abs(redAt(shown, 200, 80) - SKIN[0]!) < 12, `${redAt(shown, 200, 80)}`);
});

test('hair that hangs into an eye stays before its lid', () => {
  const { own, shown } = slideTo(0);
  for (const y of [72, 80, 86]) assert.equal(redAt(shown, 70, y), redAt(own, 70, y));
});

test('rims of painted lids lie in the frame where the open eye has them', () => {
  const { target } = slideTo(0);
  assert.deepEqual(target, placePoints(1));
});

test('lids that open again leave the eye as it is drawn, to the last bit', () => {
  const own = drawSurface();
  const shown = { ...own, pixels: Int32Array.from(own.pixels) };
  const eyes = createDrawnEyes(own, shown, placePoints(1));
  for (const opening of [0, 0.4, 1]) eyes.slide(placePoints(opening), new Float32Array(468 * 2));
  assert.deepEqual(shown.pixels, own.pixels);
});
