import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { TEST_DATABASES } from '../../../test/fixtures/database.ts';
import { createTaskRig, type TaskRig } from '../../../test/fixtures/task-rig.ts';
import type { Database } from '../database.ts';
import { checkDump, pickMigrations, readDump, readDumpHead } from './read-dump.ts';
import { writeDump } from './write-dump.ts';

const [embedded, server] = TEST_DATABASES;
assert.ok(embedded && server);

const folder = await mkdtemp(join(tmpdir(), 'understudy-dump-'));
const file = (name: string): string => join(folder, name);
let source: Database;
let rig: TaskRig;

before(async () => {
  source = await embedded.open();
  rig = await createTaskRig(source);
  await fill(rig);
  await writeDump(source, file('a'));
});
after(async () => {
  await rig.queue.stop();
  await source.close();
  await rm(folder, { recursive: true });
});

/** Tasks that completed, failed and wait, odd characters, an upload, and a key with its hash. */
async function fill({ db, tasks, engine, openAccount, request, runToEnd, billing }: TaskRig) {
  const caller = await openAccount(10_000_000_000n);
  const prompt = 'tabs\t, lines\n, "quotes", back\\slashes, 你好, 🎬, and } ] ,';
  for (const videoUrl of ['https://example.com/1.mp4', 'https://example.com/2.mp4']) {
    const { taskId } = await tasks.submit(caller, request({ prompt, videoUrl }));
    await runToEnd(caller, taskId);
  }
  engine.outcome = { status: 'failed', code: 'engine_crashed', values: {}, retryable: false };
  const failing = await tasks.submit(caller, request());
  await runToEnd(caller, failing.taskId);
  await tasks.submit(caller, request({ externalTaskId: 'order 7' }));
  await billing.creditAccount(caller.accountId, 9_007_199_254_740_993n, 'more than a double holds');
  await sql`INSERT INTO upload (id, account_id, state, created_at, expires_at)
    VALUES ('upload_1', ${caller.accountId}, 'arriving', now(), now())`.execute(db.kysely);
}

const readText = async (name: string) => gunzipSync(await readFile(file(name))).toString();

/** The lines of the ledger's two tables. */
async function readLedger(name: string): Promise<string[]> {
  const [head = '', ...lines] = (await readText(name)).split('\n');
  const ledger: string[] = [];
  let at = 0;
  for (const table of JSON.parse(head).tables) {
    const rows = lines.slice(at, at + table.rows);
    if (table.name.startsWith('ledger_')) ledger.push(...rows);
    at += table.rows;
  }
  return ledger;
}

test('what goes from PGlite to PostgreSQL and back is the same to the last byte', {
  skip: server.skip,
}, async () => {
  const middle = await server.open();
  const last = await embedded.open();
  const head = await readDump(middle, file('a'));
  await writeDump(middle, file('b'));
  await readDump(last, file('b'));
  await writeDump(last, file('c'));
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(readText));
  assert.ok(a === b && b === c, 'the three dumps are the same');
  const ledger = await readLedger('a');
  assert.deepEqual(ledger, await readLedger('c'));
  assert.equal(ledger.length, head.tables.reduce(sumLedger, 0));
  assert.ok(ledger.some((line) => line.includes('"9007199254740993"')));
  for (const db of [middle, last]) {
    const copy = await createTaskRig(db);
    assert.deepEqual(await copy.tasks.audit(), []);
    await copy.queue.stop();
    await db.close();
  }
});

const sumLedger = (sum: number, { name, rows }: { name: string; rows: number }) =>
  name.startsWith('ledger_') ? sum + rows : sum;

for (const kind of TEST_DATABASES) {
  describe(`a dump into ${kind.name}`, { skip: kind.skip }, () => {
    let db: Database;
    before(async () => {
      db = await kind.open();
    });
    after(() => db.close());

    const countAccounts = async () =>
      Number((await db.executeSql('SELECT count(*) AS n FROM account')).rows[0]?.['n']);

    test('that is damaged changes nothing and says where it is wrong', async () => {
      const text = await readText('a');
      const lines = text.split('\n');
      const transfer = lines.findIndex((line) => line.includes('"deposit"'));
      const damages: [string, Buffer, RegExp][] = [
        ['no gzip', Buffer.from('hello'), /is no gzip file/],
        [
          'cut gzip',
          (await readFile(file('a'))).subarray(0, -40),
          /is no gzip file, or is damaged/,
        ],
        ['no dump', gzipSync('{"a":1}\n'), /does not begin as a dump/],
        ['empty', gzipSync(''), /is empty/],
        ['no foot', gzipSync(`${lines.slice(0, -2).join('\n')}\n`), /has no end/],
        ['few rows', gzipSync(`${lines.slice(0, 3).join('\n')}\n`), /ends after \d+ of \d+ rows/],
        ['tail', gzipSync(`${text}{}\n`), /goes on after its end/],
        ['half a line', gzipSync(text.slice(0, -5)), /in the middle of a line/],
        ['other word', gzipSync(text.replace('order 7', 'order 8')), /its sum is/],
        [
          'other columns',
          gzipSync(text.replace('"available_nanos"', '"available"')),
          /the database has account/,
        ],
        [
          'lost transfer',
          gzipSync(lines.with(transfer, lines[transfer + 1] ?? '').join('\n')),
          /duplicate key/,
        ],
      ];
      for (const [name, bytes, expected] of damages) {
        await writeFile(file('damaged'), bytes);
        await assert.rejects(readDump(db, file('damaged')), expected, name);
        assert.equal(await countAccounts(), 0, name);
      }
    });

    test('whose books do not balance is refused by the triggers of the ledger', async () => {
      const lines = (await readText('a')).split('\n').slice(0, -2);
      const at = lines.findIndex((line) => line.includes('"customer_held"'));
      const [transferId, book, accountId, amount] = JSON.parse(lines[at] ?? '');
      const forged = JSON.stringify([transferId, book, accountId, String(BigInt(amount) + 1n)]);
      const body = `${lines.with(at, forged).join('\n')}\n`;
      const sha256 = createHash('sha256').update(body).digest('hex');
      await writeFile(
        file('forged'),
        gzipSync(`${body}${JSON.stringify({ rows: lines.length - 1, sha256 })}\n`),
      );
      await checkDump(file('forged'));
      await assert.rejects(readDump(db, file('forged')), /do not sum to zero/);
      assert.equal(await countAccounts(), 0);
    });

    test('is taken once; a database with rows is refused by what it has', async () => {
      await readDump(db, file('a'));
      await assert.rejects(readDump(db, file('a')), /is not empty: it has rows \(1 of account, /);
    });
  });
}

test('a dump is of one moment, whatever is written while it is read', {
  skip: server.skip,
}, async () => {
  const db = await server.open();
  await readDump(db, file('a'));
  const busy = await createTaskRig(db);
  const caller = await busy.openAccount(1_000_000_000_000n);
  let isDone = false;
  const submitting = (async () => {
    while (!isDone) await busy.tasks.submit(caller, busy.request());
  })();
  for (let round = 0; round < 3; round++) {
    await writeDump(db, file('moment'));
    const copy = await server.open();
    await readDump(copy, file('moment'));
    const copied = await createTaskRig(copy);
    assert.deepEqual(await copied.tasks.audit(), [], 'each task has its hold, each hold its task');
    await copied.queue.stop();
    await copy.close();
  }
  isDone = true;
  await submitting;
  await busy.queue.stop();
  await db.close();
});

test('a dump names the migrations it was made by, and only the same ones take it', async () => {
  const head = await readDumpHead(file('a'));
  const known = pickMigrations(head);
  assert.equal(known.length, head.migrations.length);
  const later = { number: 999_999, name: '999999.sql', text: '', checksum: 'later' };
  assert.equal(pickMigrations(head, [...known, later]).length, known.length);
  assert.throws(() => pickMigrations(head, known.slice(0, -1)), /the version that made it, or a/);
  assert.throws(() => pickMigrations(head, [later, ...known.slice(1)]), /with other migrations/);
});

test('a dump can be checked without a database', async () => {
  assert.deepEqual(await checkDump(file('a')), await readDumpHead(file('a')));
});

test('the schema has nothing that a dump would not carry', async () => {
  const { rows } = await sql`
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'm')
    UNION ALL SELECT conrelid::regclass::text FROM pg_constraint
      WHERE contype = 'f' AND conrelid = confrelid AND connamespace = 'public'::regnamespace
    UNION ALL SELECT tgrelid::regclass::text FROM pg_trigger
      WHERE NOT tgisinternal AND tgtype & 4 = 4 AND NOT tgdeferrable`.execute(source.kysely);
  assert.deepEqual(rows, [], 'no sequence, no copy of rows, no reference to the same table');
});
