import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Colour } from '../model/colour.ts';
import type { RgbaImage } from '../model/image.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { brightRows, drawFace, FACE_SIDE, LIP_AT, placeFace } from '../testing/drawn-mouth-face.ts';
import { type MouthReading, readMouth } from './mouth-reading.ts';
import { createMouthPainter } from './open-mouth.ts';
import { type Surface, surfaceOf } from './raster.ts';

/** Triangles over all of an opening, whose points lie in a ring. */
const FAN = Uint16Array.from(
  INNER_LIPS.slice(1, -1).flatMap((point, i) => [INNER_LIPS[0]!, point, INNER_LIPS[i + 2]!]),
);
const TEETH: Colour = [230, 228, 215];
const DARK: Colour = [50, 20, 20];

/** A driver's mouth of so many pixels across: teeth whose columns `isGap` are missing. */
function drawDriver(width: number, isGap: (column: number) => boolean) {
  const size = 2 * width;
  const data = new Uint8Array(size * size * 4);
  for (let i = 0; i < size * size; i += 1) {
    const [x, y] = [(i % size) - width, Math.floor(i / size) - width];
    const isMouth = y >= 0 && Math.hypot(x, y) < width / 2;
    const inside = y < width / 5 && !isGap(x) ? TEETH : DARK;
    data.set([...(isMouth ? inside : ([200, 110, 110] as const)), 255], i * 4);
  }
  const lips = INNER_LIPS.flatMap((_, i) => {
    const angle = Math.PI + (2 * Math.PI * i) / INNER_LIPS.length;
    const down = Math.max(Math.sin(angle), 0);
    return [width + (width / 2) * Math.cos(angle), width + (width / 2) * down];
  });
  const patch = { x: 0, y: 0, width: size, height: size, jpeg: new Uint8Array() };
  const mouth = { patch, lips: Float32Array.from(lips) };
  const picture: RgbaImage = { width: size, height: size, data };
  return { mouth, picture, reading: readMouth(mouth, picture) };
}

type Driver = ReturnType<typeof drawDriver>;

/** A character, closed in its picture unless given, with its lips `apart`. */
function paint(
  driver: Driver | null,
  apart: number,
  reading?: Partial<MouthReading>,
  own = { picture: drawFace(), apart: 0 },
): Surface {
  const surface = surfaceOf(own.picture);
  const painter = createMouthPainter(surface, placeFace(own.apart), FAN);
  const canvas = { ...surface, pixels: surface.pixels.slice() };
  const open = driver && {
    picture: driver.picture,
    reading: { ...driver.reading, ...reading },
  };
  painter(canvas, placeFace(apart), driver?.mouth ?? null, open);
  return canvas;
}

const gaps = (column: number): boolean => Math.abs(column) % 8 < 4;

test('a mouth of a few pixels is drawn, not enlarged', () => {
  const known = { bright: 1.3, dark: 0.4 };
  const [broken, whole] = [gaps, () => false].map((isGap) =>
    paint(drawDriver(24, isGap), 24, { ...known }),
  );
  assert.deepEqual(broken!.pixels, whole!.pixels);
  const rows = [-10, 0, 10].map((across) => brightRows(whole!.pixels, LIP_AT.x + across, 110));
  for (const bright of rows) assert.ok(bright.length >= 3, `no teeth: ${bright}`);
});

test('a large mouth is that of the driver, gaps and all', () => {
  const known = { bright: 1.3, dark: 0.4 };
  const [broken, whole] = [gaps, () => false].map((isGap) =>
    paint(drawDriver(90, isGap), 24, { ...known }),
  );
  const differ = broken!.pixels.filter((pixel, i) => pixel !== whole!.pixels[i]).length;
  assert.ok(differ > 100, String(differ));
});

test('between both a mouth passes over without a jump', () => {
  const driver = drawDriver(90, gaps);
  const at = (LIP_AT.y + 8) * FACE_SIDE + LIP_AT.x;
  let last = paint(driver, 24, { width: 38 }).pixels[at]! & 0xff;
  for (let width = 42; width <= 74; width += 4) {
    const next = paint(driver, 24, { width }).pixels[at]! & 0xff;
    assert.ok(Math.abs(next - last) < 40, `${last} ${next} at ${width}`);
    last = next;
  }
});

test('a mouth that the driver has closed is left to a closed picture', () => {
  const picture = drawFace();
  const { pixels } = paint(null, 1, {}, { picture, apart: 0 });
  assert.deepEqual(pixels, surfaceOf(picture).pixels);
});

test('an open mouth of the picture does not draw its own teeth out', () => {
  const picture = drawFace((down) => (down < 6 ? TEETH : DARK));
  const own = { picture, apart: 8 };
  const resting = brightRows(paint(null, 8, {}, own).pixels, LIP_AT.x, 110).length;
  const wide = brightRows(paint(null, 32, {}, own).pixels, LIP_AT.x, 110).length;
  assert.ok(resting >= 4 && wide < 2 * resting, `${resting} ${wide}`);
});
