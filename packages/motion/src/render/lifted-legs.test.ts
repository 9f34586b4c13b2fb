import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, type JointPositions, type Layer } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { createLegLift } from './lifted-legs.ts';

/** Hips at a height of 100; knees where they are put. */
function stand(left: readonly [number, number], right: readonly [number, number]): JointPositions {
  const joints: JointPositions = new Float32Array(JOINTS.length * 2);
  for (const [name, at] of [
    ['leftHip', [60, 100]],
    ['rightHip', [40, 100]],
    ['leftKnee', left],
    ['rightKnee', right],
  ] as const) {
    joints.set(at, JOINT_INDEX[name] * 2);
  }
  return joints;
}

const bind = stand([66, 200], [34, 200]);
const BLACK = [20, 20, 20, 255] as const;
const SKIN = [210, 160, 130, 255] as const;
const BLUE = [60, 90, 160, 255] as const;

/** A body whose hips are in one cloth down to `hem`; between its legs is a gap from `gap` on. */
function dress(hem: number, gap: number, legs: readonly number[], name: Layer['name'] = 'body') {
  const [width, height] = [100, 260];
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x < 20 || x >= 80 || (y >= gap && x >= 46 && x < 54)) continue;
    data.set(y < hem ? BLACK : legs, i * 4);
  }
  const mesh = {
    positions: new Float32Array(),
    triangles: new Uint32Array(),
    boneIndices: new Uint8Array(),
    boneWeights: new Float32Array(),
  };
  return { name, texture: { width, height, data }, x: 0, y: 0, mesh };
}

const squat = { joints: stand([150, 140], [35, 150]), bodyScale: 1 };

test('a thigh in shorts or trousers that comes up is painted before the trunk', () => {
  const shorts = { joints: bind, layers: [dress(130, 125, SKIN)] };
  assert.deepEqual(createLegLift(shorts)(squat), ['leftLeg', 'rightLeg']);
  const trousers = { joints: bind, layers: [dress(260, 125, SKIN)] };
  assert.deepEqual(createLegLift(trousers)(squat), ['leftLeg', 'rightLeg']);
});

test('the hem of a skirt, and of a shirt over trousers, stays before the thighs', () => {
  const shirt = { joints: bind, layers: [dress(115, 125, BLUE)] };
  assert.deepEqual(createLegLift(shirt)(squat), []);
  const skirt = [dress(130, 125, SKIN, 'leftLeg'), dress(150, 150, SKIN)];
  assert.deepEqual(createLegLift({ joints: bind, layers: skirt })(squat), []);
});

test('legs that stand, step aside or belong to a smaller figure stay under the trunk', () => {
  const find = createLegLift({ joints: bind, layers: [dress(130, 125, SKIN)] });
  assert.deepEqual(find({ joints: stand([95, 190], [5, 190]), bodyScale: 1 }), []);
  assert.deepEqual(find({ joints: stand([63, 150], [37, 150]), bodyScale: 0.5 }), []);
});
