import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { FACE, FACE_LANDMARK_COUNT, FACE_STRIDE } from '../../model/pose.ts';
import { createRgb } from '../../model/rgb.ts';
import { dropCollar } from './drop-collar.ts';
import type { Figure } from './figure.ts';
import { PART } from './parts.ts';

const WIDTH = 100;
const HEIGHT = 140;
const CHIN = 70;
const COLLAR = 90;
const SKIN: Colour = [218, 143, 97];
const LIT: Colour = [235, 207, 168];
const SHADE: Colour = [126, 60, 35];
const WHITE: Colour = [238, 232, 220];
const SHADED_WHITE: Colour = [160, 141, 119];
const HAIR: Colour = [60, 40, 30];
const SWEATER: Colour = [235, 207, 52];

/** A head with a lit and a shaded half, whose neck goes into a collar from row 90 to 105. */
const paint = (x: number, y: number): Colour => {
  if (y < 20) return HAIR;
  if (y < CHIN) return y < 51 ? SKIN : LIT;
  if (y < COLLAR) return x < 50 ? LIT : SHADE;
  return y < 105 ? (x < 50 ? WHITE : SHADED_WHITE) : SWEATER;
};

function figureOf(colourAt: (x: number, y: number) => Colour): {
  figure: Figure;
  labels: Int8Array;
} {
  const rgb = createRgb(WIDTH, HEIGHT);
  const labels = new Int8Array(WIDTH * HEIGHT).fill(PART.torso);
  for (let i = 0; i < labels.length; i += 1) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const colour = colourAt(x, y);
    for (let c = 0; c < 3; c += 1) rgb.channels[c]![i] = colour[c]!;
    if (y < 100) labels[i] = PART.head;
  }
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  for (let point = 0; point < FACE_LANDMARK_COUNT; point += 1) {
    face.set([30 + (point % 40), 30 + (point % 37), 0], point * FACE_STRIDE);
  }
  face.set([50, CHIN, 0], FACE.chin * FACE_STRIDE);
  const joints = new Float32Array(JOINTS.length * 2);
  joints.set([50, 110], JOINT_INDEX.neck * 2);
  joints.set([50, 40], JOINT_INDEX.head * 2);
  const alpha = new Float32Array(labels.length).fill(1);
  return { figure: { rgb, alpha, joints, face, framing: 'full-body' }, labels };
}

const appearance = {
  isSkirt: false,
  isHandVisible: { left: true, right: true },
  hair: [HAIR],
  crown: HAIR,
};

test('a collar goes with the trunk as a whole, the neck in light and shade with the head', () => {
  const { figure, labels } = figureOf(paint);
  const dropped = dropCollar(figure, appearance, labels);
  const partAt = (x: number, y: number): number => dropped[y * WIDTH + x]!;
  assert.equal(partAt(20, 95), PART.torso, 'lit cloth');
  assert.equal(partAt(80, 95), PART.torso, 'cloth in shadow');
  assert.equal(partAt(20, 80), PART.head, 'lit neck');
  assert.equal(partAt(80, 80), PART.head, 'neck in shadow');
  assert.equal(partAt(50, 10), PART.head, 'hair');
});

test('a scarf that goes up around the face stays with the head', () => {
  const isScarf = (x: number): boolean => x < 15 || x > 85;
  const { figure, labels } = figureOf((x, y) => (isScarf(x) && y < 105 ? WHITE : paint(x, y)));
  assert.deepEqual(dropCollar(figure, appearance, labels), labels);
});
