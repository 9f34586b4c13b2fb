import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_DATABASES } from '../fixtures/database.ts';
import { findPostgres, startPostgres } from '../fixtures/postgres-server.ts';
import { type KillsResult, runKills } from './run-kills.ts';

for (const { name, skip } of TEST_DATABASES) {
  test(`a service killed three times under load on ${name} loses no task and no cent`, {
    skip,
  }, async () => {
    const kind = name === 'PGlite' ? 'pglite' : 'postgres';
    const result = await runKills({ kills: 3, kind, seed: 1, log() {} });
    assertNothingLost(result);
  });
}

const binaries = findPostgres();

test('a service whose PostgreSQL stops, crashes and starts again lives on, and loses nothing', {
  skip: binaries === null && 'PostgreSQL is not installed',
}, async () => {
  // One of its own, since others are at work on the one of the test run.
  const server = await startPostgres(binaries ?? '');
  try {
    const outages = { count: 3, server };
    const load = { seed: 3, outages, submitPauseMs: 400 };
    const result = await runKills({ kills: 1, kind: 'postgres', ...load, log() {} });
    assert.equal(result.outages, 3);
    assertNothingLost(result);
  } finally {
    await server.stop();
  }
});

function assertNothingLost(result: KillsResult): void {
  assert.ok(result.accepted > 0);
  assert.deepEqual(result.missing, []);
  assert.deepEqual(result.violations, []);
  assert.deepEqual(Object.keys(result.states), ['completed']);
}
