/**
 * PGlite behind Kysely, with a connection object for each user: a query outside a transaction waits
 * for the one that is open instead of slipping into it, and two transactions begun together run one
 * after the other.
 */

import type { PGlite, Transaction } from '@electric-sql/pglite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { tellAway } from './away.ts';
import { PARSERS } from './parsers.ts';

export function createPgliteDialect(pglite: PGlite): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createDriver(pglite),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

type OpenTransaction = {
  tx: Transaction;
  /** Lets PGlite go on to COMMIT or, with an error, to ROLLBACK; settles when that is done. */
  end(error?: Error): Promise<void>;
};

type PgliteConnection = DatabaseConnection & { open: OpenTransaction | null };

function createDriver(pglite: PGlite): Driver {
  const opened = new WeakMap<DatabaseConnection, PgliteConnection>();
  const find = (connection: DatabaseConnection): PgliteConnection => {
    const own = opened.get(connection);
    if (!own) throw new Error('broken promise: a connection of another driver');
    return own;
  };
  return {
    async init() {
      await pglite.waitReady;
    },
    async acquireConnection() {
      const connection = createConnection(pglite);
      opened.set(connection, connection);
      return connection;
    },
    async beginTransaction(connection) {
      find(connection).open = await beginTransaction(pglite);
    },
    async commitTransaction(connection) {
      const own = find(connection);
      const open = own.open;
      own.open = null;
      await open?.end();
    },
    async rollbackTransaction(connection) {
      const own = find(connection);
      const open = own.open;
      own.open = null;
      await open?.end(new Error('rolled back')).catch(() => undefined);
    },
    async releaseConnection() {},
    async destroy() {},
  };
}

function createConnection(pglite: PGlite): PgliteConnection {
  return {
    open: null,
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const target = this.open?.tx ?? pglite;
      const result = await target
        .query<Row>(query.sql, [...query.parameters], { parsers: PARSERS })
        .catch(tellAway);
      return result.affectedRows === undefined
        ? { rows: result.rows }
        : { rows: result.rows, numAffectedRows: BigInt(result.affectedRows) };
    },
    streamQuery(): never {
      throw new Error('the embedded database has no cursors');
    },
  };
}

/** PGlite wants the whole transaction as one callback; this turns it inside out. */
async function beginTransaction(pglite: PGlite): Promise<OpenTransaction> {
  const begun = Promise.withResolvers<Transaction>();
  const ended = Promise.withResolvers<void>();
  const closed = pglite.transaction(async (tx) => {
    begun.resolve(tx);
    await ended.promise;
  });
  closed.catch((error: unknown) => begun.reject(error));
  const tx = await begun.promise;
  return {
    tx,
    async end(error) {
      if (error) ended.reject(error);
      else ended.resolve();
      await closed;
    },
  };
}
