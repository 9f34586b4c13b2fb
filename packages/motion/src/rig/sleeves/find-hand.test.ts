import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import { setJoint } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { findHand } from './find-hand.ts';

const SIZE = 160;
const CUFF = [142, 111, 85] as const;
const LINING = [8, 5, 4] as const;
const SKIN = [200, 138, 96] as const;

/** A sleeve with a light cuff and a dark inside, before which a hand of 20 x 30 pixels hangs. */
function drawHand(skin: Colour, lining: Colour): { found: Uint8Array | null } {
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'leftElbow', { x: 80, y: 10 });
  setJoint(joints, 'leftWrist', { x: 80, y: 60 });
  setJoint(joints, 'leftHand', { x: 80, y: 84 });
  const rgb = createRgb(SIZE, SIZE);
  const labels = new Int8Array(SIZE * SIZE).fill(PART.torso);
  for (let i = 0; i < labels.length; i++) {
    const x = i % SIZE;
    const y = (i - x) / SIZE;
    const isHand = Math.abs(x - 80) <= 10 && y >= 76 && y <= 106;
    if (Math.abs(x - 80) < 40) labels[i] = PART.leftArm;
    const shade = x < 80 ? 0.6 : 1;
    const colour = isHand ? skin : y < 76 ? CUFF.map((value) => value * shade) : lining;
    for (const [c, plane] of rgb.channels.entries()) plane[i] = colour[c]!;
  }
  const alpha = new Float32Array(labels.length).fill(1);
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'full-body' };
  return { found: findHand(figure, labels, 'leftArm') };
}

test('a hand is found to the pixel, without a cuff that is lit as warmly as skin', () => {
  const { found } = drawHand(SKIN, LINING);
  assert.ok(found);
  let wrong = 0;
  for (let i = 0; i < found.length; i++) {
    const x = i % SIZE;
    const y = (i - x) / SIZE;
    const isHand = Math.abs(x - 80) <= 10 && y >= 76 && y <= 106;
    if ((found[i] === 1) !== isHand) wrong++;
  }
  assert.ok(wrong < 30, `${wrong} pixels are wrong`);
});

test('a hand in the colour of its sleeve stays with its sleeve', () => {
  assert.equal(drawHand(CUFF, CUFF).found, null);
});
