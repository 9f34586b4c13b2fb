/** PostgreSQL behind the door: a pool of connections, migrated and ready. */

import { PostgresDialect } from 'kysely';
import { type Pool, types } from 'pg';
import type { Log } from '../kernel/log.ts';
import { createDatabase, type Database, TRANSACTION_LIMIT_MS } from './database.ts';
import { LOCKS } from './locks.ts';
import { type InSession, logMigrations, type Migration, migrate } from './migrate.ts';
import { POOL_TYPES } from './parsers.ts';
import { askOnce, createPool, cutSilent, keepSilent } from './postgres-connections.ts';

export type PostgresOptions = {
  log: Log;
  transactionLimitMs?: number;
  connectionsMax?: number;
  migrations?: readonly Migration[];
};

const CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_MS = 10_000;

/** Rejects with the driver's error when the server cannot be reached. */
export async function openPostgres(
  databaseUrl: string,
  options: PostgresOptions,
): Promise<Database> {
  const limitMs = options.transactionLimitMs ?? TRANSACTION_LIMIT_MS;
  const config = {
    connectionString: databaseUrl,
    max: options.connectionsMax ?? CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: limitMs,
    idle_in_transaction_session_timeout: 2 * limitMs,
    types: POOL_TYPES,
  };
  const { log } = options;
  const pool = createPool(config, log);
  const silence = { limitMs: 2 * limitMs, log };
  try {
    logMigrations(await migrate(sessionsOf(pool), options.migrations), log);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return createDatabase(
    {
      kind: 'postgres',
      dialect: new PostgresDialect({ pool: cutSilent(pool, silence) }),
      patientDialect: new PostgresDialect({ pool: keepSilent(pool) }),
      async executeSql(text, values = []) {
        const result = await askOnce(pool, silence, { text, values, types });
        return { rows: Array.isArray(result) ? result.flatMap(readRows) : readRows(result) };
      },
      countConnections: () => ({
        busy: pool.totalCount - pool.idleCount,
        idle: pool.idleCount,
        waiting: pool.waitingCount,
      }),
      exclusively: (work) => holdLock(pool, work),
      async close() {
        if (!pool.ended) await pool.end();
      },
    },
    { log, transactionLimitMs: limitMs },
  );
}

function sessionsOf(pool: Pool): InSession {
  return async (work) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      // A migration may rightly take longer than a request, or wait for another node that migrates.
      await client.query('SET LOCAL statement_timeout = 0');
      const result = await work({
        exec: async (text) => void (await client.query(text)),
        query: async (text, values) => (await client.query(text, values)).rows,
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that broke has nothing to roll back, and its error is the one worth telling.
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  };
}

/** The lock belongs to one connection, and ends with it if this process dies. */
async function holdLock<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query('SELECT pg_advisory_lock($1)', [LOCKS.setup]);
    return await work();
  } finally {
    // A connection that is not given back whole takes its lock and its setting with it.
    client.release(true);
  }
}

function readRows(result: unknown): Record<string, unknown>[] {
  if (typeof result !== 'object' || result === null || !('rows' in result)) return [];
  return Array.isArray(result.rows) ? result.rows : [];
}
