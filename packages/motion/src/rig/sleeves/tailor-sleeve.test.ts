import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { setJoint } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import { type SleevePiece, tailorSleeve } from './tailor-sleeve.ts';

const [WIDTH, HEIGHT] = [120, 200];
const [SHOULDER, ELBOW, WRIST] = [
  { x: 60, y: 40 },
  { x: 60, y: 110 },
  { x: 60, y: 150 },
];

type Paint = (x: number, y: number) => [light: number, isArm: boolean];

/** An arm that hangs straight down, 32 pixels wide, painted as asked; its hand begins at 152. */
function cut(paint: Paint): { upper: SleevePiece; lower: SleevePiece } {
  const rgb = createRgb(WIDTH, HEIGHT);
  const labels = new Int8Array(WIDTH * HEIGHT).fill(PART.torso);
  const hand = new Uint8Array(labels.length);
  const alpha = new Float32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const [light, isArm] = paint(x, y);
    for (const plane of rgb.channels) plane[i] = light;
    if (isArm) labels[i] = PART.leftArm;
    alpha[i] = isArm ? 1 : 0;
    if (isArm && Math.abs(x - WRIST.x) < 7 && y >= 152 && y < 168) hand[i] = 1;
  }
  const joints = new Float32Array(JOINTS.length * 2);
  setJoint(joints, 'leftShoulder', SHOULDER);
  setJoint(joints, 'leftElbow', ELBOW);
  setJoint(joints, 'leftWrist', WRIST);
  setJoint(joints, 'leftHand', { x: 60, y: 160 });
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'half-body' };
  return tailorSleeve(figure, labels, 'leftArm', hand);
}

const isSleeve = (x: number, y: number): boolean => Math.abs(x - 60) <= 16 && y > 24 && y < 170;
const even: Paint = (x, y) => [80, isSleeve(x, y)];
const at = (x: number, y: number): number => y * WIDTH + x;

/** Columns of a row that a piece covers. */
function widthAt({ shape }: SleevePiece, y: number): number {
  return shape.subarray(y * WIDTH, (y + 1) * WIDTH).reduce((sum, share) => sum + share, 0);
}

test('both pieces go on past the elbow in the same round end', () => {
  const { upper, lower } = cut(even);
  assert.ok(widthAt(upper, ELBOW.y + 8) > 24 && widthAt(upper, ELBOW.y + 20) === 0);
  assert.ok(Math.abs(widthAt(upper, ELBOW.y) - widthAt(lower, ELBOW.y)) < 2);
  assert.ok(lower.shape[at(60, ELBOW.y - 4)]! > 0.9 && lower.shape[at(60, ELBOW.y - 18)] === 0);
});

test('a sleeve ends in one round line, whatever rags the picture shows there', () => {
  const torn: Paint = (x, y) => [80, isSleeve(x, y) && (y < 135 || (x + y) % 9 > 3)];
  const { lower } = cut(torn);
  const ends: number[] = [];
  for (let x = 48; x <= 72; x++) {
    let y = 120;
    while (lower.shape[at(x, y)]! > 0.5) y++;
    ends.push(y);
  }
  const steps = ends.slice(1).map((end, n) => Math.abs(end - ends[n]!));
  assert.ok(Math.max(...steps) <= 1, ends.join(' '));
  assert.ok(ends[12]! > ends[0]!, ends.join(' '));
});

test('a flap that hangs beside the forearm is left out', () => {
  const flap: Paint = (x, y) => [80, isSleeve(x, y) || (x > 60 && x < 100 && y > 118 && y < 168)];
  const { lower } = cut(flap);
  for (let y = 120; y < 150; y++) assert.equal(lower.shape[at(84, y)], 0);
});

test('the inside of a sleeve is no cloth, dark folds farther up are', () => {
  const dark: Paint = (x, y) => [y > 140 || (y > 60 && y < 66) ? 8 : 80, isSleeve(x, y)];
  const { upper, lower } = cut(dark);
  assert.equal(upper.cloth[at(60, 63)], 1);
  assert.equal(lower.cloth[at(50, 145)], 0);
  assert.equal(lower.cuff, null);
});

test('a light cuff is seen, and goes round the whole end of the sleeve', () => {
  const cuffed: Paint = (x, y) => [y > 138 && x < 62 ? 190 : 80, isSleeve(x, y)];
  const { lower } = cut(cuffed);
  assert.ok(lower.cuff, 'there is no cuff');
  assert.ok(lower.cuff.cloth[at(48, 145)] === 1 && lower.cuff.cloth[at(70, 145)] === 0);
  for (const x of [48, 60, 72]) {
    assert.equal(lower.cuff.zone[at(x, ELBOW.y + 10)], 0);
    assert.equal(lower.cuff.zone[at(x, WRIST.y)], 1);
  }
});
