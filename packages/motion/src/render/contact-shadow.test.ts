import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Character } from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import { jointAt } from '../model/joints.ts';
import {
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  frameOf,
  jointsOf,
  STANDING,
  stickFigure,
} from '../testing/stick-figure.ts';
import { createContactShadow } from './contact-shadow.ts';
import { surfaceOf } from './raster.ts';

/** A stick figure on a floor with a little texture. */
function standing(): Character {
  const character = stickFigure();
  const plate = { ...character.plate, data: new Uint8Array(character.plate.data) };
  for (let i = 0; i < FIGURE_WIDTH * FIGURE_HEIGHT; i++) {
    const light = 150 + ((i * 7) % 5);
    plate.data.set([light, light, light, 255], i * 4);
  }
  return { ...character, plate };
}

/** Light that the shadow took around the left and the right foot. */
function darknessAt(
  character: Character,
  joints: Float32Array,
  floor?: number,
): { left: number; right: number } {
  const canvas: RgbaImage = { ...character.plate, data: new Uint8Array(character.plate.data) };
  const frame = { ...frameOf(joints), ...(floor === undefined ? {} : { floor }) };
  createContactShadow(character)?.(surfaceOf(canvas), frame);
  const taken = { left: 0, right: 0 };
  const middle = (jointAt(joints, 'leftFoot').x + jointAt(joints, 'rightFoot').x) / 2;
  for (let i = 0; i < canvas.data.length; i += 4) {
    const side = (i / 4) % FIGURE_WIDTH > middle ? 'left' : 'right';
    taken[side] += character.plate.data[i]! - canvas.data[i]!;
  }
  return taken;
}

const raised = jointsOf({
  ...STANDING,
  leftAnkle: [STANDING.leftAnkle[0], STANDING.leftAnkle[1] - 60],
  leftFoot: [STANDING.leftFoot[0], STANDING.leftFoot[1] - 60],
});

test('both feet of a standing figure darken the floor, a raised one does not', () => {
  const character = standing();
  const still = darknessAt(character, character.joints);
  const step = darknessAt(character, raised);
  assert.ok(still.left > 100 && still.right > 100, `${still.left} and ${still.right}`);
  assert.ok(step.left < 0.1 * still.left, `${step.left} of ${still.left} is left`);
  assert.ok(step.right > 0.9 * still.right);
});

test('who jumps casts no shadow, and who hops a faint one that stays on the floor', () => {
  const character = standing();
  const up = (by: number): Float32Array =>
    character.joints.map((value, i) => (i % 2 === 1 ? value - by : value));
  const still = darknessAt(character, character.joints, 0);
  assert.deepEqual(darknessAt(character, up(60), 0), { left: 0, right: 0 });
  const hop = darknessAt(character, up(34), 0);
  assert.ok(hop.left > 0 && hop.left < 0.9 * still.left, `${hop.left} of ${still.left}`);
});

test('a half body and a cut-out before one colour cast no shadow', () => {
  assert.equal(createContactShadow({ ...standing(), framing: 'half-body' }), null);
  const { plate } = standing();
  const white = { ...plate, data: new Uint8Array(plate.data.length).fill(255) };
  assert.equal(createContactShadow({ ...standing(), plate: white }), null);
});

test('feet that step back a little keep their shadow under them', () => {
  const character = standing();
  const back = character.joints.map((value, i) => (i % 2 === 1 ? value - 10 : value));
  assert.deepEqual(darknessAt(character, back, 0), darknessAt(character, back));
});
