import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Surface } from './raster.ts';
import { makeSmearRoom, noteStep, openField, openSmear, type SmearRoom } from './step-smear.ts';

/** No multiples of anything. */
const BOX = { x: 0, y: 0, width: 43, height: 37 };
const OPAQUE = 0xff000000;

/** A picture of the box, each pixel of the colour that `colourAt` tells. */
function paint(colourAt: (x: number, y: number) => number): Surface {
  const { width, height } = BOX;
  const pixels = Int32Array.from({ length: width * height }, (_, at) =>
    colourAt(at % width, Math.floor(at / width)),
  );
  return { width, height, pixels };
}

function smear(drawing: Surface, x: number, y: number, room: SmearRoom): Surface {
  const field = openField(BOX);
  noteStep(field, { left: 0, top: 0, right: BOX.width, bottom: BOX.height }, x, y);
  const canvas = paint(() => OPAQUE);
  const sum = openSmear(field, room);
  sum.expose(drawing);
  sum.develop(
    1,
    paint(() => 0),
    canvas,
  );
  return canvas;
}

test('what hardly moves is shown as it was drawn, to the last corner', () => {
  const drawing = paint((x, y) => OPAQUE | (x * 5) | ((y * 6) << 8) | (((x * y) % 251) << 16));
  assert.deepEqual(smear(drawing, 0.4, 0.3, makeSmearRoom()), drawing);
});

test('each channel of a smear is the mean of what lies along its step', () => {
  const drawing = paint((x) => OPAQUE | (x * 5) | ((200 - x * 4) << 8) | (x % 2 ? 90 << 16 : 0));
  const { pixels } = smear(drawing, 8, 0, makeSmearRoom());
  for (let y = 0; y < BOX.height; y++) {
    for (let x = 5; x < BOX.width - 5; x++) {
      const [red, green] = [
        pixels[y * BOX.width + x]! & 255,
        (pixels[y * BOX.width + x]! >>> 8) & 255,
      ];
      assert.ok(Math.abs(red - x * 5) <= 5, `red of ${x}, ${y} is ${red}`);
      assert.ok(Math.abs(green - (200 - x * 4)) <= 4, `green of ${x}, ${y} is ${green}`);
    }
  }
});

test('memory of one window leaves nothing in the next', () => {
  const room = makeSmearRoom();
  smear(
    paint(() => OPAQUE | 0xffffff),
    9,
    7,
    room,
  );
  const drawing = paint((x, y) => (y > 20 ? OPAQUE | (x * 5) : 0));
  assert.deepEqual(smear(drawing, 6, -5, room), smear(drawing, 6, -5, makeSmearRoom()));
});
