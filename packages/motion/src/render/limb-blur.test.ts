import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import type { PerformanceFrame } from '../model/performance.ts';
import { ARM_RAISED, frameOf, jointsOf, stickFigure } from '../testing/stick-figure.ts';
import { createRenderer } from './renderer.ts';

const character = stickFigure();
const raised = frameOf(jointsOf(ARM_RAISED));

/** The raised forearm goes sideways by so many pixels while the shutter is open. */
function sweeping(way: number): PerformanceFrame {
  const sweep = new Float32Array(raised.joints.length);
  for (const joint of ['leftWrist', 'leftHand'] as const) sweep[JOINT_INDEX[joint] * 2] = way;
  return { ...raised, sweep };
}

function draw(frame: PerformanceFrame): RgbaImage {
  const image = createRenderer(character).renderFrame(frame);
  return { ...image, data: image.data.slice() };
}

/** Pixels that differ, the box around them, and how far their light has moved. */
function compare(a: RgbaImage, b: RgbaImage) {
  let [count, left, right, top, bottom] = [0, Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < a.data.length; i += 4) {
    if ([0, 1, 2].every((c) => Math.abs(a.data[i + c]! - b.data[i + c]!) <= 1)) continue;
    const [x, y] = [(i / 4) % a.width, Math.floor(i / 4 / a.width)];
    count++;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { count, left, right, top, bottom };
}

const meanOf = ({ data }: RgbaImage): number =>
  data.reduce((sum, value) => sum + value, 0) / data.length;

test('a fast forearm is smeared over its way and nothing else changes', () => {
  const way = 12;
  const sharp = draw(raised);
  const blurred = draw(sweeping(way));
  const { count, left, right, top, bottom } = compare(sharp, blurred);
  const [wristX, wristY] = ARM_RAISED.leftWrist;
  const [, elbowY] = ARM_RAISED.leftElbow;
  assert.ok(count > 40, `${count} pixels differ`);
  assert.ok(left >= wristX - 40 && right <= wristX + 40, `${left} to ${right}`);
  const [high, low] = [Math.min(wristY, elbowY), Math.max(wristY, elbowY)];
  assert.ok(top >= high - 40 && bottom <= low + 20, `${top} to ${bottom}`);
  // The limb neither grows nor pales: what it gives to one place it takes from another.
  assert.ok(Math.abs(meanOf(sharp) - meanOf(blurred)) < 0.05);
});

test('a smeared limb has no gap through which the plate shows', () => {
  const [onBlack, onWhite] = [0, 255].map((value) => {
    const plate = { ...character.plate, data: character.plate.data.map(() => value) };
    return createRenderer({ ...character, plate }).renderFrame(sweeping(12));
  });
  const [shoulderX, shoulderY] = ARM_RAISED.leftShoulder;
  const [elbowX, elbowY] = ARM_RAISED.leftElbow;
  for (let share = 0.1; share <= 1; share += 0.05) {
    const x = Math.round(shoulderX + share * (elbowX - shoulderX));
    const y = Math.round(shoulderY + share * (elbowY - shoulderY));
    const at = (y * onBlack!.width + x) * 4;
    const seen = onWhite!.data[at]! - onBlack!.data[at]!;
    assert.ok(seen < 8, `${seen} of the plate shows at ${share.toFixed(2)} of the upper arm`);
  }
});

test('a forearm that goes far leaves one even smear instead of a copy beside a copy', () => {
  const [wristX, wristY] = ARM_RAISED.leftWrist;
  const stepsIn = (image: RgbaImage): number => {
    const row = Math.round(wristY + 4) * image.width;
    let most = 0;
    for (let x = Math.round(wristX) - 60; x < wristX + 60; x++) {
      const at = (row + x) * 4;
      most = Math.max(most, Math.abs(image.data[at]! - image.data[at + 4]!));
    }
    return most;
  };
  const sharp = stepsIn(draw(raised));
  const far = stepsIn(draw(sweeping(60)));
  assert.ok(sharp > 40, `the sharp edge is only ${sharp} high`);
  assert.ok(far < sharp / 12, `steps of ${far} are left of ${sharp}`);
});
