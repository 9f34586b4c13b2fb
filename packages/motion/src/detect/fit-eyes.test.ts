import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EYE_RIMS } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import type { Face } from '../model/pose.ts';
import { eyesFace } from '../testing/drawn-eyes.ts';
import { fitEyes } from './fit-eyes.ts';

const SKIN = [225, 170, 140];
const HAIR = [60, 50, 110];

/** A face whose network rims are 60 wide and 20 high, with its skin where it is looked for. */
function placeFace(): Face {
  const face = eyesFace();
  for (const point of [205, 425, 50, 280, 117, 346, 6, 168, 9]) face.set([140, 170, 0], point * 3);
  return face;
}

/** Eyes of these half sizes: white with a dark iris; hair hangs into the right one when asked. */
function drawLargeEyes(across: number, down: number, hair = false): RgbaImage {
  const [width, height] = [280, 200];
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    let colour = SKIN;
    for (const middle of [80, 200]) {
      const [dx, dy] = [x - middle, y - 100];
      if (Math.hypot(dx / across, dy / down) < 1) colour = [240, 240, 240];
      if (Math.hypot(dx, dy) < 0.5 * down) colour = [30, 60, 40];
    }
    if (hair && y < 95 && Math.abs(x - 75) < 12) colour = HAIR;
    data.set([...colour, 255], i * 4);
  }
  return { width, height, data };
}

test('rims come to lie around eyes that are larger than those of people', () => {
  const face = placeFace();
  const fitted = fitEyes(drawLargeEyes(40, 30), face);
  const at = (point: number, axis: 0 | 1): number => fitted[point * 3 + axis]!;
  const { upper, lower, above, below } = EYE_RIMS.right;
  assert.ok(Math.abs(at(upper[0]!, 0) - 40) < 4 && Math.abs(at(upper[8]!, 0) - 120) < 4);
  assert.ok(Math.abs(at(upper[4]!, 1) - 70) < 4 && Math.abs(at(lower[4]!, 1) - 130) < 4);
  assert.ok(at(above[3]!, 1) < at(upper[4]!, 1) && at(below[3]!, 1) > at(lower[4]!, 1));
});

test('rims that lie around their eyes stay, and so do those of eyes that hair hangs into', () => {
  const face = placeFace();
  assert.equal(fitEyes(drawLargeEyes(30, 11), face), face);
  assert.equal(fitEyes(drawLargeEyes(40, 30, true), face), face);
});

test('glasses are no eyes: there is no white in them', () => {
  const dark = drawLargeEyes(40, 30);
  for (let i = 0; i < dark.data.length; i += 4) {
    if (dark.data[i] === 240) dark.data.set([50, 30, 40], i);
  }
  const face = placeFace();
  assert.equal(fitEyes(dark, face), face);
});
