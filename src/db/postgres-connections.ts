/**
 * Connections to PostgreSQL that may end at any moment: one that breaks or falls silent fails what
 * uses it and nothing else, and the next one is a new one.
 */

import type { PostgresCursor, PostgresPool, PostgresQueryResult } from 'kysely';
import { DatabaseError, Pool, type PoolConfig, type QueryConfig } from 'pg';
import type { Log } from '../kernel/log.ts';
import { databaseAway, tellAway } from './away.ts';

/** Idle connections ask so often whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** A pool whose broken connections are told to the log and to whoever waits for an answer. */
export function createPool(config: PoolConfig, log: Log): Pool {
  const pool = new Pool({
    ...config,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle connection broke'));
  // The pool listens to its idle connections alone. One that breaks in somebody's hands while no
  // query is under way, as when the server restarts, would end this process; the next query on it
  // fails, and the pool drops it when it is given back.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** How long a connection may take to answer, in milliseconds, and who hears of one that is cut. */
export type Silence = { limitMs: number; log: Log };

/**
 * The pool for statements whose time the server limits: a connection that has not answered long
 * after that limit is not there any more, and is cut. A machine that vanished would keep it, and
 * what waits for it, until the system gives up after a quarter of an hour. Ends with the pool.
 */
export function cutSilent(pool: Pool, silence: Silence): PostgresPool {
  return {
    options: pool.options,
    async connect() {
      const { ask, giveBack } = await take(pool, silence);
      function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
      function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
      function query(text: unknown, values: readonly unknown[] = []): unknown {
        if (typeof text !== 'string') throw new Error('broken promise: cursors are not watched');
        return ask({ text, values: [...values] });
      }
      return { query, release: giveBack };
    },
    end: async () => undefined,
  };
}

/** One such statement, or a block of them; a connection on which it failed is not used again. */
export async function askOnce(pool: Pool, silence: Silence, query: QueryConfig): Promise<unknown> {
  const { ask, giveBack } = await take(pool, silence);
  let isBroken = true;
  try {
    const result = await ask(query);
    isBroken = false;
    return result;
  } finally {
    giveBack(isBroken);
  }
}

/** The same pool without that limit, for statements that may take any time. */
export function keepSilent(pool: Pool): PostgresPool {
  return { options: pool.options, connect: () => pool.connect(), end: async () => undefined };
}

async function take(pool: Pool, { limitMs, log }: Silence) {
  const client = await pool.connect().catch(tell);
  let isGivenBack = false;
  const giveBack = (isBroken = false) => {
    if (isGivenBack) return;
    isGivenBack = true;
    client.release(isBroken);
  };
  const cut = () => {
    log.warn({ limitMs }, 'a connection that does not answer is cut');
    // With a query under way this destroys the socket, which fails the query.
    giveBack(true);
  };
  return {
    giveBack,
    async ask(query: QueryConfig) {
      const timer = setTimeout(cut, limitMs);
      return await client
        .query(query)
        .catch(tell)
        .finally(() => clearTimeout(timer));
    },
  };
}

/** All that the server itself says has a code; the rest comes from the connection to it. */
function tell(error: unknown): never {
  if (error instanceof DatabaseError) return tellAway(error);
  throw databaseAway(error);
}
