import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRgb } from '../../model/rgb.ts';
import { reflectRows } from './reflect-texture.ts';

const WIDTH = 60;
const EDGE = 30;

/** Stripes of 4 pixels up to the edge, nothing known behind it; `filled` is an even grey there. */
function drawStripes() {
  const colours = createRgb(WIDTH, 1);
  const filled = createRgb(WIDTH, 1);
  const known = new Float32Array(WIDTH);
  const hidden = new Uint8Array(WIDTH);
  for (let x = 0; x < WIDTH; x++) {
    const stripe = Math.floor(x / 4) % 2 === 0 ? 30 : 220;
    for (const channel of colours.channels) channel[x] = x < EDGE ? stripe : 0;
    for (const channel of filled.channels) channel[x] = x < EDGE ? stripe : 125;
    known[x] = x < EDGE ? 1 : 0;
    hidden[x] = x < EDGE ? 0 : 1;
  }
  return { colours, filled, known, hidden };
}

test('a pattern goes on where it is hidden and fades to the even fill', () => {
  const { colours, filled, known, hidden } = drawStripes();
  reflectRows(filled, colours, known, hidden, 16);
  const near = Array.from(filled.channels[0].subarray(EDGE, EDGE + 8));
  assert.ok(Math.max(...near) - Math.min(...near) > 180, `stripes are gone: ${near}`);
  assert.equal(filled.channels[0][EDGE + 17], 125);
});

test('what can be seen is never painted over', () => {
  const { colours, filled, known, hidden } = drawStripes();
  const before = filled.channels[1].slice(0, EDGE);
  reflectRows(filled, colours, known, hidden, 16);
  assert.deepEqual(filled.channels[1].slice(0, EDGE), before);
});

test('right beside a cut nothing of the far side is mixed in, which would draw a line there', () => {
  const width = 40;
  const colours = createRgb(width, 1);
  const known = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    for (const plane of colours.channels) plane[x] = x < 20 ? 200 : 0;
    known[x] = x < 12 || x >= 28 ? 1 : 0;
  }
  const hidden = Uint8Array.from(known, (value) => 1 - value);
  const filled = createRgb(width, 1);
  reflectRows(filled, colours, known, hidden, 30);
  assert.ok(filled.channels[0]![13]! > 190, `${filled.channels[0]![13]} beside 200`);
  assert.ok(filled.channels[0]![26]! < 10, `${filled.channels[0]![26]} beside 0`);
});
