import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Character, INFLUENCES_MAX } from '../model/character.ts';
import { jointAt, setJoint } from '../model/joints.ts';
import { frameOf, stickFigure } from '../testing/stick-figure.ts';
import { createSkin } from './skin.ts';

const RADIUS = 20;
const ANGLES = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => (n * Math.PI) / 4);

/** A ring of vertices around the left shoulder, half trunk and half upper arm. */
function withRoot(isWide: boolean): Character {
  const figure = stickFigure();
  const { x, y } = jointAt(figure.joints, 'leftShoulder');
  const boneIndices = new Uint8Array(ANGLES.length * INFLUENCES_MAX);
  const boneWeights = new Float32Array(ANGLES.length * INFLUENCES_MAX);
  for (const vertex of ANGLES.keys()) {
    boneIndices.set([BONES.indexOf('torso'), BONES.indexOf('leftUpperArm')], vertex * 4);
    boneWeights.set([0.5, 0.5], vertex * INFLUENCES_MAX);
  }
  const mesh = {
    positions: Float32Array.from(
      ANGLES.flatMap((angle) => [x + RADIUS * Math.cos(angle), y + RADIUS * Math.sin(angle)]),
    ),
    triangles: new Uint32Array(),
    boneIndices,
    boneWeights,
  };
  const layers = [{ ...figure.layers[0]!, name: 'leftArm' as const, mesh }];
  return { ...figure, layers, ...(isWide ? { wideSleeves: ['leftArm' as const] } : {}) };
}

/** How far the ring is from the shoulder, against the bind pose, when the arm points to `angle`. */
function measureRing(character: Character, angle: number): number[] {
  const joints = Float32Array.from(character.joints);
  const shoulder = jointAt(joints, 'leftShoulder');
  for (const [name, reach] of [
    ['leftElbow', 40],
    ['leftWrist', 78],
    ['leftHand', 92],
  ] as const) {
    const [x, y] = [reach * Math.cos(angle), reach * Math.sin(angle)];
    setJoint(joints, name, { x: shoulder.x + x, y: shoulder.y + y });
  }
  const out = new Float32Array(ANGLES.length * 2);
  const skin = createSkin(character);
  skin.pose(frameOf(joints));
  skin.place(0, out);
  return ANGLES.map(
    (_, n) => Math.hypot(out[n * 2]! - shoulder.x, out[n * 2 + 1]! - shoulder.y) / RADIUS,
  );
}

/** Down, and towards the spine: the armpit. */
const ARMPIT = [3, 4] as const;

test('the armpit of an arm in a wide sleeve stays round when the arm goes overhead', () => {
  for (const angle of [-1.2, -1.5, -1.9]) {
    const ring = measureRing(withRoot(true), angle);
    for (const n of ARMPIT) assert.ok(ring[n]! > 0.8, `${ring[n]} at ${n}, arm at ${angle}`);
  }
  const narrow = measureRing(withRoot(false), -1.5);
  for (const n of ARMPIT) assert.ok(narrow[n]! < 0.5, `${narrow[n]} at ${n}`);
});

test('the root of a wide sleeve goes on smoothly while the arm passes overhead', () => {
  const rings = [-1.4, -1.5, -1.6, -1.7, -1.8].map((angle) => measureRing(withRoot(true), angle));
  for (let i = 1; i < rings.length; i += 1) {
    for (const [n, away] of rings[i]!.entries()) {
      assert.ok(Math.abs(away - rings[i - 1]![n]!) < 0.1, `${n} jumps in step ${i}`);
    }
  }
});

test('in the pose of the picture a root stays as it is', () => {
  const { joints } = stickFigure();
  const [from, to] = [jointAt(joints, 'leftShoulder'), jointAt(joints, 'leftElbow')];
  const ring = measureRing(withRoot(true), Math.atan2(to.y - from.y, to.x - from.x));
  for (const away of ring) assert.ok(Math.abs(away - 1) < 0.03, `${away}`);
});
