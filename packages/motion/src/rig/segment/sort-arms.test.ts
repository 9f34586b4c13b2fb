import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, type JointPositions } from '../../model/character.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from './figure.ts';
import { NO_PART, PART, PART_COUNT } from './parts.ts';
import { sortArms } from './sort-arms.ts';

const WIDTH = 100;
const HEIGHT = 160;
const SKIN = [210, 160, 130] as const;
const SHIRT = [40, 80, 170] as const;

const isArm = (x: number): boolean => x >= 60 && x < 76;
const isStrip = (x: number): boolean => x >= 54 && x < 60;

/** A bare arm hanging beside a shirt; a strip of the shirt is labelled arm. */
function drawFigure(): { figure: Figure; labels: Int8Array; excess: Float32Array[] } {
  const rgb = createRgb(WIDTH, HEIGHT);
  const labels = new Int8Array(WIDTH * HEIGHT).fill(NO_PART);
  const excess = Array.from({ length: PART_COUNT }, () => new Float32Array(labels.length));
  for (let i = 0; i < labels.length; i++) {
    const x = i % WIDTH;
    // The arm lies half in shadow, which is not a reason to take it away.
    const shade = x >= 70 ? 0.6 : 1;
    const isSkin = isArm(x);
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = isSkin ? shade * SKIN[c]! : SHIRT[c]!;
    if (isSkin || isStrip(x)) labels[i] = PART.leftArm;
    else if (x >= 20 && x < 60) labels[i] = PART.torso;
    excess[PART.leftArm]![i] = isSkin ? 0 : 100;
    excess[PART.torso]![i] = isSkin ? (shade < 1 ? 0 : 100) : 0;
  }
  const joints: JointPositions = new Float32Array(JOINTS.length * 2);
  for (const [name, y] of [
    ['leftShoulder', 10],
    ['leftElbow', 70],
    ['leftWrist', 130],
  ] as const) {
    joints.set([68, y], JOINT_INDEX[name] * 2);
  }
  const alpha = new Float32Array(labels.length).fill(1);
  return { figure: { rgb, alpha, joints, face: null, framing: 'full-body' }, labels, excess };
}

test('a strip of shirt beside a bare arm stays with the trunk, skin in shadow with the arm', () => {
  const { figure, labels, excess } = drawFigure();
  const sorted = sortArms(figure, labels, excess, ['rightArm']);
  for (let x = 54; x < 76; x++) {
    const part = sorted[100 * WIDTH + x];
    assert.equal(part, isStrip(x) ? PART.torso : PART.leftArm, `column ${x}`);
  }
});

test('an arm that does not move is left alone', () => {
  const { figure, labels, excess } = drawFigure();
  assert.deepEqual(sortArms(figure, labels, excess, ['leftArm', 'rightArm']), labels);
});

test('shirt beside the bare part of an arm stays with the trunk although the sleeve is like it', () => {
  const { figure, labels, excess } = drawFigure();
  // Without face points its colour is that of the middle of the head.
  figure.joints.set([68, 140], JOINT_INDEX.head * 2);
  for (let i = 0; i < labels.length; i++) {
    // A short sleeve, after whose colours cloth is no more like the trunk than like the arm.
    if (i < 36 * WIDTH) for (let c = 0; c < 3; c++) figure.rgb.channels[c]![i] = SHIRT[c]!;
    excess[PART.leftArm]![i] = 0;
  }
  const sorted = sortArms(figure, labels, excess, ['rightArm']);
  for (const y of [50, 60]) {
    assert.equal(sorted[y * WIDTH + 56], PART.torso, `the strip in row ${y}`);
    assert.equal(sorted[y * WIDTH + 68], PART.leftArm, `the skin in row ${y}`);
  }
  assert.equal(sorted[30 * WIDTH + 56], PART.leftArm, 'the sleeve');
});

test('a long sleeve of a warm colour is no bare arm, its folds stay with it', () => {
  const { figure, labels, excess } = drawFigure();
  figure.joints.set([68, 140], JOINT_INDEX.head * 2);
  for (let i = 0; i < labels.length; i++) {
    excess[PART.leftArm]![i] = 0;
    // Above the hand the arm is yellow, with a collar of another colour at the shoulder.
    const colour = i < 18 * WIDTH ? SHIRT : [230, 198, 46];
    if (i < 130 * WIDTH && isArm(i % WIDTH)) {
      for (let c = 0; c < 3; c++) figure.rgb.channels[c]![i] = colour[c]!;
    }
  }
  const sorted = sortArms(figure, labels, excess, ['rightArm']);
  for (const y of [50, 60]) assert.equal(sorted[y * WIDTH + 56], PART.leftArm, `row ${y}`);
});
