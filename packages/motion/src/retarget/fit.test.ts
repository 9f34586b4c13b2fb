import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINT_INDEX } from '../model/joints.ts';
import { FIGURE_HEIGHT, FIGURE_WIDTH, stickFigure } from '../testing/stick-figure.ts';
import { fitIntoFrame } from './fit.ts';

const COUNT = 100;
const character = stickFigure();
const HAND = JOINT_INDEX.leftHand * 2 + 1;
const size = new Float64Array(COUNT).fill(1);

/** A figure that stands still and lifts a hand to this height for some frames. */
function lifting(frames: number, y: number): Float32Array[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const joints = Float32Array.from(character.joints);
    if (i < frames) joints[HAND] = y;
    return joints;
  });
}

/** Where the highest hand comes to lie when the driver's never leave the clip. */
function highest(frames: readonly Float32Array[]): number {
  const { scale, y } = fitIntoFrame(character, frames, size, [0, 0]);
  return Math.min(...frames.map((joints) => scale * joints[HAND]! + y));
}

test('a hand that is lifted above the picture for a while is brought in', () => {
  const away = -0.1 * FIGURE_HEIGHT;
  assert.ok(highest(lifting(8, away)) >= 0, 'for 8 of 100 frames');
});

test('a hand that leaves the picture for a moment shrinks nobody', () => {
  const { scale } = fitIntoFrame(character, lifting(2, -0.1 * FIGURE_HEIGHT), size, [0, 0]);
  assert.equal(scale, 1);
});

test('for hands alone nobody shrinks without end, nor for hands that the driver hides', () => {
  const far = lifting(30, -2 * FIGURE_HEIGHT);
  assert.ok(fitIntoFrame(character, far, size, [0, 0]).scale >= 0.8);
  assert.equal(fitIntoFrame(character, far, size, [0, 0.4]).scale, 1);
});

test('a body whose arm a side border cuts makes no room for its hands, so the arm stays whole', () => {
  const reaching = lifting(COUNT, -0.1 * FIGURE_HEIGHT).map((joints) => {
    joints[JOINT_INDEX.leftHand * 2] = 1.2 * FIGURE_WIDTH;
    return joints;
  });
  const joints = Float32Array.from(character.joints);
  joints[JOINT_INDEX.rightWrist * 2] = -5;
  const movingLimbs = character.movingLimbs.filter((limb) => limb !== 'rightArm');
  const held = { ...character, joints, movingLimbs };
  assert.deepEqual(fitIntoFrame(held, reaching, size, [0, 0]), { scale: 1, x: 0, y: 0 });
  const free = fitIntoFrame(character, reaching, size, [0, 0]);
  assert.ok(free.scale < 0.95 || Math.abs(free.x) > 5);
});
