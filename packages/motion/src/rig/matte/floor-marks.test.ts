import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRgb, type Rgb } from '../../model/rgb.ts';
import { findFloorMarks } from './floor-marks.ts';

const WIDTH = 240;
const HEIGHT = 160;
const SOLE = { x: 100, y: 100, length: 20 };
const FLOOR = [200, 180, 150] as const;

const isFoot = (x: number, y: number): boolean => Math.abs(x - 100) < 10 && y < 100;
const isShadow = (x: number, y: number): boolean => ((x - 112) / 20) ** 2 + ((y - 98) / 6) ** 2 < 1;
const isStain = (x: number, y: number): boolean => ((x - 136) / 5) ** 2 + ((y - 112) / 3) ** 2 < 1;

function drawFloor(marks: (x: number, y: number) => number): Rgb {
  const rgb = createRgb(WIDTH, HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH;
    const y = (i - x) / WIDTH;
    const share = isFoot(x, y) ? 0.2 : marks(x, y);
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = share * FLOOR[c]! - y / 10;
  }
  return rgb;
}

const hole = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
  isFoot(i % WIDTH, Math.floor(i / WIDTH)) ? 1 : 0,
);

function count(mask: Uint8Array, isIn: (x: number, y: number) => boolean): number {
  return mask.filter((value, i) => value === 1 && isIn(i % WIDTH, Math.floor(i / WIDTH))).length;
}

test('the shadow that hangs on a foot is found and a stain beside it is not', () => {
  const rgb = drawFloor((x, y) => (isShadow(x, y) || isStain(x, y) ? 0.75 : 1));
  const marks = findFloorMarks(rgb, hole, [SOLE], 2);
  const all = new Uint8Array(hole.length).fill(1);
  const free = (x: number, y: number): boolean => isShadow(x, y) && !isFoot(x, y);
  assert.ok(count(marks, free) > 0.95 * count(all, free), `${count(marks, free)} pixels`);
  assert.ok(count(marks, isStain) < 0.2 * count(all, isStain), `${count(marks, isStain)} pixels`);
});

test('a floor without marks keeps its pixels', () => {
  const marks = findFloorMarks(
    drawFloor(() => 1),
    hole,
    [SOLE],
    2,
  );
  assert.equal(
    count(marks, (x, y) => !isFoot(x, y) && Math.hypot(x - 100, y - 90) > 26),
    0,
  );
});

test('a figure without feet in the picture leaves no marks', () => {
  const rgb = drawFloor((x, y) => (isShadow(x, y) ? 0.7 : 1));
  assert.equal(findFloorMarks(rgb, hole, [], 2).includes(1), false);
});
