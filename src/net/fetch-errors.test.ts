import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { isAppError } from '../kernel/errors.ts';
import { explainFailure } from './fetch-errors.ts';
import { FETCH_LIMITS_DEFAULT } from './guarded-fetch.ts';
import { watchPace } from './pace.ts';

test('a disk of ours that is full is not told as a trouble of the host', (t) => {
  const pace = watchPace(FETCH_LIMITS_DEFAULT, createTestClock());
  t.after(() => pace.stop());
  const explain = (code: string) =>
    explainFailure(Object.assign(new Error('no'), { code }), { what: 'reference video' }, pace);
  assert.ok(isAppError(explain('ECONNRESET'), 'fetch_failed'));
  assert.equal(isAppError(explain('ENOSPC')), false);
});
