import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Colour, luminanceOf } from '../model/colour.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { brightRows, drawFace, FACE_SIDE, LIP_AT, placeFace } from '../testing/drawn-mouth-face.ts';
import { colourAt } from './colour.ts';
import { drawInside } from './drawn-mouth.ts';
import { readOwnMouth } from './own-mouth.ts';
import { surfaceOf } from './raster.ts';

const closed = placeFace(0);
const own = readOwnMouth(surfaceOf(drawFace()), closed);
const SHOWN = { shown: 1, filled: 0 };

function draw(target: Float32Array, seen = SHOWN, of = own) {
  const pixels = new Int32Array(FACE_SIDE * FACE_SIDE);
  const part = { x: 0, y: 0, width: FACE_SIDE, height: FACE_SIDE, pixels };
  drawInside(part, target, { own: of, places: closed }, seen);
  return part;
}

/** How many rows below the upper lip are teeth: those that are bright, one after another. */
function countTeeth({ pixels }: ReturnType<typeof draw>): number {
  const bright = brightRows(pixels, LIP_AT.x, 90);
  const first = bright[0] ?? 0;
  return first > 2 ? 0 : bright.filter((down, i) => down === first + i).length;
}

test('the drawn teeth stay where they are between frames', () => {
  const still = draw(placeFace(24));
  const noisy = placeFace(24);
  // What the network says of the lower lip trembles from frame to frame.
  for (const [i, point] of INNER_LIPS.slice(11).entries()) {
    noisy[point * 2] = noisy[point * 2]! + (i % 2 ? 0.6 : -0.6);
    noisy[point * 2 + 1] = noisy[point * 2 + 1]! + (i % 2 ? 0.8 : -0.8);
  }
  const moved = draw(noisy);
  for (let across = -14; across <= 14; across += 1) {
    for (let down = 0; down < 6; down += 1) {
      const [x, y] = [LIP_AT.x + across, LIP_AT.y + down];
      const lights = [still, moved].map((part) => luminanceOf(colourAt(part, x, y)));
      assert.ok(Math.abs(lights[0]! - lights[1]!) < 6, `${x} ${y} ${lights}`);
    }
  }
});

function raiseLips(target: Float32Array, by: number): Float32Array {
  for (const point of INNER_LIPS) target[point * 2 + 1] = target[point * 2 + 1]! - by;
  return target;
}

test('a jaw that falls opens the dark and leaves the upper teeth as long as they are', () => {
  const [half, wide] = [16, 36].map((apart) => countTeeth(draw(placeFace(apart))));
  assert.ok(half! >= 2 && Math.abs(wide! - half!) <= 1, `${half} ${wide}`);
});

test('a lip that rises in a smile shows more of the teeth', () => {
  const lit = (target: Float32Array, top: number): number => {
    const part = draw(target);
    const column = Array.from({ length: 12 }, (_, i) => colourAt(part, LIP_AT.x, top + i));
    return column.filter((colour) => luminanceOf(colour) > 100).length;
  };
  const smiling = lit(raiseLips(placeFace(20), 4), LIP_AT.y - 4);
  assert.ok(smiling >= lit(placeFace(20), LIP_AT.y) + 2, String(smiling));
});

test('teeth are in the shade of the upper lip and of the corners, and never brighter than skin', () => {
  const part = draw(raiseLips(placeFace(24), 4));
  const light = (across: number, down: number): number =>
    luminanceOf(colourAt(part, LIP_AT.x + across, LIP_AT.y - 4 + down));
  assert.ok(light(4, 0) < 0.85 * light(4, 4), 'below the lip');
  assert.ok(light(22, 1) < 0.85 * light(4, 1), 'towards the corner');
  const skin = Math.max(own.cheek, own.eyes);
  assert.ok(part.pixels.every((pixel) => luminanceOf(unpack(pixel)) <= skin));
});

test('a driver who hides his teeth gives none, one who bares both rows fills the opening', () => {
  const none = draw(placeFace(20), { shown: 0, filled: 0 });
  assert.equal(countTeeth(none), 0);
  const both = draw(placeFace(20), { shown: 1, filled: 1 });
  assert.ok(countTeeth(both) >= 15);
});

test('a character whose picture shows teeth keeps their colour and shows them', () => {
  const grey: Colour = [205, 206, 210];
  const picture = drawFace((down) => (down < 6 ? grey : [40, 15, 15]));
  const smiling = readOwnMouth(surfaceOf(picture), placeFace(9));
  const [red, , blue] = smiling.teeth;
  assert.ok(red <= blue, `${smiling.teeth}`);
  assert.ok(countTeeth(draw(placeFace(24), { shown: 0, filled: 0 }, smiling)) >= 3);
});

function unpack(pixel: number): Colour {
  return [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
}
