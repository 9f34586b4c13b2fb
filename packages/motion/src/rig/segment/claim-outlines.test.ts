import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, type Joint } from '../../model/character.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import { claimOutlines } from './claim-outlines.ts';
import type { Figure } from './figure.ts';
import { PART } from './parts.ts';

const [WIDTH, HEIGHT] = [60, 80];
/** The line between trunk and arm is in columns 30 and 31; the labels divide it. */
const [LINE, EDGE] = [30, 31];
const CLOTH = [240, 180, 60] as const;
const INK = [50, 40, 60] as const;

function drawFigure(noise: number): Figure {
  const rgb = createRgb(WIDTH, HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH;
    const colour = x === LINE || x === EDGE ? INK : CLOTH;
    for (const [c, value] of colour.entries()) rgb.channels[c]![i] = value - noise * (i % 3);
  }
  const joints = new Float32Array(JOINTS.length * 2).fill(10);
  const place = (joint: Joint, x: number, y: number): void =>
    joints.set([x, y], JOINT_INDEX[joint] * 2);
  place('leftShoulder', 40, 5);
  place('leftElbow', 40, 40);
  place('leftWrist', 40, 75);
  const alpha = new Float32Array(WIDTH * HEIGHT).fill(1);
  return { rgb, alpha, joints, face: null, framing: 'full-body' };
}

const labels = Int8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
  i % WIDTH < EDGE ? PART.torso : PART.leftArm,
);

test('the line between an arm and the body of a drawing goes with the arm', () => {
  const claimed = claimOutlines(drawFigure(0), labels, ['rightArm']);
  const row = claimed.subarray(40 * WIDTH, 41 * WIDTH);
  assert.equal(row[LINE], PART.leftArm);
  assert.equal(row[LINE - 1], PART.torso);
  assert.deepEqual(row.subarray(EDGE), labels.subarray(40 * WIDTH + EDGE, 41 * WIDTH));
});

test('photographs keep their labels, and arms that do not move take no lines', () => {
  assert.deepEqual(claimOutlines(drawFigure(4), labels, ['rightArm']), labels);
  assert.deepEqual(claimOutlines(drawFigure(0), labels, ['leftArm', 'rightArm']), labels);
});
