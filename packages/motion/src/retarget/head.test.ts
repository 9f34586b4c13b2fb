import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdSoftly } from './head.ts';

test('a turn is followed exactly up to 20 degrees and held softly below 30', () => {
  const limits = [0.35, 0.52] as const;
  assert.equal(holdSoftly(0.3, limits), 0.3);
  assert.equal(holdSoftly(-0.35, limits), -0.35);
  assert.ok(holdSoftly(0.45, limits) > 0.42 && holdSoftly(0.45, limits) < 0.45);
  assert.ok(holdSoftly(3, limits) <= 0.52 && holdSoftly(-3, limits) >= -0.52);
  for (let turn = 0; turn < 1.5; turn += 0.01) {
    assert.ok(holdSoftly(turn + 0.01, limits) >= holdSoftly(turn, limits));
  }
});
