import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_DATABASES } from '../fixtures/database.ts';
import { runKills } from './run-kills.ts';

for (const { name, skip } of TEST_DATABASES) {
  test(`a service killed three times under load on ${name} loses no task and no cent`, {
    skip,
  }, async () => {
    const kind = name === 'PGlite' ? 'pglite' : 'postgres';
    const result = await runKills({ kills: 3, kind, seed: 1, log() {} });
    assert.ok(result.accepted > 0);
    assert.deepEqual(result.missing, []);
    assert.deepEqual(result.violations, []);
    assert.deepEqual(Object.keys(result.states), ['completed']);
  });
}
