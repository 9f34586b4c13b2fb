import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeColourWatch, mayBeCut } from '../model/colour-watch.ts';
import type { RgbaImage } from '../model/image.ts';
import { POSE_STRIDE } from '../model/pose.ts';
import { poseOf, STANDING, shifted } from '../testing/stick-figure.ts';
import { cleanPoses } from './clean-paths.ts';
import { cleanShots, findCuts, tellCuts } from './cuts.ts';
import { densifySeries, firstOfShot } from './series.ts';

const here = poseOf(STANDING);
const there = poseOf(shifted(STANDING, 200, 0));

function room(wall: number, figureX: number): RgbaImage {
  const [width, height] = [90, 60];
  const data = new Uint8Array(width * height * 4).fill(wall);
  for (let y = 20; y < height; y += 1) {
    for (let x = figureX; x < figureX + 15; x += 1)
      data.fill(30, (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
  return { width, height, data };
}

test('another room may be a cut, a person who moves in the same one is none', () => {
  const watch = makeColourWatch();
  assert.equal(watch(room(200, 30)), null);
  assert.equal(mayBeCut(watch(room(200, 36))), false);
  assert.equal(mayBeCut(watch(room(120, 36))), true);
  assert.equal(mayBeCut(watch(room(120, 36))), false);
});

test('a body of another size at the same place stands in another shot', () => {
  const smaller = here.slice();
  for (let at = 0; at < smaller.length; at += POSE_STRIDE) {
    smaller[at] = here[0]! + (here[at]! - here[0]!) * 0.7;
    smaller[at + 1] = here[1]! + (here[at + 1]! - here[1]!) * 0.7;
  }
  const before = { colourChange: 1, pose: here };
  assert.deepEqual(findCuts([before, { colourChange: 40, pose: smaller }]), [1]);
  assert.deepEqual(findCuts([before, { colourChange: 1, pose: smaller }]), []);
});

test('a cut is a jump of the colours and of the body, a flash of light is none', () => {
  const frame = (colourChange: number | null, pose: Float32Array | null) => ({
    colourChange,
    pose,
  });
  const repeat = frame(null, null);
  const still = frame(1, here);
  assert.deepEqual(findCuts([frame(null, here), still, frame(40, here), still]), []);
  assert.deepEqual(findCuts([frame(null, here), still, frame(1, there), still]), []);
  assert.deepEqual(findCuts([frame(null, here), still, frame(40, there), frame(1, there)]), [2]);
  assert.deepEqual(findCuts([frame(null, here), repeat, frame(40, there)]), [2]);
  assert.deepEqual(findCuts([frame(null, here), frame(40, null), frame(40, here)]), [1, 2]);
});

test('a camera that swings away from the person makes no cut', () => {
  const pan = [null, 1, 9, 12, 11, 8, 1].map((change, i) => ({
    colourChange: change,
    pose: i < 3 ? here : null,
  }));
  assert.deepEqual(findCuts(pan), []);
});

test('nothing is smoothed or bridged across a cut', () => {
  const series = [
    ...Array(6).fill(here),
    null,
    null,
    ...Array(6).fill(there),
  ] as (Float32Array | null)[];
  const clean = cleanShots(series, [7], (shot) => cleanPoses(shot, 25));
  assert.equal(clean.length, series.length);
  for (const [i, pose] of clean.entries()) {
    const expected = i < 7 ? here : there;
    assert.ok(
      pose?.every((value, n) => Math.abs(value - expected[n]!) < 1e-3),
      `frame ${i}`,
    );
  }
});

test('frames between those looked at belong to one shot or the other', () => {
  const [a, b] = [Float32Array.of(0), Float32Array.of(100)];
  const dense = densifySeries([a, a, b, b], 4, 14, [2]).map((entry) => entry![0]);
  assert.deepEqual(dense, [0, 0, 0, 0, 0, 0, 100, 100, 100, 100, 100, 100, 100, 100]);
  assert.equal(dense.indexOf(100), firstOfShot(2, 4));
});

test('the finding tells when the clip cuts', () => {
  const [finding] = tellCuts([1.5, 3.25]);
  assert.equal(finding?.code, 'cut');
  assert.equal(finding?.value, 1.5);
  assert.match(finding?.message ?? '', /at 1\.50 s, 3\.25 s;/);
  assert.deepEqual(tellCuts([]), []);
});
