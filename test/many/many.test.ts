import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_DATABASES } from '../fixtures/database.ts';
import { runMany } from './run-many.ts';

const TASKS = 60;
const skip = TEST_DATABASES.find(({ name }) => name === 'PostgreSQL')?.skip ?? true;

test('five processes share a database; two are killed; every task completes and is charged once', {
  skip,
}, async () => {
  const result = await runMany({ tasks: TASKS, renderMs: 100, accounts: 3, log() {} });
  assert.deepEqual(result.states, { completed: TASKS });
  assert.deepEqual(result.charges, { 1: TASKS });
  assert.deepEqual(result.violations, []);
  const nodes = new Set(result.steps.map(({ node }) => node));
  assert.ok(nodes.has('worker-2') && nodes.has('worker-3'), [...nodes].join());
  assert.ok(![...nodes].some((name) => name.startsWith('api')), 'an API process takes no steps');
});
