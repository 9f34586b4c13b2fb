import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, LIMBS } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt, setJoint } from '../../model/joints.ts';
import { distanceToSegment } from '../../model/segment.ts';
import { centreJoints } from './centre-joints.ts';
import type { Figure } from './figure.ts';
import { NO_PART, PART } from './parts.ts';

const SIZE = 240;
const HALF_WIDTH = 10;
const SHOULDER = { x: 120, y: 20 };
const ELBOW = { x: 120, y: 100 };
const WRIST = { x: 140, y: 175 };
const HAND = { x: 146, y: 195 };
const OTHERS = LIMBS.filter((limb) => limb !== 'leftArm');

/** A left arm of known course whose elbow and wrist were detected `off` pixels to the right. */
function drawArm(off: number): { figure: Figure; labels: Int8Array } {
  const joints = new Float32Array(JOINTS.length * 2);
  const shift = ({ x, y }: Point): Point => ({ x: x + off, y });
  setJoint(joints, 'leftShoulder', SHOULDER);
  setJoint(joints, 'leftElbow', shift(ELBOW));
  setJoint(joints, 'leftWrist', shift(WRIST));
  setJoint(joints, 'leftHand', shift(HAND));
  const labels = new Int8Array(SIZE * SIZE).fill(NO_PART);
  const alpha = new Float32Array(SIZE * SIZE);
  const bones = [SHOULDER, ELBOW, WRIST, HAND];
  for (let i = 0; i < labels.length; i++) {
    const x = i % SIZE;
    const y = (i - x) / SIZE;
    const near = bones.slice(1).map((b, n) => {
      const a = bones[n]!;
      return distanceToSegment(x, y, a.x, a.y, b.x, b.y);
    });
    if (Math.min(...near) > HALF_WIDTH) continue;
    labels[i] = PART.leftArm;
    alpha[i] = 1;
  }
  const channels: Figure['rgb']['channels'] = [alpha, alpha, alpha];
  const rgb = { width: SIZE, height: SIZE, channels };
  return { figure: { rgb, alpha, joints, face: null, framing: 'full-body' }, labels };
}

const fromMiddle = (joint: Point, middle: Point): number =>
  Math.hypot(joint.x - middle.x, joint.y - middle.y);

test('joints that were found at the rim of an arm go to its middle, and the hand with them', () => {
  const { figure, labels } = drawArm(9);
  const joints = centreJoints(figure, labels, OTHERS);
  assert.ok(fromMiddle(jointAt(joints, 'leftElbow'), ELBOW) < 0.35 * HALF_WIDTH);
  assert.ok(fromMiddle(jointAt(joints, 'leftWrist'), WRIST) < 0.35 * HALF_WIDTH);
  assert.ok(fromMiddle(jointAt(joints, 'leftHand'), HAND) < 0.35 * HALF_WIDTH);
  assert.deepEqual(jointAt(joints, 'leftShoulder'), SHOULDER);
});

test('bones keep their lengths when their joints are centred', () => {
  const { figure, labels } = drawArm(9);
  const joints = centreJoints(figure, labels, OTHERS);
  const elbow = jointAt(joints, 'leftElbow');
  const wrist = jointAt(joints, 'leftWrist');
  const forearm = Math.hypot(WRIST.x - ELBOW.x, WRIST.y - ELBOW.y);
  assert.ok(Math.abs(Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y) / forearm - 1) < 0.05);
});

test('joints that are near the middle already, and limbs held still, are left where they are', () => {
  const near = drawArm(1);
  assert.deepEqual(centreJoints(near.figure, near.labels, OTHERS), near.figure.joints);
  const off = drawArm(9);
  assert.deepEqual(centreJoints(off.figure, off.labels, LIMBS), off.figure.joints);
});

test('a joint without a limb under it stays', () => {
  const { figure, labels } = drawArm(9);
  const none = labels.map(() => NO_PART);
  assert.deepEqual(centreJoints(figure, none, OTHERS), figure.joints);
});
