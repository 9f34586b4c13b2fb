import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { findWideSleeves } from './wide-sleeves.ts';

const SIZE = 200;
const FOREARM = 60;

/** A left forearm that hangs straight down from (100, 60), in a sleeve of the given width. */
function drawSleeve(sleeveWidth: number): { figure: Figure; labels: Int8Array } {
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'leftElbow', { x: 100, y: 60 });
  setJoint(joints, 'leftWrist', { x: 100, y: 60 + FOREARM });
  const labels = new Int8Array(SIZE * SIZE).fill(-1);
  for (let y = 50; y < 130; y++) {
    const left = Math.round(100 - sleeveWidth / 2);
    labels.fill(PART.leftArm, y * SIZE + left, y * SIZE + left + sleeveWidth);
  }
  const empty = new Float32Array(SIZE * SIZE);
  const rgb = {
    width: SIZE,
    height: SIZE,
    channels: [empty, empty, empty] as Figure['rgb']['channels'],
  };
  const figure: Figure = { rgb, alpha: empty, joints, face: null, framing: 'full-body' };
  return { figure, labels };
}

test('an arm in a sleeve wider than the forearm is long is held still, with the width seen', () => {
  const { figure, labels } = drawSleeve(72);
  const [frozen, ...others] = findWideSleeves(figure, labels, ['rightArm']);
  assert.equal(others.length, 0);
  assert.equal(frozen?.limb, 'leftArm');
  assert.match(frozen?.finding?.message ?? '', /sleeve is too wide \(1\.20 times/);
});

test('an arm in an ordinary sleeve moves', () => {
  const { figure, labels } = drawSleeve(28);
  assert.deepEqual(findWideSleeves(figure, labels, ['rightArm']), []);
});
