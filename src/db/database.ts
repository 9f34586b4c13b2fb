/**
 * One database, embedded or PostgreSQL, behind one door: queries see the same types and the same
 * transactions on both.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { ControlledTransaction, Dialect } from 'kysely';
import { Kysely, sql } from 'kysely';
import type { Log } from '../kernel/log.ts';
import type { Tables } from './tables.ts';

export type DatabaseKind = 'pglite' | 'postgres';

/** A transaction that has begun; whoever takes it never opens one of its own. */
export type Tx = ControlledTransaction<Tables>;

/** Where a single query may run: in a transaction or outside of one. */
export type Queryable = Kysely<Tables>;

export type SqlRows = { rows: Record<string, unknown>[] };

export type Database = {
  kind: DatabaseKind;
  /**
   * For single statements outside a transaction. Reading it inside `transaction` throws, where it
   * would wait for ever.
   */
  readonly kysely: Queryable;
  /**
   * Runs the work in one READ COMMITTED transaction; rolls back when it throws or takes longer than
   * the limit.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The same without a limit, for work that goes through the whole database. On the embedded one
   * everybody else waits until it ends.
   */
  longTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls the action once the transaction has committed, and never when it was rolled back. */
  afterCommit(tx: Tx, action: () => void): void;
  /**
   * Plain SQL with the driver's own types, outside a transaction; for libraries that bring their
   * own SQL.
   */
  executeSql(text: string, values?: unknown[]): Promise<SqlRows>;
  /**
   * Runs the work while no other process runs such work on the same database; for libraries that
   * make their own tables. The work may use the database freely.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Connections of this process and those who wait for one; null for the embedded one. */
  countConnections(): ConnectionCounts | null;
  /** Answers when the database does; for readiness. */
  ping(): Promise<void>;
  /** Ends open connections and gives the data directory back. Safe to call twice. */
  close(): Promise<void>;
};

export type ConnectionCounts = { busy: number; idle: number; waiting: number };

/** What the two kinds of database differ in. */
export type DatabaseDriver = {
  kind: DatabaseKind;
  dialect: Dialect;
  /** For statements that may take any time. @default `dialect` */
  patientDialect?: Dialect;
  executeSql(text: string, values?: unknown[]): Promise<SqlRows>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  countConnections(): ConnectionCounts | null;
  close(): Promise<void>;
};

export const TRANSACTION_LIMIT_MS = 15_000;

type Scope = { isOpen: boolean };

export function createDatabase(
  driver: DatabaseDriver,
  options: { log: Log; transactionLimitMs: number },
): Database {
  const kysely = new Kysely<Tables>({ dialect: driver.dialect });
  const { patientDialect } = driver;
  const patient = patientDialect ? new Kysely<Tables>({ dialect: patientDialect }) : kysely;
  const scopes = new AsyncLocalStorage<Scope>();
  const actions = new WeakMap<Tx, (() => void)[]>();
  let closing: Promise<void> | null = null;

  const runTransaction = async <T>(
    work: (tx: Tx) => Promise<T>,
    limitMs: number | null,
  ): Promise<T> => {
    assertOutside('a second transaction');
    const from = limitMs === null ? patient : kysely;
    const tx = await from.startTransaction().execute();
    const scope: Scope = { isOpen: true };
    const after: (() => void)[] = [];
    actions.set(tx, after);
    let result: T;
    try {
      const working = scopes.run(scope, () => work(tx));
      result = limitMs === null ? await working : await withLimit(working, limitMs);
      await tx.commit().execute();
    } catch (error) {
      await rollBack(tx, options.log);
      throw error;
    } finally {
      scope.isOpen = false;
    }
    for (const action of after) action();
    return result;
  };

  const assertOutside = (what: string) => {
    if (!scopes.getStore()?.isOpen) return;
    throw new Error(`broken promise: ${what} inside a transaction; use the tx that was handed in`);
  };

  return {
    kind: driver.kind,
    get kysely() {
      assertOutside('a query of its own');
      return kysely;
    },
    transaction: (work) => runTransaction(work, options.transactionLimitMs),
    longTransaction: (work) =>
      runTransaction(async (tx) => {
        await sql`SET LOCAL statement_timeout = 0`.execute(tx);
        await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(tx);
        return await work(tx);
      }, null),
    afterCommit(tx, action) {
      const after = actions.get(tx);
      if (!after) throw new Error('broken promise: afterCommit needs an open transaction');
      after.push(action);
    },
    executeSql(text, values) {
      assertOutside('a query of a library');
      return driver.executeSql(text, values);
    },
    exclusively(work) {
      assertOutside('waiting for other processes');
      return driver.exclusively(work);
    },
    countConnections: driver.countConnections,
    async ping() {
      await driver.executeSql('SELECT 1');
    },
    close() {
      closing ??= kysely.destroy().then(() => driver.close());
      return closing;
    },
  };
}

/** Something else kept the database busy; the same may go through at another time. */
class TransactionTooLongError extends Error {
  readonly isOutage = true;

  constructor(limitMs: number) {
    super(`the transaction was open for more than ${limitMs} ms`);
    this.name = 'TransactionTooLongError';
  }
}

async function withLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new TransactionTooLongError(limitMs)), limitMs);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first error is the one worth telling, so that of the rollback goes to the log. */
async function rollBack(tx: Tx, log: Log): Promise<void> {
  if (tx.isCommitted || tx.isRolledBack) return;
  try {
    await tx.rollback().execute();
  } catch (error) {
    log.warn({ err: error }, 'a rollback failed');
  }
}
