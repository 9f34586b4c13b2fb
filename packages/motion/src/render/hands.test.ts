import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointAt } from '../model/joints.ts';
import type { BorrowedHand } from '../model/performance.ts';
import { COLOURS, findColour, frameOf, stickFigure } from '../testing/stick-figure.ts';
import { createRenderer } from './renderer.ts';

const PINK = [250, 120, 190] as const;
const SIDE = 20;
const picture = {
  width: SIDE,
  height: SIDE,
  data: Uint8Array.from({ length: SIDE * SIDE * 4 }, (_, i) => [...PINK, 255][i % 4]!),
};

/** A pink square whose middle is the wrist point, at the left wrist of the bind pose. */
function borrowed(): BorrowedHand {
  const { joints } = stickFigure();
  const elbow = jointAt(joints, 'leftElbow');
  const wrist = jointAt(joints, 'leftWrist');
  const axis = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
  return {
    side: 'left',
    patch: {
      x: 300,
      y: 400,
      width: SIDE,
      height: SIDE,
      webp: new Uint8Array(),
      palm: 2 * SIDE,
      axis,
      skin: { mean: [65, 50, -10], deviation: [1, 1, 1] },
      cut: null,
      heel: null,
      sharpness: 100,
    },
    // The edge of the square nearest to the elbow, where it has no reason to fade.
    anchor: { x: 300 + SIDE / 2, y: 400 },
    place: wrist,
    scale: 1,
    rotation: 0,
    isInSleeve: false,
    fade: [-0.6, -0.05],
    heel: null,
    match: null,
    own: { ...wrist, axis, palm: 12, fade: [-0.2, 0.02] },
  };
}

test('a borrowed hand is drawn at its place instead of the own one', () => {
  const character = stickFigure();
  const frame = { ...frameOf(character.joints), hands: [borrowed()] };
  const renderer = createRenderer(character);
  const before = findColour(character.picture, COLOURS.leftHand!)!;
  const image = renderer.renderFrame(frame, null, null, [picture]);
  const pink = findColour(image, PINK);
  assert.ok(pink);
  const wrist = jointAt(character.joints, 'leftWrist');
  assert.ok(Math.abs(pink.x - wrist.x) < 1 && Math.abs(pink.y - wrist.y - SIDE / 2) < 1.5);
  const left = findColour(image, COLOURS.leftHand!)?.count ?? 0;
  assert.ok(
    left < 0.1 * before.count,
    `${left} of ${before.count} pixels of the own hand are left`,
  );
});

test('the own hand comes back, and the character is never changed', () => {
  const character = stickFigure();
  const untouched = stickFigure();
  const renderer = createRenderer(character);
  const own = renderer.renderFrame(frameOf(character.joints)).data.slice();
  renderer.renderFrame({ ...frameOf(character.joints), hands: [borrowed()] }, null, null, [
    picture,
  ]);
  assert.deepEqual(renderer.renderFrame(frameOf(character.joints)).data, own);
  assert.deepEqual(character.layers[0]!.texture.data, untouched.layers[0]!.texture.data);
});

test('a hand begins as narrow as its arm and keeps its fingers', () => {
  const character = stickFigure();
  const count = (factor: number): number => {
    const hand: BorrowedHand = {
      ...borrowed(),
      fade: [0, 0.01],
      heel: { middle: 0, factor },
    };
    const frame = { ...frameOf(character.joints), hands: [hand] };
    const image = createRenderer(character).renderFrame(frame, null, null, [picture]);
    return findColour(image, PINK)!.count;
  };
  const whole = count(1);
  const narrow = count(0.5);
  assert.ok(narrow > 0.6 * whole && narrow < 0.9 * whole, `${narrow} of ${whole} pixels`);
});
