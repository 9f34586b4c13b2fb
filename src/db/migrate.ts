/**
 * Runs the numbered SQL files that the database has not seen yet, each once, in order, also when
 * two nodes start together.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A session in which `exec` takes many statements and `query` one with values. */
export type MigrationSession = {
  exec(text: string): Promise<void>;
  query(text: string, values: unknown[]): Promise<Record<string, unknown>[]>;
};

/** Runs the work in one transaction of one session. */
export type InSession = <T>(work: (session: MigrationSession) => Promise<T>) => Promise<T>;

export type Migration = { number: number; name: string; text: string; checksum: string };

const MIGRATION_FILE = /^(\d{6})\.sql$/;

/** Any constant will do, as long as nothing else of ours takes the same advisory lock. */
const MIGRATION_LOCK = 7_305_201;

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
 */
export async function migrate(
  inSession: InSession,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  const ran: string[] = [];
  for (const migration of migrations) {
    if (await inSession((session) => runOne(session, migration))) ran.push(migration.name);
  }
  return ran;
}

async function runOne(session: MigrationSession, migration: Migration): Promise<boolean> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await session.exec(
    `CREATE TABLE IF NOT EXISTS schema_migration (
      number integer PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`,
  );
  const [applied] = await session.query('SELECT checksum FROM schema_migration WHERE number = $1', [
    migration.number,
  ]);
  if (applied) {
    if (applied['checksum'] === migration.checksum) return false;
    throw new Error(
      `The migration ${migration.name} was changed after this database ran it; add a new one instead.`,
    );
  }
  await session.exec(migration.text);
  await session.query('INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)', [
    migration.number,
    migration.name,
    migration.checksum,
  ]);
  return true;
}
