import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, JOINTS, type JointPositions } from '../../model/character.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { createRgb } from '../../model/rgb.ts';
import type { Figure } from '../segment/figure.ts';
import { PART } from '../segment/parts.ts';
import type { TrunkOutline } from '../sleeves/outline-trunk.ts';
import { createWeightField, type WeightField } from './weights.ts';

const WIDTH = 140;
const HEIGHT = 260;
const HIP = { x: 85, y: 70 };
const HEM = 100;

/** The weights of a leg under a trunk; an arm hangs right beside it, if there is one. */
function weighLeg(hasArm: boolean, outlines: readonly TrunkOutline[] = []): WeightField {
  const labels = new Int8Array(WIDTH * HEIGHT).fill(PART.torso);
  for (let i = 0; i < labels.length; i++) {
    const x = i % WIDTH;
    const y = (i - x) / WIDTH;
    if (hasArm && x >= 100) labels[i] = PART.leftArm;
    else if (y >= HIP.y + 10) labels[i] = x >= 70 ? PART.leftLeg : PART.rightLeg;
  }
  const joints: JointPositions = new Float32Array(JOINTS.length * 2);
  for (const [name, x, y] of [
    ['pelvis', 70, 68],
    ['neck', 70, 10],
    ['head', 70, 0],
    ['leftShoulder', 105, 15],
    ['leftElbow', 108, 75],
    ['leftWrist', 110, 130],
    ['leftHand', 110, 145],
    ['leftHip', HIP.x, HIP.y],
    ['leftKnee', HIP.x, 160],
    ['leftAnkle', HIP.x, 240],
    ['leftFoot', HIP.x, 255],
  ] as const) {
    joints.set([x, y], JOINT_INDEX[name] * 2);
  }
  const alpha = new Float32Array(labels.length).fill(1);
  const rgb = createRgb(WIDTH, HEIGHT);
  const figure: Figure = { rgb, alpha, joints, face: null, framing: 'full-body' };
  return createWeightField({
    figure,
    labels,
    modes: { leftArm: 'layer', rightArm: 'frozen', leftLeg: 'merged', rightLeg: 'frozen' },
    halfWidths: { leftArm: 10, rightArm: 10, leftLeg: 15, rightLeg: 15 },
    isSkirt: false,
    hasHeadLayer: true,
    outlines,
    hands: {},
    ground: () => 0,
  });
}

function thighShareAtHem(hasArm: boolean): number {
  return weighLeg(hasArm)(98, HEM, 'body')[BONES.indexOf('leftThigh')]!;
}

test('a hem beside a hanging arm follows the thigh as it does without the arm', () => {
  const free = thighShareAtHem(false);
  assert.ok(free > 0.95, `${free} of the hem follows without an arm`);
  const beside = thighShareAtHem(true);
  assert.ok(beside > 0.95, `${beside} of the hem follows beside one`);
});

test('the cloth of a wide sleeve changes bones in a short stretch at its elbow', () => {
  const outline = {
    limb: 'leftArm' as const,
    top: 30,
    outward: 1,
    columns: new Float32Array(HEIGHT).fill(100),
    shadow: new Uint8Array(WIDTH * HEIGHT),
  };
  const forearmAt = (y: number, outlines: readonly TrunkOutline[]): number =>
    weighLeg(true, outlines)(108, y, 'leftArm')[BONES.indexOf('leftForearm')]!;
  assert.ok(forearmAt(80, [outline]) > 0.95 && forearmAt(70, [outline]) < 0.05);
  assert.ok(forearmAt(80, []) < 0.9 && forearmAt(70, []) > 0.1);
});
