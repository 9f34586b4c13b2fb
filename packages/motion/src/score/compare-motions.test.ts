import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMotions } from './compare-motions.ts';
import { FACE_SIGNALS, flattenScore, judgeParts, SCORE_PARTS } from './motion-score.ts';
import { act } from './testing/acted-motion.ts';

const reference = act();

test('a motion agrees with itself in every part that can be measured', () => {
  const { score, parts, measures } = compareMotions(reference, reference);
  assert.ok(score > 0.999, String(score));
  assert.deepEqual(
    SCORE_PARTS.filter((part) => parts[part] === null),
    ['identity'],
  );
  assert.equal(measures.pck01, 1);
  assert.equal(measures.jitterRatio, 1);
});

test('place, size, rate and shape of the picture do not matter', () => {
  const copy = act({ scale: 40, x: 700, y: 150, fps: 30, width: 1280, height: 720 });
  const { score } = compareMotions(reference, copy);
  assert.ok(score > 0.97, String(score));
});

test('a character with longer arms and shorter legs that does the same does it well', () => {
  const { score, measures } = compareMotions(reference, act({ arms: 1.4, legs: 0.6 }));
  assert.ok(score > 0.99, String(score));
  assert.equal(measures.pck01, 1);
  assert.ok(measures.limbAngleDegrees! < 2);
});

test('a result that stands still scores low, and its movement is named', () => {
  const { score, weakest, parts } = compareMotions(reference, act({ frozenAt: 0 }));
  assert.ok(score < 0.6, String(score));
  assert.equal(weakest, 'movement');
  assert.equal(parts.movement, 0);
  assert.equal(parts.expression, 0);
});

test('the later a result follows, the lower it scores', () => {
  const scores = [0, 0.1, 0.3].map((lag) => compareMotions(reference, act({ lag })).score);
  assert.ok(scores[0]! - scores[1]! > 0.03 && scores[1]! - scores[2]! > 0.1, String(scores));
});

test('where no face was found nothing is said about expression, which is not the same as 0', () => {
  const { measures, parts } = compareMotions(reference, act({ hasFace: false }));
  assert.equal(parts.expression, null);
  for (const signal of FACE_SIGNALS) assert.equal(measures.expression[signal], null);
});

test('a signal at rest in the reference is left out, one that rests only in the result is 0', () => {
  const { measures } = compareMotions(reference, act({ frozenAt: 0 }));
  assert.equal(measures.expression.mouthOpening, 0);
  assert.equal(measures.expression.pitch, null);
});

test('a trembling result is unsteady, and only that', () => {
  const { weakest, parts } = compareMotions(reference, act({ tremble: 1.5 }));
  assert.equal(weakest, 'steadiness');
  assert.ok(parts.pose! > 0.95);
});

test('feet that slide where the reference stands are seen', () => {
  const { measures, parts } = compareMotions(reference, act({ slide: 15 }));
  assert.ok(measures.footDrift! > measures.footDriftReference! + 10);
  assert.ok(parts.feet! < 0.7);
});

test('a result that ends early loses the rest of the reference', () => {
  const { score, measures } = compareMotions(reference, act({ seconds: 1.5 }));
  assert.ok(Math.abs(measures.coverage - 0.5) < 0.05);
  assert.ok(score < 0.55);
});

test('a result that shows nobody scores 0', () => {
  const nobody = { ...reference, frames: [] };
  const { score, weakest } = compareMotions(reference, nobody);
  assert.equal(score, 0);
  assert.equal(weakest, null);
});

test('tracker answers that are no numbers count as not found', () => {
  const broken = act();
  for (const frame of broken.frames) frame.pose?.fill(Number.NaN);
  const { parts, measures } = compareMotions(reference, broken);
  assert.equal(parts.pose, null);
  assert.ok(Number.isFinite(measures.coverage));
});

test('moments too far apart say nothing about trembling', () => {
  assert.equal(compareMotions(reference, reference, { fps: 4 }).parts.steadiness, null);
});

test('the flat form holds plain values only, nulls included', () => {
  const flat = flattenScore(compareMotions(reference, act({ hasFace: false })));
  assert.equal(flat['pck_0_1'], 1);
  assert.equal(flat['correlation_mouth_opening'], null);
  assert.equal(flat['limbs_within_15_degrees'], 1);
  for (const value of Object.values(flat)) assert.ok(value === null || typeof value !== 'object');
});

test('an expression that is far too strong is worth less, a faint one is not', () => {
  const { measures } = compareMotions(reference, reference);
  const judge = (expressionGain: number) => judgeParts({ ...measures, expressionGain }).expression!;
  assert.ok(judge(1) > 0.999 && judge(0.5) > 0.999);
  assert.ok(judge(2.2) < 0.8 && judge(4) === 0);
});
