/** Opens the database the configuration names: locked, migrated and ready. */

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Log } from '../kernel/log.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { createDatabase, type Database, TRANSACTION_LIMIT_MS } from './database.ts';
import { type InSession, logMigrations, type Migration, migrate } from './migrate.ts';
import { createPgliteDialect } from './pglite-dialect.ts';
import { openPostgres } from './postgres.ts';

export type DatabaseOptions = {
  /** `postgres://…`, or null for the embedded database. */
  databaseUrl: string | null;
  /** Directory of the embedded database; nothing is written there when `databaseUrl` is set. */
  dataDir: string;
  log: Log;
  /** Longest time a transaction may be open, in milliseconds. @default 15_000 */
  transactionLimitMs?: number;
  /** Connections to PostgreSQL at most. @default 10 */
  connectionsMax?: number;
  /** Those to bring the database to, for taking up what an older version wrote. @default all */
  migrations?: readonly Migration[];
};

/** The embedded database has no autovacuum, and progress rewrites a task's row every second. */
const VACUUM_INTERVAL_MS = 10 * 60_000;

/**
 * Rejects with `DataDirInUseError` when another process holds the data directory, and with the
 * driver's error when the database cannot be reached.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.databaseUrl === null
    ? await openEmbedded(options)
    : await openPostgres(options.databaseUrl, options);
}

async function openEmbedded(options: DatabaseOptions): Promise<Database> {
  const lock = lockDataDir(options.dataDir);
  try {
    const pglite = await openFolder(join(options.dataDir, 'database'));
    const vacuum = setInterval(() => {
      pglite.exec('VACUUM').catch((error: unknown) => {
        options.log.warn({ err: error }, 'the embedded database was not vacuumed');
      });
    }, VACUUM_INTERVAL_MS);
    vacuum.unref();
    return await usePglite(pglite, {
      ...options,
      onClose() {
        clearInterval(vacuum);
        lock.release();
      },
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens the folder whatever its last process was killed at. A new one is made beside its place and
 * moved there when it is whole. The note of a process that was killed before it had written its
 * number there would keep every later one out; the lock of the data directory knows who is alive.
 */
async function openFolder(folder: string): Promise<PGlite> {
  if (!existsSync(folder)) {
    const begun = `${folder}.begun`;
    rmSync(begun, { recursive: true, force: true });
    mkdirSync(begun, { recursive: true });
    await (await PGlite.create(begun)).close();
    renameSync(begun, folder);
  }
  rmSync(join(folder, 'postmaster.pid'), { force: true });
  return await PGlite.create(folder);
}

/** Migrates an open PGlite and puts it behind the door; closing the database closes it. */
export async function usePglite(
  pglite: PGlite,
  options: Pick<DatabaseOptions, 'log' | 'transactionLimitMs' | 'migrations'> & {
    onClose?: () => void;
  },
): Promise<Database> {
  const inSession: InSession = (work) =>
    pglite.transaction((tx) =>
      work({
        exec: async (text) => void (await tx.exec(text)),
        query: async (text, values) => (await tx.query<Record<string, unknown>>(text, values)).rows,
      }),
    );
  logMigrations(await migrate(inSession, options.migrations), options.log);
  return createDatabase(
    {
      kind: 'pglite',
      dialect: createPgliteDialect(pglite),
      executeSql: (text, values) => executeOnPglite(pglite, text, values),
      countConnections: () => null,
      // The lock of the data directory has seen to it already.
      exclusively: (work) => work(),
      async close() {
        await pglite.close();
        options.onClose?.();
      },
    },
    { log: options.log, transactionLimitMs: options.transactionLimitMs ?? TRANSACTION_LIMIT_MS },
  );
}

/**
 * Callers expect the manners of a pool: a failed statement must not spoil the next, so a block that
 * it left open on the one session of PGlite is rolled back. Outside of such a block, and while a
 * transaction is open, that does nothing.
 */
async function executeOnPglite(pglite: PGlite, text: string, values?: unknown[]) {
  try {
    if (values && values.length > 0) {
      return await pglite.query<Record<string, unknown>>(text, values);
    }
    const results = await pglite.exec(text);
    return { rows: results.flatMap((result) => result.rows) };
  } catch (error) {
    await pglite.exec('ROLLBACK');
    throw error;
  }
}
