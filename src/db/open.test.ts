import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import {
  prepareDataDir,
  reserveOnServer,
  silentLog,
  TEST_DATABASES,
} from '../../test/fixtures/database.ts';
import { createQueue, QUEUE_NAMES } from '../queue/queue.ts';
import { DataDirInUseError, lockDataDir } from './data-dir-lock.ts';
import {
  type InSession,
  type Migration,
  MigrationError,
  migrate,
  readMigrations,
} from './migrate.ts';
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

test('a database whose process was killed before it had noted its number opens again', async () => {
  const dataDir = makeDataDir();
  await prepareDataDir(dataDir);
  writeFileSync(join(dataDir, 'database', 'postmaster.pid'), '');
  const db = await openDatabase({ databaseUrl: null, dataDir, log: silentLog });
  assert.deepEqual((await db.executeSql('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await db.close();
});

test('a first start that was killed half way is begun again', async () => {
  const dataDir = makeDataDir();
  mkdirSync(join(dataDir, 'database.begun', 'base'), { recursive: true });
  writeFileSync(join(dataDir, 'database.begun', 'PG_VERSION'), '17\n');
  const db = await openDatabase({ databaseUrl: null, dataDir, log: silentLog });
  assert.deepEqual((await db.executeSql('SELECT id FROM account')).rows, []);
  await db.close();
  assert.ok(!existsSync(join(dataDir, 'database.begun')));
});

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

const sessionsOf =
  (pglite: PGlite): InSession =>
  (work) =>
    pglite.transaction((tx) =>
      work({
        exec: async (text) => void (await tx.exec(text)),
        query: async (text, values) => (await tx.query<Record<string, unknown>>(text, values)).rows,
      }),
    );

const createMigration = (number: number, text: string, checksum = text): Migration => ({
  number,
  name: `${String(number).padStart(6, '0')}.sql`,
  text,
  checksum,
});

test('migrations run once, in order, and what ran is never taken for something else', async () => {
  const pglite = await PGlite.create();
  const inSession = sessionsOf(pglite);
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

const [, server] = TEST_DATABASES;
const onServer = { skip: server?.skip ?? true };

test(
  'nodes that start together on an empty PostgreSQL run each migration once',
  onServer,
  async (t) => {
    const reserved = await reserveOnServer();
    t.after(() => reserved.drop());
    const open = async () => {
      const db = await openDatabase({ databaseUrl: reserved.url, dataDir: '', log: silentLog });
      t.after(() => db.close());
      return db;
    };
    const [db, ...others] = await Promise.all([open(), open(), open()]);
    const applied = await db.executeSql('SELECT name FROM schema_migration ORDER BY number');
    assert.deepEqual(
      applied.rows.map(({ name }) => name),
      readMigrations().map(({ name }) => name),
    );

    const queues = await Promise.allSettled(
      [db, ...others].map((node) => createQueue({ db: node, log: silentLog })),
    );
    for (const queue of queues) {
      if (queue.status === 'fulfilled') await queue.value.stop();
    }
    assert.deepEqual(
      queues.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled'],
      queues.map((queue) => (queue.status === 'rejected' ? queue.reason.stack : '')).join(),
    );
    const names = await db.executeSql('SELECT name FROM pgboss.queue WHERE name = ANY($1)', [
      [...QUEUE_NAMES],
    ]);
    assert.equal(names.rows.length, QUEUE_NAMES.length);
  },
);

test('a database that a newer version has used is refused before anything is changed', async () => {
  const pglite = await PGlite.create();
  await migrate(sessionsOf(pglite), [
    createMigration(1, 'CREATE TABLE one (id int)'),
    createMigration(3, 'CREATE TABLE three (id int)'),
  ]);
  const older = [
    createMigration(1, 'CREATE TABLE one (id int)'),
    createMigration(2, 'CREATE TABLE two (id int)'),
  ];
  await assert.rejects(migrate(sessionsOf(pglite), older), (error) => {
    assert.ok(error instanceof MigrationError);
    assert.match(
      error.message,
      /has run the migration 000003.sql, which this version does not have/,
    );
    return true;
  });
  const { rows } = await pglite.query("SELECT to_regclass('two') AS two");
  assert.deepEqual(rows, [{ two: null }]);
  await pglite.close();
});

test('the migrations of this version stand on a database that ran those before', async () => {
  const pglite = await PGlite.create();
  const all = readMigrations();
  for (const count of all.keys()) {
    const ran = await migrate(sessionsOf(pglite), all.slice(0, count + 1));
    assert.deepEqual(ran, [all[count]?.name]);
  }
  await pglite.close();
});
