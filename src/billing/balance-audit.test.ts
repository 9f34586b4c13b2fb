import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { Database } from '../db/database.ts';
import { newId } from '../kernel/ids.ts';
import { createBalanceAudit } from './balance-audit.ts';
import { type Billing, createBilling } from './billing.ts';
import { DEFAULT_PRICES } from './prices.ts';

const MINUTE_MS = 60_000;

for (const variant of TEST_DATABASES) testBalances(variant);

function testBalances(variant: TestDatabase): void {
  describe(`balances audited again and again on ${variant.name}`, { skip: variant.skip }, () => {
    let db: Database;
    let billing: Billing;
    const clock = createTestClock();
    before(async () => {
      db = await variant.open();
      billing = createBilling({ db, clock, newId, prices: DEFAULT_PRICES });
    });
    after(() => db.close());

    const open = async () => {
      const accountId = newId('account');
      await db.kysely
        .insertInto('account')
        .values({ id: accountId, name: 'test', created_at: new Date(0) })
        .execute();
      return accountId;
    };
    const shift = (accountId: string, nanos: number) =>
      sql`UPDATE account SET available_nanos = available_nanos + ${nanos}::bigint
        WHERE id = ${accountId}`.execute(db.kysely);
    const times = () => ({
      sinceMs: clock.now() - 2 * MINUTE_MS,
      settledMs: clock.now() - MINUTE_MS,
    });

    test('balances in order stay in order, however time cuts the lines, and a wrong one is named', async () => {
      const audit = createBalanceAudit();
      const accountId = await open();
      const hold = { accountId, holdId: newId('hold'), taskId: newId('task') };
      await billing.creditAccount(accountId, 1_000n, 'first');
      for (let step = 0; step < 6; step++) {
        if (step === 1) await db.transaction((tx) => billing.ledger.hold(tx, hold, 300n));
        if (step === 3) await db.transaction((tx) => billing.ledger.settle(tx, hold, 200n));
        await billing.creditAccount(accountId, 7n, `step ${step}`);
        assert.deepEqual(await audit.audit(db.kysely, times()), [], `step ${step}`);
        clock.advance(MINUTE_MS / 2);
      }
      await shift(accountId, 1);
      for (let time = 0; time < 2; time++) {
        const found = await audit.audit(db.kysely, times());
        assert.deepEqual(
          found.map(({ subject }) => subject),
          [accountId],
        );
      }
      await shift(accountId, -1);
      assert.deepEqual(await audit.audit(db.kysely, times()), []);
    });

    test('a line that appears with an old time is no violation', async () => {
      const audit = createBalanceAudit();
      const accountId = await open();
      await billing.creditAccount(accountId, 1_000n, 'first');
      assert.deepEqual(
        await audit.audit(db.kysely, { sinceMs: 0, settledMs: clock.now() + 1 }),
        [],
      );
      clock.advance(-MINUTE_MS);
      await billing.creditAccount(accountId, 5n, 'late');
      clock.advance(MINUTE_MS);
      assert.deepEqual(await audit.audit(db.kysely, times()), []);
    });
  });
}
