import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { planLayers } from './layer-masks.ts';

const SIZE = 120;
/** The trunk ends and the arm begins in this column. */
const EDGE = 80;

test('cloth that goes on under a bare arm does not learn the colours at the edge of the arm', () => {
  const labels = Int8Array.from({ length: SIZE * SIZE }, (_, i) =>
    i % SIZE < EDGE ? PART.torso : PART.leftArm,
  );
  const joints = new Float32Array(JOINTS.length * 2);
  for (const [name, x, y] of [
    ['neck', 50, 5],
    ['head', 50, 1],
    ['leftShoulder', 90, 2],
    ['leftElbow', 90, 40],
    ['leftWrist', 90, 80],
    ['leftHand', 90, 90],
  ] as const) {
    joints.set([x, y], JOINT_INDEX[name] * 2);
  }
  const alpha = new Float32Array(labels.length).fill(1);
  // All of one colour: nothing but the place can tell what is the arm's.
  const rgb = createRgb(SIZE, SIZE);
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'full-body' };
  const body = planLayers({
    figure,
    labels,
    modes: { leftArm: 'layer', rightArm: 'frozen', leftLeg: 'frozen', rightLeg: 'frozen' },
    halfWidths: { leftArm: 20, rightArm: 20, leftLeg: 20, rightLeg: 20 },
    isSkirt: false,
    hasHeadLayer: false,
    outlines: [],
    hands: {},
    hiddenArms: {},
  }).find(({ name }) => name === 'body')!;
  const row = 60 * SIZE;
  assert.equal(body.extend[row + EDGE], 1, 'the trunk goes on under the arm');
  assert.equal(body.doubtful[row + EDGE - 1], 1);
  assert.equal(body.doubtful[row + EDGE - 10], 0);
});
