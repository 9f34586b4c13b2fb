import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Motion } from '../../model/motion.ts';
import { motionOf, STANDING, stickFigure } from '../../testing/stick-figure.ts';
import { willBorrowHands } from './will-borrow.ts';

const body = motionOf(new Array(12).fill(STANDING));

test('a drawn character with hands of its own takes none', () => {
  assert.equal(willBorrowHands(stickFigure(), body), false);
  assert.equal(willBorrowHands(stickFigure(), body, 'driver'), true, 'unless it is asked to');
});

test('whoever keeps the own hands, or has no arm that moves, takes none', () => {
  assert.equal(willBorrowHands(stickFigure(), body, 'own'), false);
  const still = { ...stickFigure(), movingLimbs: [] };
  assert.equal(willBorrowHands(still, body, 'driver'), false);
});

test('a clip that shows no body lends no hands', () => {
  const frames = body.frames.map((frame) => ({ ...frame, pose: null }));
  const nobody: Motion = { ...body, frames };
  assert.equal(willBorrowHands(stickFigure(), nobody, 'driver'), false);
  assert.equal(willBorrowHands(stickFigure(), null, 'driver'), true, 'unknown is not none');
});
