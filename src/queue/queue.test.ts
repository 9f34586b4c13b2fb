import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLog, TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { Database } from '../db/database.ts';
import { MigrationError } from '../db/migrate.ts';
import { createQueue, type JobHandler, QUEUE_SCHEMA, type Queue } from './queue.ts';

for (const variant of TEST_DATABASES) testQueue(variant);

function testQueue(variant: TestDatabase): void {
  describe(`queue on ${variant.name}`, { skip: variant.skip }, () => {
    let db: Database;
    let queue: Queue;
    /** What the worker of the test does with a job; each test sets its own. */
    let handle: JobHandler = async () => {};
    before(async () => {
      db = await variant.open();
      queue = await createQueue({ db, log: silentLog });
      await queue.work('task-advance', (data) => handle(data), { concurrency: 2 });
    });
    after(async () => {
      await queue.stop();
      await db.close();
    });

    const send = (key: string, options: { delayMs?: number } = {}) =>
      db.transaction((tx) => queue.enqueue(tx, 'task-advance', { key }, { key, ...options }));
    const nextJob = () => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      handle = async (data) => resolve(data['key']);
      return promise;
    };
    const countJobs = async (key: string) => {
      const { rows } = await db.executeSql(
        'SELECT count(*) AS n FROM pgboss.job WHERE singleton_key = $1',
        [key],
      );
      return Number(rows[0]?.['n']);
    };

    test('a job runs once its transaction has committed', async () => {
      const job = nextJob();
      await send('committed');
      assert.equal(await job, 'committed');
    });

    test('a job of a transaction that was rolled back never was', async () => {
      const work = db.transaction(async (tx) => {
        await queue.enqueue(tx, 'task-advance', {}, { key: 'rolled back' });
        throw new Error('on purpose');
      });
      await assert.rejects(work, /on purpose/);
      assert.equal(await countJobs('rolled back'), 0);
    });

    test('a delayed job waits for its time and then runs without a poll in between', async () => {
      const job = nextJob();
      await send('delayed', { delayMs: 300 });
      const { rows } = await db.executeSql(
        "SELECT start_after > now() AS later FROM pgboss.job WHERE singleton_key = 'delayed'",
      );
      assert.deepEqual(rows, [{ later: true }]);
      assert.equal(await job, 'delayed');
    });

    test('of jobs with one key only one waits', async () => {
      for (let index = 0; index < 3; index++) await send('same', { delayMs: 60_000 });
      await send('other', { delayMs: 60_000 });
      assert.equal(await countJobs('same'), 1);
      assert.equal(await countJobs('other'), 1);
    });

    test('a job at work may send the next one with its own key', async () => {
      const seen: string[] = [];
      const second = Promise.withResolvers<void>();
      handle = async (data) => {
        seen.push(String(data['key']));
        if (seen.length === 1) await send('chain');
        else second.resolve();
      };
      await send('chain');
      await second.promise;
      assert.deepEqual(seen, ['chain', 'chain']);
    });

    test('a job whose handler threw runs again', async () => {
      let runs = 0;
      const again = Promise.withResolvers<void>();
      handle = async () => {
        runs++;
        if (runs === 1) throw new Error('on purpose');
        again.resolve();
      };
      await send('throws');
      await again.promise;
      assert.equal(runs, 2);
    });

    test('a database whose queue a newer version has made is refused by name, and left as it is', async () => {
      const newest = QUEUE_SCHEMA + 1;
      await db.executeSql(`UPDATE pgboss.version SET version = ${newest}`);
      await assert.rejects(createQueue({ db, log: silentLog }), (error) => {
        assert.ok(error instanceof MigrationError);
        assert.match(error.message, new RegExp(`version ${newest}, .* up to ${QUEUE_SCHEMA}: `));
        assert.match(error.message, /Start that version again, or go back to a backup/);
        return true;
      });
      const { rows } = await db.executeSql('SELECT version FROM pgboss.version');
      assert.deepEqual(rows, [{ version: newest }]);
      await db.executeSql(`UPDATE pgboss.version SET version = ${QUEUE_SCHEMA}`);
      await (await createQueue({ db, log: silentLog })).stop();
    });

    test('stopping waits for the job at work', async () => {
      const isIn = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      let hasEnded = false;
      handle = async () => {
        isIn.resolve();
        await mayEnd.promise;
        hasEnded = true;
      };
      await send('last');
      await isIn.promise;
      const stopped = queue.stop();
      mayEnd.resolve();
      await stopped;
      assert.ok(hasEnded);
    });
  });
}
