import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog, TEST_DATABASES } from '../../test/fixtures/database.ts';
import { createQueue } from './queue.ts';

const [embedded] = TEST_DATABASES;

const countTimers = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('a process that does not look after the jobs of others sets no timers for it', async () => {
  assert.ok(embedded);
  const db = await embedded.open();
  const timersOf = async (supervises: boolean) => {
    const before = countTimers();
    const queue = await createQueue({ db, log: silentLog, supervises });
    const count = countTimers() - before;
    await queue.stop();
    return count;
  };
  const without = await timersOf(false);
  assert.ok((await timersOf(true)) > without);
  await db.close();
});
