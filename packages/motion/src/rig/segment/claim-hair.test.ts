import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, type JointPositions } from '../../model/character.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import { claimHair } from './claim-hair.ts';
import type { Figure } from './figure.ts';
import { PART, PART_COUNT } from './parts.ts';

const WIDTH = 160;
const HEIGHT = 200;
const HAIR = [110, 70, 40] as const;
const SHADOWED_SKIN = [125, 82, 55] as const;
const SHIRT = [40, 80, 170] as const;

const isHead = (x: number, y: number): boolean => y < 60 && x >= 40 && x < 100;
const isStrand = (x: number, y: number): boolean => y >= 60 && y < 120 && x >= 92 && x < 100;
const isArm = (x: number): boolean => x >= 108 && x < 132;

test('a strand of hair beside an arm in shadow stays with the head, the arm keeps its skin', () => {
  const rgb = createRgb(WIDTH, HEIGHT);
  const labels = new Int8Array(WIDTH * HEIGHT).fill(PART.torso);
  const excess = Array.from({ length: PART_COUNT }, () => new Float32Array(labels.length));
  for (let i = 0; i < labels.length; i++) {
    const x = i % WIDTH;
    const y = (i - x) / WIDTH;
    if (isHead(x, y)) labels[i] = PART.head;
    else if (x >= 92 && x < 132 && y >= 60) labels[i] = PART.leftArm;
    const isHair = isHead(x, y) || isStrand(x, y);
    const colour = isHair ? HAIR : isArm(x) && y >= 60 ? SHADOWED_SKIN : SHIRT;
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = colour[c]!;
  }
  const joints: JointPositions = new Float32Array(JOINTS.length * 2);
  for (const [name, x, y] of [
    ['neck', 70, 70],
    ['head', 70, 30],
    ['leftShoulder', 120, 62],
    ['leftElbow', 120, 125],
    ['leftWrist', 120, 190],
  ] as const) {
    joints.set([x, y], JOINT_INDEX[name] * 2);
  }
  const alpha = new Float32Array(labels.length).fill(1);
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'full-body' };
  const appearance = {
    isSkirt: false,
    isHandVisible: { left: true, right: true },
    hair: [HAIR],
    crown: HAIR,
  };
  const combed = claimHair(
    figure,
    { ...appearance, hair: [...appearance.hair] },
    labels,
    excess,
    [],
  );
  assert.equal(combed[100 * WIDTH + 96], PART.head, 'the strand');
  assert.equal(combed[100 * WIDTH + 120], PART.leftArm, 'the skin');
  assert.equal(combed[100 * WIDTH + 104], PART.leftArm, 'the sleeve between them');
});
