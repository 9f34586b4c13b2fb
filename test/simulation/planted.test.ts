import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type OpenSession, openSession } from './open-session.ts';
import { PLANTS, type PlantName } from './plants.ts';
import { simulateSeed } from './simulate.ts';

const TASKS = 15;
const SEEDS_MAX = 16;

/** Each bug with the checks of which one has to catch it; a pattern may stand for several. */
const CAUGHT_BY: Readonly<Record<PlantName, RegExp>> = {
  'settle-twice': /^(audit: .*hold|charged once or released once)/,
  'settle-twice-on-one-hold': /^the database has nothing to refuse$/,
  'release-without-status': /^(audit: .*hold|the database has nothing to refuse)/,
  'job-outside-transaction': /^a job exists when its transaction committed$/,
  'lease-ignored':
    /^(the database has nothing to refuse|no lease outlives|states follow|versions only|audit: )/,
  'start-forgets-task': /^no engine is paid twice for a task$/,
  'media-kept': /^nothing stays in the storage$/,
};

let session: OpenSession;
before(async () => {
  session = await openSession('pglite');
});
after(() => session.close());

for (const [name, caughtBy] of Object.entries(CAUGHT_BY)) {
  test(`a planted bug is caught: ${name}`, async () => {
    const plant = PLANTS[name as PlantName];
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const { violations } = await simulateSeed(session, { seed, tasks: TASKS, plant });
      if (violations.length === 0) continue;
      const checks = violations.map(({ check }) => check);
      assert.ok(
        checks.some((check) => caughtBy.test(check)),
        checks.join('\n'),
      );
      return;
    }
    assert.fail(`${SEEDS_MAX} seeds did not notice it`);
  });
}
