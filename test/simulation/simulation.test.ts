import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TEST_DATABASES } from '../fixtures/database.ts';
import { type OpenSession, openSession } from './open-session.ts';
import { type SeedReport, simulateSeed } from './simulate.ts';

const TASKS = 10;
const SEEDS = 10;

/** What there is to say about a seed that broke its promises. */
function tell({ seed, violations }: SeedReport): string {
  const how = `run.ts --seed ${seed} --tasks ${TASKS}`;
  return [how, ...violations.map((one) => `${one.check}: ${one.subject}: ${one.detail}`)].join(
    '\n',
  );
}

for (const { name, skip } of TEST_DATABASES) {
  describe(`simulated on ${name}`, { skip }, () => {
    let session: OpenSession;
    before(async () => {
      session = await openSession(name === 'PGlite' ? 'pglite' : 'postgres');
    });
    after(() => session.close());

    test('whatever goes wrong, every task ends, charged once or not at all', async () => {
      const faults = new Set<string>();
      let ended = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const report = await simulateSeed(session, { seed, tasks: TASKS });
        assert.equal(report.violations.length, 0, tell(report));
        for (const [kind, count] of Object.entries(report.faults)) if (count > 0) faults.add(kind);
        for (const count of Object.values(report.outcomes)) ended += count;
      }
      // A run in which nothing was accepted, or nothing went wrong, would prove nothing.
      assert.ok(ended > (SEEDS * TASKS) / 3, `${ended} tasks`);
      assert.ok(faults.size > 15, [...faults].join(', '));
    });

    const skipStory = name === 'PGlite' ? false : 'rows without an order come as pages hold them';
    test('the same seed is the same story', { skip: skipStory }, async () => {
      const first = await simulateSeed(session, { seed: 77, tasks: TASKS });
      const second = await simulateSeed(session, { seed: 77, tasks: TASKS });
      const other = await simulateSeed(session, { seed: 78, tasks: TASKS });
      assert.equal(second.hash, first.hash);
      assert.deepEqual(second.outcomes, first.outcomes);
      assert.notEqual(other.hash, first.hash);
    });
  });
}
