import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { releaseStrip } from './release-strip.ts';

const SIZE = 160;

/** Last column of the arm towards the trunk when a shadow of some pixels lies in its sleeve. */
function innerEdgeOf(shadow: { from: number; width: number }): number {
  const joints = new Float32Array(JOINTS.length * 2);
  for (const [name, x, y] of [
    ['neck', 40, 10],
    ['pelvis', 40, 100],
    ['leftShoulder', 90, 20],
    ['rightShoulder', -10, 20],
    ['leftHip', 60, 100],
    ['rightHip', 20, 100],
    ['leftElbow', 120, 60],
    ['leftWrist', 120, 120],
  ] as const) {
    setJoint(joints, name, { x, y });
  }
  const rgb = createRgb(SIZE, SIZE);
  const labels = new Int8Array(SIZE * SIZE).fill(PART.torso);
  for (let i = 0; i < labels.length; i++) {
    const x = i % SIZE;
    if (x >= 90) labels[i] = PART.leftArm;
    const isDark = x >= shadow.from && x < shadow.from + shadow.width;
    for (const plane of rgb.channels) plane[i] = isDark ? 10 : 120;
  }
  const alpha = new Float32Array(labels.length).fill(1);
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'full-body' };
  releaseStrip(figure, labels, 'leftArm');
  return labels.subarray(90 * SIZE, 91 * SIZE).indexOf(PART.leftArm);
}

test('a light strip past the shadow of a sleeve stays with the trunk', () => {
  assert.ok(innerEdgeOf({ from: 96, width: 5 }) >= 98);
});

test('a sleeve keeps its cloth when there is no shadow, a thin one, or one far inside', () => {
  assert.equal(innerEdgeOf({ from: 96, width: 0 }), 90);
  assert.equal(innerEdgeOf({ from: 96, width: 1 }), 90);
  assert.equal(innerEdgeOf({ from: 125, width: 5 }), 90);
});
