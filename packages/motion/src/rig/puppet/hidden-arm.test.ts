import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, type JointPositions } from '../../model/character.ts';
import { JOINT_INDEX, jointAt } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { NO_PART, PART } from '../segment/parts.ts';
import { completeArms, extendArmUnderTrunk } from './hidden-arm.ts';

const WIDTH = 160;
const HEIGHT = 180;
const SKIN = [210, 160, 130] as const;
const SHIRT = [40, 80, 170] as const;
const RIGHT = { from: 12, to: 32 } as const;
const LEFT = { from: 128, to: 148 } as const;

/**
 * A trunk between two hanging arms, with a gap on its right; it hides the left arm up to column
 * `seenFrom`, or farther by `tornBy` of the row. The upper arms are in sleeves down to row 40.
 */
function drawFigure(
  seenFrom: number,
  tornBy: (y: number) => number = () => 0,
): { figure: Figure; labels: Int8Array } {
  const rgb = createRgb(WIDTH, HEIGHT);
  const labels = new Int8Array(WIDTH * HEIGHT).fill(NO_PART);
  const alpha = new Float32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const x = i % WIDTH;
    const y = (i - x) / WIDTH;
    if (x >= RIGHT.from && x < RIGHT.to) labels[i] = PART.rightArm;
    else if (x >= seenFrom + tornBy(y) && x < LEFT.to) labels[i] = PART.leftArm;
    else if (x >= 50 && x < seenFrom + tornBy(y)) labels[i] = PART.torso;
    if (labels[i] === NO_PART) continue;
    alpha[i] = 1;
    const isSkin = labels[i] !== PART.torso && y >= 40;
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = (isSkin ? SKIN : SHIRT)[c]!;
  }
  const joints: JointPositions = new Float32Array(JOINTS.length * 2);
  for (const [name, y] of [
    ['Shoulder', 10],
    ['Elbow', 80],
    ['Wrist', 150],
  ] as const) {
    joints.set([(RIGHT.from + RIGHT.to) / 2, y], JOINT_INDEX[`right${name}`] * 2);
    joints.set([(seenFrom + LEFT.to) / 2, y], JOINT_INDEX[`left${name}`] * 2);
  }
  return { figure: { rgb, alpha, joints, face: null, framing: 'full-body' }, labels };
}

/** How wide the left arm is in a row, seen and guessed. */
function widthAt(row: number, labels: Int8Array, extend: Uint8Array): number {
  let width = 0;
  for (let x = 0; x < WIDTH; x++) {
    const i = row * WIDTH + x;
    if (labels[i] === PART.leftArm || extend[i] === 1) width++;
  }
  return width;
}

test('an arm half behind the trunk gets the width of its partner, and none of its own sleeve', () => {
  const { figure, labels } = drawFigure(138);
  const extend = extendArmUnderTrunk(figure, labels, 'leftArm');
  for (const row of [70, 90, 110, 130]) {
    const width = widthAt(row, labels, extend);
    assert.ok(Math.abs(width - 20) <= 2, `${width} pixels wide in row ${row}`);
  }
  assert.equal(widthAt(20, labels, extend), 10);
  const isUnder = extend.every((value, i) => value === 0 || labels[i] === PART.torso);
  assert.ok(isUnder, 'only what hides the arm is added');
});

test('arms that are seen wholly stay as they are', () => {
  const whole = drawFigure(LEFT.from);
  assert.ok(!extendArmUnderTrunk(whole.figure, whole.labels, 'leftArm').includes(1));
  const hidden = drawFigure(138);
  assert.ok(!extendArmUnderTrunk(hidden.figure, hidden.labels, 'rightArm').includes(1));
});

test('the hidden side of an arm ends in an even line where the seen one is torn', () => {
  const { figure, labels } = drawFigure(136, (y) => (y % 24 < 10 ? 3 : 0));
  const extend = extendArmUnderTrunk(figure, labels, 'leftArm');
  const widths = Array.from({ length: 34 }, (_, n) => widthAt(98 + n, labels, extend));
  assert.ok(Math.max(...widths) - Math.min(...widths) <= 1, widths.join(' '));
});

test('elbow and wrist of an arm half behind the trunk lie in the middle of the whole arm', () => {
  const { figure, labels } = drawFigure(138);
  const { figure: whole, hidden } = completeArms(figure, labels, ['leftArm', 'rightArm']);
  for (const name of ['leftElbow', 'leftWrist'] as const) {
    const seen = jointAt(figure.joints, name);
    const joint = jointAt(whole.joints, name);
    const middle = (LEFT.from + LEFT.to) / 2;
    assert.ok(Math.abs(seen.x - middle) > 4, `${name} was at the rim of the whole arm`);
    assert.ok(Math.abs(joint.x - middle) <= 1.5, `${name} at ${joint.x}, middle at ${middle}`);
  }
  assert.deepEqual(Object.keys(hidden), ['leftArm']);
  for (const name of ['leftShoulder', 'rightElbow', 'rightWrist'] as const) {
    assert.deepEqual(jointAt(whole.joints, name), jointAt(figure.joints, name));
  }
});
