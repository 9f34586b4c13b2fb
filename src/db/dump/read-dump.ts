/**
 * Takes a dump into an empty database: all of it in one transaction with every constraint and
 * trigger of the database in force, or nothing.
 */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { sql } from 'kysely';
import { assert } from '../../kernel/assert.ts';
import type { Database, Tx } from '../database.ts';
import { type Migration, readMigrations } from '../migrate.ts';
import { countRows, readApplied, readTables, type Table } from './catalog.ts';
import {
  DumpError,
  type DumpHead,
  LINE_CHARS_MAX,
  parseFoot,
  parseHead,
  sumRows,
} from './format.ts';

const BATCH_ROWS = 500;
const BATCH_CHARS_MAX = 4 * 1024 * 1024;

/** @throws {DumpError} when the file is no dump. */
export async function readDumpHead(file: string): Promise<DumpHead> {
  for await (const line of readLines(file)) return parseHead(line, file);
  throw new DumpError(`"${file}" is empty.`);
}

/**
 * The migrations that made the database of the dump: a new database is brought to them before it
 * takes the dump, and further by its next start.
 *
 * @throws {DumpError} when this version does not have them as they were.
 */
export function pickMigrations(
  head: DumpHead,
  known: readonly Migration[] = readMigrations(),
): readonly Migration[] {
  const isSame = head.migrations.every(
    ({ number, checksum }, index) =>
      known[index]?.number === number && known[index]?.checksum === checksum,
  );
  if (isSame) return known.slice(0, head.migrations.length);
  throw new DumpError(
    `The dump was made by a version with other migrations (its last is ${nameLast(head.migrations)}, the last here ` +
      `is ${nameLast(known)}). Use the version that made it, or a later one.`,
  );
}

/**
 * @returns the head of what was taken.
 * @throws {DumpError} when the database is not empty, has other migrations, or the file is damaged;
 *   nothing is changed then. The database's own error when a row breaks a rule.
 */
export async function readDump(db: Database, file: string): Promise<DumpHead> {
  return await db.longTransaction(async (tx) => {
    const tables = await readTables(tx);
    await checkEmpty(tx, tables);
    const head = await walkDump(file, {
      takeHead: (found) => checkFit(tx, found, tables),
      async takeRows(name, lines) {
        const table = tables.find((candidate) => candidate.name === name);
        assert(table, 'a dump that fits has no other tables');
        await insertRows(tx, table, lines, file);
      },
    });
    // Without statistics the triggers would read a whole table for each of its rows.
    for (const { name } of tables) await sql`ANALYZE ${sql.table(name)}`.execute(tx);
    // Triggers that wait for the commit speak now, while their error still has a place to go to.
    await sql`SET CONSTRAINTS ALL IMMEDIATE`.execute(tx);
    return head;
  });
}

/**
 * Reads a dump to its end and holds it against its own counts and sum.
 *
 * @throws {DumpError} for a file that is cut off, changed or no dump at all.
 */
export async function checkDump(file: string): Promise<DumpHead> {
  return await walkDump(file, { takeHead: async () => undefined, takeRows: async () => undefined });
}

type Taker = {
  takeHead(head: DumpHead): Promise<void>;
  /** A batch of rows of one table, each as its line. */
  takeRows(table: string, lines: string[]): Promise<void>;
};

async function walkDump(file: string, taker: Taker): Promise<DumpHead> {
  const hash = createHash('sha256');
  const lines = readLines(file);
  try {
    const first = await lines.next();
    if (first.done) throw new DumpError(`"${file}" is empty.`);
    const head = parseHead(first.value, file);
    await taker.takeHead(head);
    hash.update(`${first.value}\n`);
    for (const table of head.tables) await walkTable(lines, table, { taker, hash, file });
    await checkFoot(lines, { head, sha256: hash.digest('hex'), file });
    return head;
  } finally {
    await lines.return(undefined);
  }
}

type Lines = AsyncGenerator<string, void, undefined>;

async function checkEmpty(tx: Tx, tables: readonly Table[]): Promise<void> {
  const seen: string[] = [];
  for (const { name } of tables) {
    const rows = await countRows(tx, name);
    if (rows > 0) seen.push(`${rows} of ${name}`);
  }
  if (seen.length === 0) return;
  throw new DumpError(
    `The database is not empty: it has rows (${seen.join(', ')}). A dump is only taken into an empty one.`,
  );
}

async function checkFit(tx: Tx, head: DumpHead, tables: readonly Table[]): Promise<void> {
  const here = await readApplied(tx);
  const list = (migrations: DumpHead['migrations']) =>
    migrations.map(({ number, checksum }) => `${number} ${checksum}`).join();
  if (list(here) !== list(head.migrations)) {
    throw new DumpError(
      `The dump was made after the migration ${nameLast(head.migrations)}, the database is at ${nameLast(here)}. ` +
        'Make an empty database; it is then brought to the right one.',
    );
  }
  const describe = (named: readonly { name: string; columns: readonly string[] }[]) =>
    named.map(({ name, columns }) => `${name}(${columns.join()})`).join(' ');
  const own = tables.map(({ name, columns }) => ({ name, columns: columns.map((c) => c.name) }));
  if (describe(own) === describe(head.tables)) return;
  throw new DumpError(
    `The dump has the tables ${describe(head.tables)}; the database has ${describe(own)}.`,
  );
}

type Walk = { taker: Taker; hash: Hash; file: string };

async function walkTable(
  lines: Lines,
  { name, rows }: DumpHead['tables'][number],
  { taker, hash, file }: Walk,
): Promise<void> {
  let batch: string[] = [];
  let chars = 0;
  for (let row = 0; row < rows; row++) {
    const next = await lines.next();
    if (next.done) throw new DumpError(`"${file}" ends after ${row} of ${rows} rows of ${name}.`);
    hash.update(`${next.value}\n`);
    batch.push(next.value);
    chars += next.value.length;
    if (batch.length < BATCH_ROWS && chars < BATCH_CHARS_MAX && row < rows - 1) continue;
    await taker.takeRows(name, batch);
    batch = [];
    chars = 0;
    // PGlite answers in microtasks; without a real pause a long table would starve every timer.
    await setImmediate();
  }
}

/** One statement for a batch; each value is read from its text by the database itself. */
async function insertRows(tx: Tx, table: Table, lines: string[], file: string): Promise<void> {
  const { name, columns } = table;
  const values = columns.map(
    ({ type }, index) => sql`(v ->> ${sql.raw(String(index))})::${sql.raw(type)}`,
  );
  const names = columns.map((column) => sql.ref(column.name));
  const { numAffectedRows } = await sql`
    INSERT INTO ${sql.table(name)} (${sql.join(names)})
    SELECT ${sql.join(values)} FROM jsonb_array_elements(${`[${lines.join()}]`}::text::jsonb) AS v
    WHERE jsonb_array_length(v) = ${columns.length}::int`.execute(tx);
  if (numAffectedRows === BigInt(lines.length)) return;
  throw new DumpError(`"${file}" has rows of ${name} that are not ${columns.length} values long.`);
}

async function checkFoot(
  lines: Lines,
  { head, sha256, file }: { head: DumpHead; sha256: string; file: string },
): Promise<void> {
  const last = await lines.next();
  if (last.done) throw new DumpError(`"${file}" has no end; it was cut off.`);
  const foot = parseFoot(last.value, file);
  if (foot.rows !== sumRows(head) || foot.sha256 !== sha256) {
    throw new DumpError(`"${file}" was changed: its sum is ${sha256}, it says ${foot.sha256}.`);
  }
  const more = await lines.next();
  if (!more.done) throw new DumpError(`"${file}" goes on after its end.`);
}

/** Lines without their ends. */
async function* readLines(file: string): Lines {
  let rest = '';
  const source = createReadStream(file);
  const text = source.pipe(createGunzip()).setEncoding('utf8');
  source.on('error', (error) => text.destroy(error));
  try {
    for await (const chunk of text) {
      const parts = `${rest}${chunk}`.split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > LINE_CHARS_MAX) throw new DumpError(`"${file}" has an endless line.`);
      yield* parts;
    }
  } catch (error) {
    throw explainReadError(error, file);
  } finally {
    source.destroy();
    text.destroy();
  }
  if (rest !== '') throw new DumpError(`"${file}" ends in the middle of a line.`);
}

/** What is wrong with the bytes is told as such; that there is no file, as it is. */
function explainReadError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (!String(error.code).startsWith('Z_')) return error;
  return new DumpError(`"${file}" is no gzip file, or is damaged: ${error.message}.`, {
    cause: error,
  });
}

function nameLast(migrations: readonly { name: string }[]): string {
  return migrations.at(-1)?.name ?? 'none';
}
