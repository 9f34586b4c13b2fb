import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { Database, Tx } from '../db/database.ts';
import { newId } from '../kernel/ids.ts';
import { auditLedger, type Violation } from './audit.ts';
import { type Billing, createBilling } from './billing.ts';
import { DEFAULT_PRICES } from './prices.ts';

/** What a database would never let happen, and the promise that it breaks. */
const CRIMES: readonly {
  crime: string;
  invariant: string;
  subject: 'account' | 'hold' | 'transfer' | 'ledger';
  commit(tx: Tx, ids: Ids): Promise<unknown>;
}[] = [
  {
    crime: 'a line is changed',
    invariant: 'every transfer sums to zero',
    subject: 'transfer',
    commit: (tx, { transferId }) =>
      sql`UPDATE ledger_entry SET amount_nanos = amount_nanos + 1
        WHERE transfer_id = ${transferId} AND book = 'customer_held'`.execute(tx),
  },
  {
    crime: 'money comes from nowhere',
    invariant: 'the whole ledger sums to zero',
    subject: 'ledger',
    commit: (tx, { accountId, transferId }) =>
      sql`INSERT INTO ledger_entry VALUES (${transferId}, 'funding', NULL, 7)`
        .execute(tx)
        .then(() => accountId),
  },
  {
    crime: 'a transfer says another amount than its lines',
    invariant: 'the lines of a transfer are those of its kind and of its account',
    subject: 'transfer',
    commit: (tx, { transferId }) =>
      sql`UPDATE ledger_transfer SET amount_nanos = 299 WHERE id = ${transferId}`.execute(tx),
  },
  {
    crime: 'a hold is released twice',
    invariant: 'a hold has at most one resolution, which leaves nothing of it',
    subject: 'hold',
    async commit(tx, ids) {
      await sql`DROP INDEX one_resolution_per_hold`.execute(tx);
      for (const id of [newId('transfer'), newId('transfer')]) await release(tx, ids, id);
    },
  },
  {
    crime: 'more is charged than was held',
    invariant: 'nothing is charged or given back beyond what was held',
    subject: 'hold',
    commit: (tx, { accountId, holdId }) =>
      sql`INSERT INTO ledger_transfer VALUES
        (${newId('transfer')}, 'settle', ${accountId}, ${holdId}, 'task', 301, now())`.execute(tx),
  },
  {
    crime: 'a balance is overdrawn',
    invariant: 'no balance is negative',
    subject: 'account',
    async commit(tx, { accountId }) {
      await sql`ALTER TABLE account DROP CONSTRAINT account_available_nanos_check`.execute(tx);
      await sql`UPDATE account SET available_nanos = -1 WHERE id = ${accountId}`.execute(tx);
    },
  },
  {
    crime: 'a balance is raised by hand',
    invariant: 'the cached balances are the sums of the lines',
    subject: 'account',
    commit: (tx, { accountId }) =>
      sql`UPDATE account SET available_nanos = available_nanos + 1
        WHERE id = ${accountId}`.execute(tx),
  },
  {
    crime: 'a hold vanishes and its money stays held',
    invariant: 'what is held and what holds say is the same',
    subject: 'account',
    commit: (tx, { transferId }) =>
      sql`DELETE FROM ledger_transfer WHERE id = ${transferId}`.execute(tx),
  },
];

for (const variant of TEST_DATABASES) testAudit(variant);

type Ids = { accountId: string; holdId: string; transferId: string };

function release(tx: Tx, { accountId, holdId }: Ids, id: string) {
  return sql`WITH given AS (
      INSERT INTO ledger_transfer VALUES
        (${id}, 'release', ${accountId}, ${holdId}, 'task', 300, now()))
    INSERT INTO ledger_entry VALUES (${id}, 'customer_held', ${accountId}, -300),
      (${id}, 'customer_available', ${accountId}, 300)`.execute(tx);
}

function testAudit(variant: TestDatabase): void {
  describe(`ledger audit on ${variant.name}`, { skip: variant.skip }, () => {
    let db: Database;
    let billing: Billing;
    const clock = createTestClock();
    before(async () => {
      db = await variant.open();
      billing = createBilling({ db, clock, newId, prices: DEFAULT_PRICES });
    });
    after(() => db.close());

    /** An account with 1000 nanos, 300 of them held. */
    const open = async (): Promise<Ids> => {
      const accountId = newId('account');
      await db.kysely
        .insertInto('account')
        .values({ id: accountId, name: 'test', created_at: new Date(0) })
        .execute();
      await billing.creditAccount(accountId, 1_000n, 'funds');
      const holdId = newId('hold');
      await db.transaction((tx) =>
        billing.ledger.hold(tx, { accountId, holdId, taskId: newId('task') }, 300n),
      );
      const { rows } = await db.executeSql('SELECT id FROM ledger_transfer WHERE hold_id = $1', [
        holdId,
      ]);
      return { accountId, holdId, transferId: String(rows[0]?.['id']) };
    };
    /** Commits the crime with everything switched off that prevents it, looks, and undoes it. */
    const auditAfter = async (
      ids: Ids,
      commit: (tx: Tx, ids: Ids) => Promise<unknown>,
      sinceMs: number | null,
    ): Promise<Violation[]> => {
      const undone = new Error('undone');
      let violations: Violation[] = [];
      const work = db.transaction(async (tx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(tx);
        await commit(tx, ids);
        violations = await auditLedger(tx, { sinceMs });
        throw undone;
      });
      await assert.rejects(work, undone);
      return violations;
    };

    for (const { crime, invariant, subject, commit } of CRIMES) {
      test(`when ${crime}, the audit names the promise and who it is about`, async () => {
        const ids = await open();
        const wanted = subject === 'ledger' ? 'ledger' : ids[`${subject}Id`];
        const isNamed = (found: Violation[]) =>
          found.some((one) => one.invariant === invariant && one.subject === wanted);
        assert.ok(isNamed(await auditAfter(ids, commit, null)), 'by the whole audit');
        if (subject !== 'ledger') {
          const recent = await auditAfter(ids, commit, clock.now() - 1);
          assert.ok(isNamed(recent), 'by the one of what is new');
        }
        assert.deepEqual(await auditLedger(db.kysely), [], 'and nothing of it remains');
      });
    }

    test('an audit of what is new does not look at what is old', async () => {
      const ids = await open();
      const change = CRIMES[0]?.commit;
      assert.ok(change);
      clock.advance(60_000);
      assert.deepEqual(await auditAfter(ids, change, clock.now()), []);
      assert.notDeepEqual(await auditAfter(ids, change, clock.now() - 60_000), []);
    });
  });
}
