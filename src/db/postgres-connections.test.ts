import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { reserveMigrated, silentLog, TEST_DATABASES } from '../../test/fixtures/database.ts';
import { isAppError } from '../kernel/errors.ts';
import { isOutage } from '../kernel/outage.ts';
import type { Database, Tx } from './database.ts';
import { openDatabase } from './open.ts';

const [, server] = TEST_DATABASES;
const onServer = { skip: server?.skip ?? true };
const LIMIT_MS = 400;

async function open(t: TestContext, url: string): Promise<Database> {
  const options = { dataDir: '', log: silentLog, transactionLimitMs: LIMIT_MS };
  const db = await openDatabase({ ...options, databaseUrl: url });
  t.after(() => db.close());
  return db;
}

const isAway = (error: unknown) => isAppError(error, 'not_ready');

const insert = (tx: Tx, id: string) =>
  sql`INSERT INTO account (id, name, created_at) VALUES (${id}, 'one', now())`.execute(tx);
const count = async (db: Database) =>
  (await db.executeSql('SELECT id FROM account')).rows.map(({ id }) => id);

test(
  'a server that ends a connection between two statements fails that transaction and nothing else',
  onServer,
  async (t) => {
    const reserved = await reserveMigrated();
    t.after(() => reserved.drop());
    const db = await open(t, reserved.url);
    const other = await open(t, reserved.url);
    const work = db.transaction(async (tx) => {
      await insert(tx, 'acct_1');
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      await other.executeSql('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await insert(tx, 'acct_2');
    });
    await assert.rejects(work, isAway);
    assert.deepEqual(await count(db), []);
    await db.transaction((tx) => insert(tx, 'acct_3'));
    assert.deepEqual(await count(db), ['acct_3']);
  },
);

test(
  'connections to a machine that vanished are cut, and the next ones reach it again',
  onServer,
  async (t) => {
    const reserved = await reserveMigrated();
    t.after(() => reserved.drop());
    const line = await openLine(new URL(reserved.url));
    t.after(() => line.close());
    const db = await open(t, line.url);
    const isBegun = Promise.withResolvers<void>();
    const isSilent = Promise.withResolvers<void>();
    const work = db.transaction(async (tx) => {
      await insert(tx, 'acct_1');
      isBegun.resolve();
      await isSilent.promise;
      await insert(tx, 'acct_2');
    });
    await isBegun.promise;
    line.silence();
    isSilent.resolve();
    await assert.rejects(work);
    assert.deepEqual(db.countConnections(), { busy: 0, idle: 0, waiting: 0 });
    await db.transaction((tx) => insert(tx, 'acct_3'));
    assert.deepEqual(await count(db), ['acct_3']);
  },
);

test('a server that cannot be reached is told as one, and not as a fault', onServer, async (t) => {
  const reserved = await reserveMigrated();
  t.after(() => reserved.drop());
  const line = await openLine(new URL(reserved.url));
  t.after(() => line.close());
  const db = await open(t, line.url);
  line.close();
  await assert.rejects(db.ping(), isAway);
  await assert.rejects(db.kysely.selectFrom('account').select('id').execute(), isAway);
  await assert.rejects(
    db.transaction(async () => undefined),
    isAway,
  );
});

test('what waits too long for the locks of others may be asked again', onServer, async (t) => {
  const reserved = await reserveMigrated();
  t.after(() => reserved.drop());
  const [db, other] = [await open(t, reserved.url), await open(t, reserved.url)];
  const isLocked = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const holding = other.longTransaction(async (tx) => {
    await sql`LOCK TABLE account`.execute(tx);
    isLocked.resolve();
    await mayEnd.promise;
  });
  await isLocked.promise;
  await assert.rejects(db.kysely.selectFrom('account').select('id').execute(), isAway);
  await assert.rejects(
    db.transaction((tx) => insert(tx, 'acct_1')),
    isOutage,
  );
  mayEnd.resolve();
  await holding;
});

test('a statement of a long transaction may take longer than the limit', onServer, async (t) => {
  const reserved = await reserveMigrated();
  t.after(() => reserved.drop());
  const db = await open(t, reserved.url);
  const seconds = (3 * LIMIT_MS) / 1_000;
  await db.longTransaction(async (tx) => void (await sql`SELECT pg_sleep(${seconds})`.execute(tx)));
});

/** Passes on what is said, until it falls silent: then what is open stays so and says no more. */
async function openLine(to: URL) {
  const open = new Set<Socket>();
  const pairs = new Set<[Socket, Socket]>();
  const line = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) open.add(socket.on('error', () => near.destroy()));
    pairs.add([near, far]);
  });
  await once(line.listen(0, '127.0.0.1'), 'listening');
  const address = line.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = new URL(to);
  url.port = String(address.port);
  return {
    url: url.href,
    silence() {
      for (const [near, far] of pairs) {
        near.unpipe(far).resume();
        far.unpipe(near).resume();
      }
    },
    close() {
      for (const socket of open) socket.destroy();
      line.close();
    },
  };
}
