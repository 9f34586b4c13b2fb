import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { RgbaImage } from '../model/image.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { FACE_LANDMARK_COUNT, FACE_STRIDE, type Face } from '../model/pose.ts';
import { cutMouth, measureMouthOpening, mouthNear, moveMouth } from './mouth.ts';

/** Eyes 100 apart; inner lips on an ellipse around (150, 200) that is `gap` high. */
function makeFace(gap: number): Face {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE).fill(150);
  const put = (point: number, x: number, y: number) => face.set([x, y, 0], point * FACE_STRIDE);
  for (const [i, point] of INNER_LIPS.entries()) {
    const angle = (2 * Math.PI * i) / INNER_LIPS.length;
    put(point, 150 + 30 * Math.cos(angle), 200 + (gap / 2) * Math.sin(angle));
  }
  put(13, 150, 200 - gap / 2);
  put(14, 150, 200 + gap / 2);
  put(33, 100, 100);
  put(263, 200, 100);
  return face;
}

/** Grey, but red where the mouth is. */
function makeImage(): RgbaImage {
  const data = new Uint8Array(300 * 300 * 4).fill(128);
  for (let y = 190; y < 210; y += 1) {
    for (let x = 120; x < 180; x += 1) data.set([250, 0, 0, 255], (y * 300 + x) * 4);
  }
  return { width: 300, height: 300, data };
}

test('the opening of a mouth is measured against the eyes', () => {
  assert.ok(Math.abs(measureMouthOpening(makeFace(20)) - 0.2) < 1e-6);
});

test('a closed mouth is not kept', async () => {
  assert.equal(await cutMouth(makeImage(), makeFace(1), 1), null);
});

test('an open mouth is kept with half of its size around it, in clip pixels', async () => {
  const patch = await cutMouth(makeImage(), makeFace(20), 2);
  assert.ok(patch !== null);
  assert.deepEqual([patch.x, patch.width], [210, 180]);
  assert.ok(Math.abs(patch.y + patch.height / 2 - 400) <= 2);
  const { data, info } = await sharp(patch.jpeg).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.channels], [90, 3]);
  const middle = (Math.floor(info.height / 2) * info.width + 45) * 3;
  assert.ok(data[middle]! > 200 && data[middle + 1]! < 60);
});

test('a mouth outside the picture is not kept', async () => {
  const outside = makeFace(20).map((value) => value + 400);
  assert.equal(await cutMouth(makeImage(), outside, 1), null);
});

test('a kept mouth moves with its lips', async () => {
  const seenOn = makeFace(20);
  const patch = (await cutMouth(makeImage(), seenOn, 1))!;
  const moved = moveMouth(
    patch,
    seenOn,
    seenOn.map((value, i) => (i % 3 === 0 ? value + 7.5 : value)),
  );
  assert.ok(Math.abs(moved.x - patch.x - 7.5) < 1e-4);
  assert.ok(Math.abs(moved.y - patch.y) < 1e-4);
  assert.equal(moved.jpeg, patch.jpeg);
});

test('a frame that only repeats the one before keeps the open mouth beside it', async () => {
  const face = makeFace(20);
  const mouth = await cutMouth(makeImage(), face, 1);
  const open = { face, mouth };
  const repeat = { face: null, mouth: null };
  const moved = face.map((value, i) => (i % FACE_STRIDE === 0 ? value + 5 : value));
  assert.equal(mouthNear([open, repeat, open], 1, moved)?.x, mouth!.x + 5);
  assert.equal(mouthNear([repeat, open], 0, face)?.x, mouth!.x);
  const far = [open, repeat, repeat, repeat, repeat];
  assert.equal(mouthNear(far, 4, face), null);
});

test('a mouth that was read as closed borrows none from the frames beside it', async () => {
  const face = makeFace(20);
  const open = { face, mouth: await cutMouth(makeImage(), face, 1) };
  const closed = { face: makeFace(1), mouth: null };
  assert.equal(mouthNear([open, closed, open], 1, face), null);
});
