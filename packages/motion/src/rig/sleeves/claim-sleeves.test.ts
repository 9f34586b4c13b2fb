import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { claimSleeves, findShadow } from './claim-sleeves.ts';

const WIDTH = 200;
const HEIGHT = 200;

/** An arm whose sleeve reaches towards the spine below the wrist, where it has `inner` light. */
function drawSleeve(inner: number): { figure: Figure; labels: Int8Array } {
  const joints = new Float32Array(JOINTS.length * 2);
  for (const [name, x, y] of [
    ['neck', 80, 20],
    ['pelvis', 80, 150],
    ['head', 80, 5],
    ['leftShoulder', 110, 30],
    ['rightShoulder', 50, 30],
    ['leftHip', 95, 150],
    ['rightHip', 65, 150],
    ['leftElbow', 150, 80],
    ['leftWrist', 165, 120],
    ['leftHand', 168, 135],
  ] as const) {
    setJoint(joints, name, { x, y });
  }
  const labels = new Int8Array(WIDTH * HEIGHT).fill(PART.torso);
  const rgb = createRgb(WIDTH, HEIGHT);
  for (let i = 0; i < labels.length; i++) {
    const x = i % WIDTH;
    const y = (i - x) / WIDTH;
    const isSleeve = x > (y < 120 ? 140 : 115) && x < 180 && y > 60 && y < 160;
    if (isSleeve) labels[i] = PART.leftArm;
    const light = isSleeve ? (y >= 120 && x < 150 ? inner : 160) : 70;
    for (const plane of rgb.channels) plane[i] = light;
  }
  const alpha = new Float32Array(labels.length).fill(1);
  return { figure: { rgb, alpha, joints, face: null, framing: 'full-body' }, labels };
}

function armAt(inner: number, x: number, y: number): boolean {
  const { figure, labels } = drawSleeve(inner);
  return claimSleeves(figure, labels, ['leftArm'])[y * WIDTH + x] === PART.leftArm;
}

test('a sleeve that is wide towards the spine keeps its cloth', () => {
  assert.ok(armAt(160, 128, 130));
  assert.ok(armAt(160, 165, 130));
});

test('what is dark past the cuff is trunk', () => {
  assert.ok(!armAt(12, 128, 130));
  assert.ok(armAt(12, 165, 130));
});

test('dark trunk beside a sleeve is its shadow; a dark bow that does not touch it is not', () => {
  const { figure, labels } = drawSleeve(160);
  const darken = (left: number, right: number, top: number): void => {
    for (let y = top; y < top + 12; y++) {
      for (let x = left; x < right; x++) {
        for (const plane of figure.rgb.channels) plane[y * WIDTH + x] = 8;
      }
    }
  };
  darken(133, 141, 70);
  darken(130, 136, 100);
  const shadow = findShadow(figure, labels, 'leftArm');
  assert.equal(shadow[76 * WIDTH + 137], 1);
  assert.equal(shadow[106 * WIDTH + 133], 0);
});
