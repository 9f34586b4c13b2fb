import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainError } from './explain-error.ts';

test('a disk that is full is said in one sentence, also by a file that was open already', () => {
  const full = { code: 'ENOSPC' };
  assert.deepEqual(explainError(Object.assign(new Error('write'), full)), ['The disk is full.']);
});
