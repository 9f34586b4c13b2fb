import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { Database } from '../db/database.ts';
import { isAppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Billing, createBilling } from './billing.ts';
import { DEFAULT_PRICES } from './prices.ts';

for (const variant of TEST_DATABASES) testLedger(variant);

function testLedger(variant: TestDatabase): void {
  describe(`ledger on ${variant.name}`, { skip: variant.skip }, () => {
    let db: Database;
    let billing: Billing;
    before(async () => {
      db = await variant.open();
      const clock = createTestClock();
      billing = createBilling({ db, clock, newId, prices: DEFAULT_PRICES });
    });
    after(() => db.close());

    /** A funded account, and a hold on it when an amount is given. */
    const open = async (fundsNanos: bigint, heldNanos?: bigint) => {
      const accountId = newId('account');
      await db.kysely
        .insertInto('account')
        .values({ id: accountId, name: 'test', created_at: new Date(0) })
        .execute();
      await billing.creditAccount(accountId, fundsNanos, 'funds');
      const hold = { accountId, holdId: newId('hold'), taskId: newId('task') };
      if (heldNanos !== undefined) {
        await db.transaction((tx) => billing.ledger.hold(tx, hold, heldNanos));
      }
      return hold;
    };
    const balanceOf = (hold: { accountId: string }) => billing.balanceOf(hold.accountId);
    const assertInOrder = async () => assert.deepEqual(await billing.audit(), []);

    test('a settled hold charges exactly $0.82304 for 8 s at std and gives the rest back', async () => {
      const hold = await open(10_000_000_000n, 1_028_800_000n);
      assert.deepEqual(await balanceOf(hold), {
        availableNanos: 8_971_200_000n,
        heldNanos: 1_028_800_000n,
      });
      const settled = await db.transaction((tx) => billing.ledger.settle(tx, hold, 823_040_000n));
      assert.deepEqual(settled, { chargedNanos: 823_040_000n, releasedNanos: 205_760_000n });
      assert.deepEqual(await balanceOf(hold), { availableNanos: 9_176_960_000n, heldNanos: 0n });
      await assertInOrder();
    });

    test('a settlement never takes more than was held', async () => {
      const hold = await open(500n, 300n);
      const settled = await db.transaction((tx) => billing.ledger.settle(tx, hold, 400n));
      assert.deepEqual(settled, { chargedNanos: 300n, releasedNanos: 0n });
      assert.deepEqual(await balanceOf(hold), { availableNanos: 200n, heldNanos: 0n });
    });

    test('a release gives a hold and its top-up back to the last nano', async () => {
      const hold = await open(1_000n, 300n);
      await db.transaction((tx) => billing.ledger.hold(tx, hold, 250n));
      assert.deepEqual(await balanceOf(hold), { availableNanos: 450n, heldNanos: 550n });
      const released = await db.transaction((tx) => billing.ledger.release(tx, hold));
      assert.deepEqual(released, { releasedNanos: 550n });
      assert.deepEqual(await balanceOf(hold), { availableNanos: 1_000n, heldNanos: 0n });
      await assertInOrder();
    });

    test('a hold beyond the funds says what is needed and what is there, and moves nothing', async () => {
      const hold = await open(100_000_000n);
      const work = db.transaction((tx) => billing.ledger.hold(tx, hold, 1_028_800_000n));
      await assert.rejects(work, (error) => {
        assert.ok(isAppError(error, 'insufficient_balance'));
        assert.deepEqual(error.values, { needed: '1.02880', available: '0.10000' });
        return true;
      });
      assert.deepEqual(await balanceOf(hold), { availableNanos: 100_000_000n, heldNanos: 0n });
    });

    test('of 64 holds at once exactly as many are accepted as there are funds for', async () => {
      const { accountId } = await open(10n * 1_028_800_000n + 7n);
      const results = await Promise.allSettled(
        Array.from({ length: 64 }, () => {
          const hold = { accountId, holdId: newId('hold'), taskId: newId('task') };
          return db.transaction((tx) => billing.ledger.hold(tx, hold, 1_028_800_000n));
        }),
      );
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10);
      assert.deepEqual(await billing.balanceOf(accountId), {
        availableNanos: 7n,
        heldNanos: 10_288_000_000n,
      });
      await assertInOrder();
    });

    test('the database refuses a second resolution of a hold', async () => {
      for (const first of ['settle', 'release'] as const) {
        const hold = await open(1_000n, 300n);
        const resolve = (kind: 'settle' | 'release') =>
          db.transaction((tx) =>
            kind === 'settle'
              ? billing.ledger.settle(tx, hold, 200n)
              : billing.ledger.release(tx, hold),
          );
        await resolve(first);
        // Held money of another task lies on the account, so that only the hold itself can stand in
        // the way.
        const other = { ...hold, holdId: newId('hold') };
        await db.transaction((tx) => billing.ledger.hold(tx, other, 400n));
        await assert.rejects(resolve('settle'), /one_resolution_per_hold/);
        await assert.rejects(resolve('release'), /one_resolution_per_hold/);
      }
      await assertInOrder();
    });

    test('the database refuses to add to a hold that is resolved', async () => {
      const hold = await open(1_000n, 300n);
      await db.transaction((tx) => billing.ledger.release(tx, hold));
      const late = db.transaction((tx) => billing.ledger.hold(tx, hold, 10n));
      await assert.rejects(late, /is resolved but 10 nanos of it remain/);
      assert.deepEqual(await balanceOf(hold), { availableNanos: 1_000n, heldNanos: 0n });
    });

    test('the database refuses an overdraft, whoever writes it', async () => {
      const { accountId } = await open(1_000n);
      for (const column of ['available_nanos', 'held_nanos']) {
        const write = sql`UPDATE account SET ${sql.ref(column)} = -1 WHERE id = ${accountId}`;
        await assert.rejects(write.execute(db.kysely), /check constraint/);
      }
    });

    test('the database refuses a posting that does not sum to zero', async () => {
      const { accountId } = await open(1_000n);
      const post = (lines: [string, bigint][]) =>
        db.transaction(async (tx) => {
          const id = newId('transfer');
          await sql`INSERT INTO ledger_transfer VALUES
            (${id}, 'hold', ${accountId}, ${newId('hold')}, 'task', 5, now())`.execute(tx);
          for (const [book, nanos] of lines) {
            await sql`INSERT INTO ledger_entry VALUES
              (${id}, ${book}, ${accountId}, ${nanos}::bigint)`.execute(tx);
          }
        });
      await assert.rejects(
        post([
          ['customer_available', -5n],
          ['customer_held', 4n],
        ]),
        /do not sum to zero/,
      );
      await assert.rejects(post([]), /are not those of a hold/);
      await assert.rejects(
        post([
          ['customer_available', 5n],
          ['customer_held', -5n],
        ]),
        /are not those of a hold/,
      );
    });

    test('the database refuses to change, remove or empty what the ledger says', async () => {
      await open(1_000n, 10n);
      for (const table of ['ledger_transfer', 'ledger_entry']) {
        for (const text of [
          `UPDATE ${table} SET amount_nanos = amount_nanos + 1`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table} CASCADE`,
        ]) {
          await assert.rejects(db.executeSql(text), /never changed or removed/, text);
        }
      }
    });

    test('nothing can be added to a transfer that is complete', async () => {
      const { accountId } = await open(1_000n);
      const { rows } = await db.executeSql('SELECT id FROM ledger_transfer WHERE account_id = $1', [
        accountId,
      ]);
      const id = String(rows[0]?.['id']);
      const write = db.transaction(async (tx) => {
        await sql`INSERT INTO ledger_entry VALUES
          (${id}, 'customer_held', ${accountId}, 5), (${id}, 'revenue', NULL, -5)`.execute(tx);
      });
      await assert.rejects(write, /are not those of a deposit/);
    });

    test('a deposit with the same reference moves money once', async () => {
      const { accountId } = await open(1_000n);
      const first = await billing.creditAccount(accountId, 500n, 'payment 1');
      const again = await billing.creditAccount(accountId, 500n, 'payment 1');
      assert.deepEqual(again, { transferId: first.transferId, isRepeat: true });
      await assert.rejects(billing.creditAccount(accountId, 501n, 'payment 1'), {
        code: 'invalid_request',
      });
      assert.deepEqual(await billing.balanceOf(accountId), {
        availableNanos: 1_500n,
        heldNanos: 0n,
      });
    });

    const oneSession = variant.name === 'PGlite' ? 'all wait for the one session' : false;
    test('a deposit waits for no submit that is still on its way to its hold', {
      skip: oneSession,
    }, async () => {
      const { accountId } = await open(1_000n);
      const hasBegun = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const submit = db.transaction(async (tx) => {
        // Every row that names the account locks it lightly until the transaction ends.
        await sql`INSERT INTO ledger_transfer
            (id, kind, account_id, reference, amount_nanos, created_at, hold_id)
          VALUES (${newId('transfer')}, 'hold', ${accountId}, 'x', 1, now(), 'x')`.execute(tx);
        hasBegun.resolve();
        await mayEnd.promise;
        throw new Error('rolled back on purpose');
      });
      await hasBegun.promise;
      await billing.creditAccount(accountId, 500n, 'meanwhile');
      mayEnd.resolve();
      await assert.rejects(submit, /on purpose/);
    });

    test('the audit notices a cached balance that the lines do not explain', async () => {
      const { accountId } = await open(1_000n);
      const shift = (nanos: number) =>
        sql`UPDATE account SET available_nanos = available_nanos + ${nanos}::bigint
          WHERE id = ${accountId}`.execute(db.kysely);
      await shift(1);
      const violations = await billing.audit();
      await shift(-1);
      assert.deepEqual(
        violations.map(({ invariant, subject }) => ({ invariant, subject })),
        [{ invariant: 'the cached balances are the sums of the lines', subject: accountId }],
      );
      await assertInOrder();
    });
  });
}
