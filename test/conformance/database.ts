/** What the service needs of a database: each kind of it passes this one suite. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Database, Tx } from '../../src/db/database.ts';
import { isAppError } from '../../src/kernel/errors.ts';
import type { TestDatabase } from '../fixtures/database.ts';

export function testDatabase(variant: TestDatabase): void {
  describe(`database on ${variant.name}`, { skip: variant.skip }, () => {
    let db: Database;
    before(async () => {
      db = await variant.open({ transactionLimitMs: 400 });
      await db.executeSql(
        'CREATE TABLE conformance (id int PRIMARY KEY, amount int8, at timestamptz)',
      );
    });
    after(() => db.close());

    const insert = (tx: Tx | Database['kysely'], id: number) =>
      sql`INSERT INTO conformance (id) VALUES (${id}::int)`.execute(tx);
    const count = async () =>
      Number((await db.executeSql('SELECT count(*) AS n FROM conformance')).rows[0]?.['n']);

    test('an int8 is always a bigint, small or large, and a timestamp is a Date', async () => {
      const at = new Date('2026-01-02T03:04:05.678Z');
      for (const amount of [5n, 9_007_199_254_740_993n]) {
        const { rows } = await sql<{ amount: bigint; at: Date }>`
          SELECT ${amount}::bigint AS amount, ${at}::timestamptz AS at`.execute(db.kysely);
        assert.deepEqual(rows, [{ amount, at }]);
      }
    });

    test('a transaction that throws leaves nothing behind', async () => {
      const before = await count();
      const work = db.transaction(async (tx) => {
        await insert(tx, 1);
        throw new Error('on purpose');
      });
      await assert.rejects(work, /on purpose/);
      assert.equal(await count(), before);
    });

    test('a failed statement inside a transaction cannot be committed over', async () => {
      const before = await count();
      const work = db.transaction(async (tx) => {
        await insert(tx, 2);
        await insert(tx, 2).catch(() => undefined);
      });
      await assert.rejects(work);
      assert.equal(await count(), before);
    });

    test('a query outside a transaction never slips into the one that is open', async () => {
      const isOpen = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const work = db.transaction(async (tx) => {
        await insert(tx, 3);
        isOpen.resolve();
        await mayEnd.promise;
        throw new Error('rolled back on purpose');
      });
      await isOpen.promise;
      const outside = insert(db.kysely, 4);
      mayEnd.resolve();
      await assert.rejects(work, /on purpose/);
      await outside;
      const { rows } = await db.executeSql('SELECT id FROM conformance WHERE id IN (3, 4)');
      assert.deepEqual(rows, [{ id: 4 }]);
    });

    test('transactions begun together all commit', async () => {
      const before = await count();
      await Promise.all(
        [10, 11, 12, 13, 14, 15].map((id) => db.transaction((tx) => insert(tx, id))),
      );
      assert.equal(await count(), before + 6);
    });

    test('a transaction open for longer than the limit is rolled back and blocks nobody', async () => {
      const late = Promise.withResolvers<void>();
      const lateWrite = Promise.withResolvers<unknown>();
      const work = db.transaction(async (tx) => {
        await insert(tx, 20);
        await late.promise;
        lateWrite.resolve(await insert(tx, 21).catch((error: unknown) => error));
      });
      await assert.rejects(work, /more than 400 ms/);
      late.resolve();
      assert.ok((await lateWrite.promise) instanceof Error, 'a late write is refused');
      const { rows } = await db.executeSql('SELECT id FROM conformance WHERE id IN (20, 21)');
      assert.deepEqual(rows, []);
    });

    test('a database that is full is told as one, and a broken promise as it is', async () => {
      const fail = (tx: Tx | Database['kysely'], code: string) =>
        sql`DO ${sql.lit(`BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END`)}`.execute(tx);
      const isAway = (error: unknown) => isAppError(error, 'not_ready');
      await assert.rejects(fail(db.kysely, 'disk_full'), isAway);
      await assert.rejects(
        db.transaction((tx) => fail(tx, 'disk_full')),
        isAway,
      );
      await assert.rejects(fail(db.kysely, 'check_violation'), { code: '23514' });
    });

    test('using the outer database inside a transaction throws instead of waiting for ever', async () => {
      const work = db.transaction(async () => await insert(db.kysely, 30));
      await assert.rejects(work, /use the tx that was handed in/);
      await assert.rejects(
        db.transaction(() => db.transaction(async () => undefined)),
        /use the tx that was handed in/,
      );
    });

    test('what waits for a commit happens after it, and not after a rollback', async () => {
      const calls: string[] = [];
      await db.transaction(async (tx) => db.afterCommit(tx, () => calls.push('committed')));
      await db
        .transaction(async (tx) => {
          db.afterCommit(tx, () => calls.push('rolled back'));
          throw new Error('on purpose');
        })
        .catch(() => undefined);
      assert.deepEqual(calls, ['committed']);
    });

    test('a library that fails in the middle of its own block spoils nothing', async () => {
      await assert.rejects(db.executeSql('BEGIN; SELECT 1 / 0; COMMIT'));
      await db.ping();
      await db.transaction((tx) => insert(tx, 40));
    });
  });
}
