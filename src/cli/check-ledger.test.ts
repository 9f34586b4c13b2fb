import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepareDataDir, silentLog } from '../../test/fixtures/database.ts';
import { readConfig } from '../config.ts';
import { createService, openBooks } from '../main.ts';
import { runWith } from './testing/test-io.ts';

let dataDir = '';
let environment: Record<string, string> = {};
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'understudy-ledger-'));
  environment = { DATA_DIR: dataDir, PORT: '0' };
  await prepareDataDir(dataDir);
});
after(() => rm(dataDir, { recursive: true }));

const checkLedger = () => runWith(environment, 'doctor', '--ledger');

async function raiseBalance(nanos: number): Promise<string> {
  const { db, accounts } = await openBooks(readConfig(environment), silentLog);
  const [account] = await accounts.listAccounts({ limit: 1, after: null });
  await db.executeSql('UPDATE account SET available_nanos = available_nanos + $1', [nanos]);
  await db.close();
  return account?.id ?? '';
}

test('doctor --ledger finds books in order, and names the account of a balance raised by hand', async () => {
  const { db, accounts } = await openBooks(readConfig(environment), silentLog);
  await accounts.ensureFirstAccount();
  await db.close();
  const sound = await checkLedger();
  assert.deepEqual([sound.code, sound.out], [0, ['ok    ledger: every promise holds']]);

  const accountId = await raiseBalance(1);
  const broken = await checkLedger();
  assert.equal(broken.code, 1);
  const table = broken.out.join('\n');
  assert.match(table, /FAIL {2}ledger: 1 broken promises/);
  assert.match(table, new RegExp(`the cached balances are the sums of the lines +${accountId} `));

  const service = await createService(readConfig(environment), { log: silentLog });
  await service.start();
  const whileItRuns = await checkLedger();
  await service.stop();
  assert.deepEqual(whileItRuns, broken, 'the same by way of the service');
  await raiseBalance(-1);
});
