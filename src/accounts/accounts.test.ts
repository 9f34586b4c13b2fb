import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { createLedger } from '../billing/ledger.ts';
import type { Database } from '../db/database.ts';
import { newId } from '../kernel/ids.ts';
import { type Accounts, createAccounts } from './accounts.ts';

for (const variant of TEST_DATABASES) testAccounts(variant);

function testAccounts(variant: TestDatabase): void {
  describe(`accounts on ${variant.name}`, { skip: variant.skip }, () => {
    const clock = createTestClock();
    let db: Database;
    let accounts: Accounts;
    before(async () => {
      db = await variant.open();
      const ledger = createLedger({ clock, newId });
      accounts = createAccounts({ db, ledger, clock, newId });
    });
    after(() => db.close());

    test('the first start makes one account with $10.00 and a key, also when two start together', async () => {
      const made = await Promise.all([
        accounts.ensureFirstAccount(),
        accounts.ensureFirstAccount(),
      ]);
      const [first, ...others] = made.filter((account) => account !== null);
      assert.ok(first);
      assert.deepEqual(others, []);
      const { rows } = await db.executeSql('SELECT id, available_nanos::text AS n FROM account');
      assert.deepEqual(rows, [{ id: first.accountId, n: '10000000000' }]);
      const caller = await accounts.findCallerByKey(first.key);
      assert.equal(caller?.accountId, first.accountId);
      assert.equal(await accounts.ensureFirstAccount(), null);
    });

    test('a first account may start with nothing', async () => {
      const empty = await variant.open();
      const ledger = createLedger({ clock, newId });
      const firstDepositNanos = 0n;
      const poor = createAccounts({ db: empty, ledger, clock, newId, firstDepositNanos });
      const first = await poor.ensureFirstAccount();
      assert.ok(first && (await poor.findCallerByKey(first.key)));
      const { rows } = await empty.executeSql('SELECT available_nanos::text AS n FROM account');
      assert.deepEqual(rows, [{ n: '0' }]);
      await empty.close();
    });

    test('a key is found by its prefix and only whole', async () => {
      const { id: accountId } = await accounts.createAccount('customer');
      const { key, id, prefix } = await accounts.createKey(accountId, 'laptop');
      assert.match(key, /^us_[1-9A-HJ-NP-Za-km-z]{30}$/);
      assert.ok(key.startsWith(prefix));
      assert.deepEqual(await accounts.findCallerByKey(key), {
        accountId,
        keyId: id,
        role: 'customer',
      });
      const last = key.endsWith('2') ? '3' : '2';
      for (const wrong of ['', prefix, `${key}1`, `${key.slice(0, -1)}${last}`, key.slice(3)]) {
        assert.equal(await accounts.findCallerByKey(wrong), null, wrong);
      }
    });

    test('the secret of a key is nowhere in the database', async () => {
      const { id: accountId } = await accounts.createAccount('customer');
      const { key, prefix } = await accounts.createKey(accountId, 'secret');
      const { rows } = await db.executeSql('SELECT api_key::text AS whole FROM api_key');
      assert.ok(rows.some((row) => String(row['whole']).includes(prefix)));
      assert.ok(rows.every((row) => !String(row['whole']).includes(key.slice(prefix.length))));
    });

    test('a revoked key is refused at once and keeps the time of its first revocation', async () => {
      const { id: accountId } = await accounts.createAccount('customer');
      const { key, id } = await accounts.createKey(accountId, 'lost');
      const revokedAt = new Date(clock.now());
      assert.equal(await accounts.revokeKey(id), true);
      assert.equal(await accounts.findCallerByKey(key), null);
      clock.advance(1_000);
      assert.equal(await accounts.revokeKey(id), true);
      const [listed] = await accounts.listKeys(accountId);
      assert.deepEqual(listed?.revokedAt, revokedAt);
      assert.equal(await accounts.revokeKey('key_none'), false);
    });

    test('a key finds its row by an index, not by reading all keys', async () => {
      const { rows } = await db.executeSql(
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'api_key'",
      );
      assert.ok(rows.some((row) => /UNIQUE INDEX .*\(prefix\)/.test(String(row['indexdef']))));
    });

    test('a key for an account that does not exist is refused', async () => {
      await assert.rejects(accounts.createKey('acct_none', 'x'), { code: 'invalid_request' });
    });
  });
}
