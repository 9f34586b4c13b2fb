import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EYE_RIMS, EYE_SIDES, type EyeSide } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import { facePointAt } from '../model/landmarks.ts';
import type { Face } from '../model/pose.ts';
import { eyesFace } from '../testing/drawn-eyes.ts';
import { findHiddenEyes, measureEyeLight } from './hidden-eyes.ts';

const SKIN = 180;

/** A plain face with the places around these eyes, above and below, in another grey. */
function shade(face: Face, sides: readonly EyeSide[], grey: number, where = ['above', 'below']) {
  const image: RgbaImage = { width: 300, height: 300, data: new Uint8Array(360_000).fill(SKIN) };
  for (const side of sides) {
    const { above, below } = EYE_RIMS[side];
    const points = [where.includes('above') ? above : [], where.includes('below') ? below : []];
    for (const point of points.flat()) {
      const { x, y } = facePointAt(face, point);
      const at = (Math.round(y) * image.width + Math.round(x)) * 4;
      image.data.fill(grey, at, at + 3);
    }
  }
  return measureEyeLight(image, face);
}

/** Points that the drawn eyes leave at one place lie on the cheek. */
function faceOnCheek(): Face {
  const face = eyesFace(1);
  for (let i = 0; i < face.length; i += 3) {
    if (face[i] === 0 && face[i + 1] === 0) face.set([140, 250], i);
  }
  return face;
}

test('an eye behind dark glass is hidden, the one beside it is not', () => {
  const face = faceOnCheek();
  const left = shade(face, ['left'], 20);
  assert.deepEqual(findHiddenEyes([left, left, left]), ['left']);
  const both = shade(face, EYE_SIDES, 20);
  assert.deepEqual(findHiddenEyes([both]), ['right', 'left']);
});

test('shade, make-up and a hand that passes hide no eye', () => {
  const face = faceOnCheek();
  const bare = shade(face, [], SKIN);
  const dark = shade(face, EYE_SIDES, 20);
  assert.deepEqual(findHiddenEyes([bare, dark, bare]), []);
  assert.deepEqual(findHiddenEyes([shade(face, EYE_SIDES, 70)]), []);
  assert.deepEqual(findHiddenEyes([shade(face, EYE_SIDES, 20, ['above'])]), []);
  assert.deepEqual(findHiddenEyes([]), []);
});
