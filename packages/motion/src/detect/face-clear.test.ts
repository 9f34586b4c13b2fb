import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFaceClear } from './face-clear.ts';

test('a face behind something is not taken for one that can move', () => {
  assert.ok(!isFaceClear(null));
  assert.ok(!isFaceClear({ score: 0.9986 }));
  assert.ok(isFaceClear({ score: 0.99997 }));
});
