/** One database, embedded or PostgreSQL, behind one door: queries see the same types and the same transactions on both. */

import type { Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { Log } from '../kernel/log.ts';
import type { Tables } from './tables.ts';

export type DatabaseKind = 'pglite' | 'postgres';

/** A transaction that has begun; whoever takes it never opens one of its own. */
export type Tx = KyselyTransaction<Tables>;

/** Where a single query may run: in a transaction or outside of one. */
export type Queryable = Kysely<Tables>;

export type SqlRows = { rows: Record<string, unknown>[] };

export type Database = {
  kind: DatabaseKind;
  /** For single statements outside a transaction. Never use it inside `transaction`: it throws there. */
  kysely: Queryable;
  /** Runs the work in one READ COMMITTED transaction; rolls back when it throws or takes longer than the limit. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Plain SQL with the driver's own types, outside a transaction; for libraries that bring their own SQL. */
  executeSql(text: string, values?: unknown[]): Promise<SqlRows>;
  /** Answers when the database does; for readiness. */
  ping(): Promise<void>;
  /** Ends open connections and gives the data directory back. Safe to call twice. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** `postgres://…`, or null for the embedded database. */
  databaseUrl: string | null;
  /** Directory of the embedded database; `memory://` keeps it in memory, for tests. */
  dataDir: string;
  log: Log;
  /** Longest time a transaction may be open, in milliseconds. @default 15_000 */
  transactionLimitMs?: number;
};

/** Opens the database, takes the lock of the data directory, and runs the migrations that are missing. */
export declare function openDatabase(options: DatabaseOptions): Promise<Database>;
