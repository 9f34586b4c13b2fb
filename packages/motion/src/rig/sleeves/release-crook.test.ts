import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { releaseCrook } from './release-crook.ts';

const SIZE = 120;

/** A light arm with a dark square at some place, and whether that place is still arm afterwards. */
function keepsDark(place: { x: number; y: number }, wrist: { x: number; y: number }): boolean {
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'leftShoulder', { x: 90, y: 10 });
  setJoint(joints, 'leftElbow', { x: 90, y: 80 });
  setJoint(joints, 'leftWrist', wrist);
  const rgb = createRgb(SIZE, SIZE);
  for (const plane of rgb.channels) plane.fill(120);
  for (let y = place.y - 5; y <= place.y + 5; y++) {
    for (let x = place.x - 5; x <= place.x + 5; x++) {
      for (const plane of rgb.channels) plane[y * SIZE + x] = 10;
    }
  }
  const alpha = new Float32Array(SIZE * SIZE).fill(1);
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'full-body' };
  const labels = new Int8Array(SIZE * SIZE).fill(PART.leftArm);
  releaseCrook(figure, labels, 'leftArm');
  assert.equal(labels[5 * SIZE + 5], PART.leftArm, 'what is light stays with the arm');
  return labels[place.y * SIZE + place.x] === PART.leftArm;
}

const BENT = { x: 30, y: 80 };

test('the dark crook of a bent arm goes to the trunk', () => {
  assert.ok(!keepsDark({ x: 55, y: 45 }, BENT));
});

test('folds on the arm itself, on its outside, and those of a straight arm stay with it', () => {
  assert.ok(keepsDark({ x: 55, y: 72 }, BENT));
  assert.ok(keepsDark({ x: 55, y: 112 }, BENT));
  assert.ok(keepsDark({ x: 55, y: 45 }, { x: 90, y: 110 }));
});
