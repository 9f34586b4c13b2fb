import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { clipTrunk, isWithin, outlineTrunk } from './outline-trunk.ts';

const SIZE = 200;

/** A trunk to column 119 beside a left arm, with a dent and a bump where the arm lies over it. */
function drawTrunk(): { figure: Figure; labels: Int8Array } {
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'neck', { x: 90, y: 30 });
  setJoint(joints, 'pelvis', { x: 90, y: 150 });
  setJoint(joints, 'leftShoulder', { x: 120, y: 30 });
  setJoint(joints, 'rightShoulder', { x: 60, y: 30 });
  setJoint(joints, 'leftElbow', { x: 140, y: 80 });
  setJoint(joints, 'leftWrist', { x: 140, y: 130 });
  const labels = new Int8Array(SIZE * SIZE).fill(-1);
  for (let y = 30; y < 180; y++) {
    const isDent = y > 100 && y < 130;
    const isBump = y > 140 && y < 146;
    const edge = isDent ? 105 : isBump ? 135 : 120;
    labels.fill(PART.torso, y * SIZE + 60, y * SIZE + edge);
    labels.fill(PART.leftArm, y * SIZE + edge, y * SIZE + 160);
  }
  const empty = new Float32Array(SIZE * SIZE);
  const rgb = {
    width: SIZE,
    height: SIZE,
    channels: [empty, empty, empty] as Figure['rgb']['channels'],
  };
  return { figure: { rgb, alpha: empty, joints, face: null, framing: 'full-body' }, labels };
}

test('the trunk goes on behind a hand, and a fold of the sleeve is no part of it', () => {
  const { figure, labels } = drawTrunk();
  const outlines = outlineTrunk(figure, labels, ['leftArm']);
  const [outline] = outlines;
  assert.ok(outline);
  assert.ok(isWithin(outline, 115 * SIZE + 117, SIZE));
  assert.ok(!isWithin(outline, 115 * SIZE + 124, SIZE));
  const clipped = clipTrunk(labels, SIZE, outlines);
  assert.equal(clipped[143 * SIZE + 130], PART.leftArm);
  assert.equal(clipped[143 * SIZE + 110], PART.torso);
});

test('without a wide sleeve no trunk is guessed', () => {
  const { figure, labels } = drawTrunk();
  assert.deepEqual(outlineTrunk(figure, labels, []), []);
});

test('a sleeve that hides the armpit leaves no notch in the trunk below the shoulder', () => {
  const { figure, labels } = drawTrunk();
  for (let y = 45; y < 90; y++) {
    labels.fill(PART.leftArm, y * SIZE + 100, y * SIZE + 120);
  }
  const [outline] = outlineTrunk(figure, labels, ['leftArm']);
  assert.ok(outline);
  for (let y = 40; y < 130; y++) {
    assert.ok(isWithin(outline, y * SIZE + 117, SIZE), `row ${y} is notched`);
  }
});

test('above the shoulder no trunk is guessed or cut off', () => {
  const { figure, labels } = drawTrunk();
  for (let y = 20; y < 30; y++) labels.fill(PART.torso, y * SIZE + 80, y * SIZE + 100);
  const [outline] = outlineTrunk(figure, labels, ['leftArm']);
  assert.equal(outline?.top, 30);
});
