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

function assertFitted(fitted: Face | null): void {
  assert.ok(fitted);
  const at = (point: number, axis: 0 | 1): number => fitted[point * 3 + axis]!;
  const { upper, lower, above, below } = EYE_RIMS.right;
  assert.ok(Math.abs(at(upper[0]!, 0) - 40) < 4 && Math.abs(at(upper[8]!, 0) - 120) < 4);
  assert.ok(Math.abs(at(upper[4]!, 1) - 70) < 4 && Math.abs(at(lower[4]!, 1) - 130) < 4);
  assert.ok(at(above[3]!, 1) < at(upper[4]!, 1) && at(below[3]!, 1) > at(lower[4]!, 1));
}

test('rims come to lie around eyes that are larger than those of people', () => {
  assertFitted(fitEyes(drawLargeEyes(40, 30), placeFace()));
});

test('rims go on behind hair that hangs into an eye, at the height of the other eye', () => {
  assertFitted(fitEyes(drawLargeEyes(40, 30, true), placeFace()));
});

test('points that fall on hair or into the eyes do not change what skin is', () => {
  const face = placeFace();
  for (const point of [205, 425, 50, 280]) face.set([75, 92, 0], point * 3);
  assertFitted(fitEyes(drawLargeEyes(40, 30, true), face));
});

test('the corners of an eye lie level, so that its lids do not slant', () => {
  const fitted = fitEyes(drawLargeEyes(40, 30), placeFace())!;
  for (const { upper } of Object.values(EYE_RIMS)) {
    const [first, last] = [fitted[upper[0]! * 3 + 1]!, fitted[upper[8]! * 3 + 1]!];
    assert.ok(Math.abs(first - last) < 1, `${first} and ${last}`);
  }
});

test('rims that lie around their eyes stay', () => {
  assert.equal(fitEyes(drawLargeEyes(30, 11), placeFace()), null);
});

test('glasses are no eyes: there is no white in them', () => {
  const dark = drawLargeEyes(40, 30);
  for (let i = 0; i < dark.data.length; i += 4) {
    if (dark.data[i] === 240) dark.data.set([50, 30, 40], i);
  }
  assert.equal(fitEyes(dark, placeFace()), null);
});
