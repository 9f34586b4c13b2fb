/** Writes all rows of one moment into a file, a batch at a time, whatever is written meanwhile. */

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { sql } from 'kysely';
import type { Database, Tx } from '../database.ts';
import { countRows, readApplied, readTables, type Table } from './catalog.ts';
import { DUMP_FORMAT, DUMP_VERSION, type DumpHead, sumRows } from './format.ts';

const BATCH_ROWS = 1_000;
/** It holds prompts, addresses of inputs and the hashes of keys. */
const OWNER_ONLY = 0o600;

export type DumpSummary = {
  rows: number;
  /** Of the file. */
  sizeBytes: number;
  /** Of the lines before they are compressed. */
  lineBytes: number;
  tables: readonly { name: string; rows: number }[];
};

/**
 * The file appears under its name when it is whole, and is readable by its owner alone.
 *
 * @param file Replaced when it is there.
 */
export async function writeDump(db: Database, file: string): Promise<DumpSummary> {
  const draft = `${file}.part`;
  try {
    const written = await db.longTransaction(async (tx) => {
      await holdStill(tx);
      const tables = await readTables(tx);
      const head = await describe(tx, tables);
      const sum = { lineBytes: 0 };
      await pipeline(
        writeLines(tx, head, tables, sum),
        createGzip(),
        createWriteStream(draft, { mode: OWNER_ONLY }),
      );
      const counts = head.tables.map(({ name, rows }) => ({ name, rows }));
      return { tables: counts, rows: sumRows(head), lineBytes: sum.lineBytes };
    });
    const { size } = await stat(draft);
    await rename(draft, file);
    return { ...written, sizeBytes: size };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Everything is read as of one moment, and written the same way on every server. */
async function holdStill(tx: Tx): Promise<void> {
  await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`.execute(tx);
  await sql`SET LOCAL timezone = 'UTC'`.execute(tx);
  await sql`SET LOCAL datestyle = 'ISO'`.execute(tx);
  await sql`SET LOCAL bytea_output = 'hex'`.execute(tx);
}

async function describe(tx: Tx, tables: readonly Table[]): Promise<DumpHead> {
  const counted: DumpHead['tables'] = [];
  for (const { name, columns } of tables) {
    const rows = await countRows(tx, name);
    counted.push({ name, columns: columns.map((column) => column.name), rows });
  }
  return {
    format: DUMP_FORMAT,
    version: DUMP_VERSION,
    migrations: await readApplied(tx),
    tables: counted,
  };
}

async function* writeLines(
  tx: Tx,
  head: DumpHead,
  tables: readonly Table[],
  sum: { lineBytes: number },
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const add = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    sum.lineBytes += bytes.length;
    return bytes;
  };
  yield add(`${JSON.stringify(head)}\n`);
  for (const table of tables) {
    for await (const text of readRows(tx, table)) yield add(text);
  }
  const foot = { rows: sumRows(head), sha256: hash.digest('hex') };
  yield Buffer.from(`${JSON.stringify(foot)}\n`);
}

/** Rows come through a cursor in the order of the bytes of their key, so on every server alike. */
async function* readRows(tx: Tx, { name, columns, key }: Table): AsyncGenerator<string> {
  const values = columns.map((column) => sql`${sql.ref(column.name)}::text`);
  const order = key.map((column) => sql`${sql.ref(column)}::text COLLATE "C"`);
  await sql`DECLARE dump NO SCROLL CURSOR FOR
    SELECT to_json(ARRAY[${sql.join(values)}])::text AS line
    FROM ${sql.table(name)} ORDER BY ${sql.join(order)}`.execute(tx);
  for (;;) {
    const { rows } = await sql<{ line: string }>`
      FETCH ${sql.raw(String(BATCH_ROWS))} FROM dump`.execute(tx);
    if (rows.length === 0) break;
    yield rows.map(({ line }) => `${line}\n`).join('');
    // PGlite answers in microtasks; without a real pause a long table would starve every timer.
    await setImmediate();
  }
  await sql`CLOSE dump`.execute(tx);
}
