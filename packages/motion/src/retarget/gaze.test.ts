import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gaze } from '../model/eyes.ts';
import type { MotionFrame } from '../model/motion.ts';
import { drawEyes, eyesFace } from '../testing/drawn-eyes.ts';
import { stickFigure } from '../testing/stick-figure.ts';
import { createGazePath, readLifts, readShifts } from './gaze.ts';

const FPS = 30;

/** Both eyes look `across`; corners lie unevenly, as those of people do. */
function gazeOf(across: number, confidence = 1): Gaze {
  return {
    right: { across: across + 0.06, confidence },
    left: { across: across - 0.06, confidence },
  };
}

/** Into the camera, to the side, and back. */
const GLANCE = Array.from({ length: 60 }, (_, i) => gazeOf(i >= 20 && i < 40 ? 0.25 : 0.02));

function framesOf(gazes: readonly Gaze[]): MotionFrame[] {
  return gazes.map((gaze, i) => ({
    timeMs: (i * 1000) / FPS,
    pose: null,
    face: null,
    mouth: null,
    gaze,
  }));
}

test('a glance is followed at once, and looking into the camera is rest', () => {
  const shifts = readShifts(GLANCE, FPS)!;
  assert.ok(Math.abs(shifts[10]!) < 0.01);
  assert.ok(Math.abs(shifts[22]! - 0.23) < 0.01);
  assert.ok(Math.abs(shifts[50]!) < 0.01);
});

test('a blink does not move the eyes, a face turned away lets them rest', () => {
  const blinking = GLANCE.map((gaze, i) => (i >= 28 && i < 33 ? gazeOf(-0.3, 0) : gaze));
  assert.ok(Math.abs(readShifts(blinking, FPS)![30]! - 0.23) < 0.01);
  const away = GLANCE.map((gaze, i) => (i >= 24 ? gazeOf(0, 0) : gaze));
  assert.ok(Math.abs(readShifts(away, FPS)![45]!) < 0.01);
});

test('a clip whose irises are never seen moves no eyes', () => {
  assert.equal(readShifts([gazeOf(0.2, 0), null, gazeOf(0.1, 0.1)], FPS), null);
});

test('the irises of the picture never leave the rims of its eyes', () => {
  const far = [-0.34, 0, 0.34].flatMap((across) => Array<Gaze>(12).fill(gazeOf(across)));
  const character = { ...stickFigure(), face: eyesFace(), picture: drawEyes(0.1) };
  const path = createGazePath(character, framesOf(far), FPS);
  for (const gaze of path) {
    for (const { from, to } of [gaze!.right, gaze!.left]) {
      assert.ok(Math.abs(from - 0.1) < 0.03);
      assert.ok(to >= -0.29 && to <= 0.29, String(to));
    }
  }
  assert.ok(path[30]!.right.to > 0.25 && path[5]!.right.to < -0.15);
});

test('a picture without clear irises keeps its eyes', () => {
  const character = { ...stickFigure(), face: eyesFace(), picture: drawEyes(0, 225) };
  assert.deepEqual(createGazePath(character, framesOf([gazeOf(0.2)]), FPS), [null]);
});

test('eyes that are read as looking apart keep their irises', () => {
  const [picture, other] = [drawEyes(-0.2), drawEyes(0.2)];
  for (let i = 0; i < picture.data.length; i += 4) {
    const isLeft = (i / 4) % picture.width > picture.width / 2;
    if (isLeft) picture.data.set(other.data.subarray(i, i + 4), i);
  }
  const character = { ...stickFigure(), face: eyesFace(), picture };
  assert.deepEqual(createGazePath(character, framesOf([gazeOf(0.2)]), FPS), [null]);
});

test('a look down is followed and limited, and heights that were never read move nothing', () => {
  const lowered = GLANCE.map(({ right, left }, i) => {
    const down = i >= 20 && i < 40 ? 0.2 : -0.02;
    return { right: { ...right, down }, left: { ...left, down } };
  });
  const lifts = readLifts(lowered, FPS)!;
  assert.ok(Math.abs(lifts[10]!) < 0.01 && Math.abs(lifts[30]! - 0.22) < 0.01);
  assert.equal(readLifts(GLANCE, FPS), null);
  const character = { ...stickFigure(), face: eyesFace(), picture: drawEyes(0) };
  const path = createGazePath(character, framesOf(lowered), FPS);
  assert.ok(path[30]!.right.down > 0.05 && path[30]!.right.down <= 0.1);
  assert.equal(createGazePath(character, framesOf(GLANCE), FPS)[30]!.left.down, 0);
});
