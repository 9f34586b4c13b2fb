import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { prepareDataDir, silentLog, TEST_DATABASES } from '../../test/fixtures/database.ts';
import { DataDirInUseError, lockDataDir } from './data-dir-lock.ts';
import { type InSession, type Migration, migrate } from './migrate.ts';
import { openDatabase } from './open.ts';

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
const makeDataDir = () => {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-db-'));
  directories.push(directory);
  return directory;
};

test('a second process is refused; killing the first loses no commit and blocks no start', async () => {
  const dataDir = makeDataDir();
  await prepareDataDir(dataDir);
  const holder = fork(join(import.meta.dirname, '../../test/fixtures/database-holder.ts'), [
    dataDir,
  ]);
  await once(holder, 'message');

  const open = () => openDatabase({ databaseUrl: null, dataDir, log: silentLog });
  await assert.rejects(open(), (error) => {
    assert.ok(error instanceof DataDirInUseError);
    assert.equal(error.owner?.pid, holder.pid);
    assert.match(error.message, new RegExp(`in use by process ${holder.pid} on `));
    assert.match(error.message, /choose another DATA_DIR/);
    return true;
  });

  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const db = await open();
  const { rows } = await db.executeSql('SELECT id FROM account');
  assert.deepEqual(rows, [{ id: 'acct_kept' }]);
  await db.close();
  await db.close();
});

test('a data directory that was given back can be taken at once, also by the same process', () => {
  const dataDir = makeDataDir();
  const first = lockDataDir(dataDir);
  assert.throws(() => lockDataDir(dataDir), DataDirInUseError);
  first.release();
  first.release();
  lockDataDir(dataDir).release();
});

const createMigration = (number: number, text: string, checksum = text): Migration => ({
  number,
  name: `${String(number).padStart(6, '0')}.sql`,
  text,
  checksum,
});

test('migrations run once, in order, and what ran is never taken for something else', async () => {
  const pglite = await PGlite.create();
  const inSession: InSession = (work) =>
    pglite.transaction((tx) =>
      work({
        exec: async (text) => void (await tx.exec(text)),
        query: async (text, values) => (await tx.query<Record<string, unknown>>(text, values)).rows,
      }),
    );
  const first = createMigration(1, 'CREATE TABLE one (id int)');
  const second = createMigration(2, 'ALTER TABLE one ADD COLUMN name text; SELECT 1');
  assert.deepEqual(await migrate(inSession, [first]), ['000001.sql']);
  assert.deepEqual(await migrate(inSession, [first, second]), ['000002.sql']);
  assert.deepEqual(await migrate(inSession, [first, second]), []);

  const changed = createMigration(1, 'CREATE TABLE other (id int)');
  await assert.rejects(migrate(inSession, [changed, second]), /000001.sql was changed after/);

  const broken = createMigration(3, 'CREATE TABLE three (id int); SELECT 1 / 0');
  await assert.rejects(migrate(inSession, [first, second, broken]));
  const { rows } = await pglite.query("SELECT to_regclass('three') AS three");
  assert.deepEqual(rows, [{ three: null }]);
  await pglite.close();
});

const [, postgres] = TEST_DATABASES;
test('nodes that start together on an empty PostgreSQL run each migration once', {
  skip: postgres?.skip ?? true,
}, async () => {
  assert.ok(postgres);
  const db = await postgres.open();
  await db.executeSql(
    'DROP TABLE schema_migration, task, ledger_entry, ledger_transfer, api_key, account',
  );
  await db.executeSql('DROP FUNCTION refuse_change, check_touched_transfer, check_transfer');
  const { rows } = await db.executeSql('SELECT current_database() AS name');
  const address = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  address.pathname = `/${rows[0]?.['name']}`;
  const nodes = await Promise.all(
    [1, 2, 3].map(() => openDatabase({ databaseUrl: address.href, dataDir: '', log: silentLog })),
  );
  const applied = await db.executeSql('SELECT number FROM schema_migration');
  assert.deepEqual(applied.rows, [{ number: 1 }]);
  await Promise.all(nodes.map((node) => node.close()));
  await db.close();
});
