/**
 * Takes a dump out of whichever database the configuration names, by way of the service where that
 * holds it, and puts one into an empty database.
 */

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Violation } from '../billing/audit.ts';
import type { Config } from '../config.ts';
import { DumpError, type DumpHead, sumRows } from '../db/dump/format.ts';
import { checkDump, pickMigrations, readDump, readDumpHead } from '../db/dump/read-dump.ts';
import { writeDump } from '../db/dump/write-dump.ts';
import { MigrationError } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { createLog } from '../kernel/log.ts';
import { openBooks } from '../main.ts';
import { downloadFromOwnService, isServiceRunning } from '../net/own-service.ts';
import { readServiceNote, type ServiceNote } from '../net/service-file.ts';
import { auditTasks } from '../tasks/audit.ts';
import { letGoOfAll } from '../tasks/let-go.ts';

export type TakenDump = {
  head: DumpHead;
  sizeBytes: number;
  /** The service that goes on meanwhile, or null when none runs. */
  runningAt: string | null;
};

/**
 * The file is read back to its end before this resolves.
 *
 * @throws {DumpError} when the file is there already, or there is no database.
 */
export async function takeDump(config: Config, file: string): Promise<TakenDump> {
  if (existsSync(file)) {
    throw new DumpError(`"${file}" is there already; choose another name, or remove it.`);
  }
  const note = await findService(config);
  if (note !== null && config.databaseUrl === null) {
    const call = { method: 'POST', path: '/admin/backup' } as const;
    await downloadFromOwnService(note, { call, file });
  } else {
    await dumpDirectly(config, file);
  }
  const head = await checkDump(file);
  return { head, sizeBytes: (await stat(file)).size, runningAt: note?.url ?? null };
}

async function findService({ dataDir }: Config): Promise<ServiceNote | null> {
  const note = await readServiceNote(dataDir);
  return note !== null && (await isServiceRunning(note)) ? note : null;
}

async function dumpDirectly({ databaseUrl, dataDir }: Config, file: string): Promise<void> {
  if (databaseUrl === null && !existsSync(join(dataDir, 'database'))) {
    throw new DumpError(`There is no embedded database in ${dataDir}; set DATA_DIR to its folder.`);
  }
  const db = await openDatabase({ databaseUrl, dataDir, log: createLog('warn') });
  try {
    await writeDump(db, file);
  } finally {
    await db.close();
  }
}

export type PutDump = {
  head: DumpHead;
  /** What the books say of themselves afterwards; none when all is in order. */
  violations: Violation[];
};

/**
 * All rows in one transaction; afterwards the database is brought to this version, its books are
 * audited, and unfinished tasks get their jobs.
 *
 * @throws {DumpError} when the database is not empty or the dump does not fit.
 */
export async function putDump(config: Config, file: string): Promise<PutDump> {
  const head = await readDumpHead(file);
  const { databaseUrl, dataDir } = config;
  const log = createLog('warn');
  const migrations = pickMigrations(head);
  const db = await openDatabase({ databaseUrl, dataDir, log, migrations }).catch(
    (error: unknown) => {
      throw error instanceof MigrationError ? explainMismatch(head, error) : error;
    },
  );
  try {
    await readDump(db, file);
  } finally {
    await db.close();
  }
  return { head, violations: await finishBooks(config) };
}

function explainMismatch(head: DumpHead, cause: MigrationError): DumpError {
  const last = head.migrations.at(-1)?.name ?? 'no migration';
  return new DumpError(
    `The database is not at ${last}, where the dump was made. Name an empty database; it is then brought there. ` +
      `(${cause.message})`,
    { cause },
  );
}

async function finishBooks(config: Config): Promise<Violation[]> {
  const { db, billing } = await openBooks(config, createLog('warn'));
  try {
    // Jobs were not in the dump: they follow from the tasks, which the next sweep takes up.
    await letGoOfAll(db);
    return [...(await billing.audit()), ...(await auditTasks(db.kysely))];
  } finally {
    await db.close();
  }
}

/** "812 rows (1 account, 2 api_key, …)", without the tables that are empty. */
export function describeRows(head: DumpHead): string {
  const tables = head.tables.filter(({ rows }) => rows > 0);
  const counts = tables.map(({ name, rows }) => `${rows} ${name}`);
  return `${sumRows(head)} rows (${counts.join(', ') || 'no tables'})`;
}

/** One line for each broken promise of the books. */
export function describeViolations(violations: readonly Violation[]): string[] {
  return violations.map(({ invariant, subject, detail }) => `${invariant}: ${subject} (${detail})`);
}
