/**
 * Runs the numbered SQL files that the database has not seen yet, each once, in order, also when
 * two nodes start together.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../kernel/log.ts';
import { LOCKS } from './locks.ts';

/** A session in which `exec` takes many statements and `query` one with values. */
export type MigrationSession = {
  exec(text: string): Promise<void>;
  query(text: string, values: unknown[]): Promise<Record<string, unknown>[]>;
};

/** Runs the work in one transaction of one session. */
export type InSession = <T>(work: (session: MigrationSession) => Promise<T>) => Promise<T>;

export type Migration = { number: number; name: string; text: string; checksum: string };

const MIGRATION_FILE = /^(\d{6})\.sql$/;

/** The database and this version do not fit together; the message says why and what to do. */
export class MigrationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MigrationError';
  }
}

export function readMigrations(directory = join(import.meta.dirname, 'migrations')): Migration[] {
  return readdirSync(directory)
    .filter((name) => MIGRATION_FILE.test(name))
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { number: Number(MIGRATION_FILE.exec(name)?.[1]), name, text, checksum };
    });
}

/**
 * Each migration commits by itself, so a crash in between leaves a prefix of them. Returns the
 * names of those it ran.
 *
 * @throws {MigrationError} for a database that a newer version has used, or whose migrations were
 *   changed after they ran; nothing is run then.
 */
export async function migrate(
  inSession: InSession,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  await inSession((session) => checkApplied(session, migrations));
  const ran: string[] = [];
  for (const migration of migrations) {
    if (await inSession((session) => runOne(session, migration))) ran.push(migration.name);
  }
  return ran;
}

async function checkApplied(
  session: MigrationSession,
  migrations: readonly Migration[],
): Promise<void> {
  await prepare(session);
  const applied = await session.query(
    'SELECT number, name, checksum FROM schema_migration ORDER BY number',
    [],
  );
  for (const { number, name, checksum } of applied) {
    const known = migrations.find((migration) => migration.number === number);
    if (known === undefined) {
      throw new MigrationError(
        `The database has run the migration ${name}, which this version does not have: a newer version has used ` +
          `it (this one knows ${migrations.length}). Start that version again, or go back to a backup.`,
      );
    }
    if (known.checksum !== checksum) {
      throw new MigrationError(
        `The migration ${name} was changed after this database ran it; migrations only go forward, so put it back ` +
          'as it was and add a new one.',
      );
    }
  }
}

/** The lock is held until the transaction ends, so nodes that start together take turns. */
async function prepare(session: MigrationSession): Promise<void> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.migration]);
  await session.exec(
    `CREATE TABLE IF NOT EXISTS schema_migration (
      number integer PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`,
  );
}

async function runOne(session: MigrationSession, migration: Migration): Promise<boolean> {
  await prepare(session);
  const applied = await session.query('SELECT 1 FROM schema_migration WHERE number = $1', [
    migration.number,
  ]);
  // Another node may have run it since this one looked.
  if (applied.length > 0) return false;
  await session.exec(migration.text);
  await session.query('INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)', [
    migration.number,
    migration.name,
    migration.checksum,
  ]);
  return true;
}

export function logMigrations(names: string[], log: Log): void {
  if (names.length > 0) log.info({ migrations: names }, 'database migrated');
}
