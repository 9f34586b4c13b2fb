/**
 * The real door to the database, with a driver behind it that shares one session between all
 * simulated processes: a transaction has it to itself, every statement is an occasion to die, to
 * fail, or to be done without an answer, and what a dead process had open is rolled back.
 */

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { createDatabase, type Database, type DatabaseKind } from '../../src/db/database.ts';
import { silentLog } from '../fixtures/database.ts';
import type { Session, SessionResult } from './session.ts';
import type { Call, Life, World } from './world.ts';

/** What a statement of a queue looks like; it never gets to the database. */
export const JOB_STATEMENT = 'simulated job';

type Link = {
  life: Life;
  isBroken: boolean;
  hasBegun: boolean;
  /** What becomes true with the commit beside the rows. */
  outbox: (() => void)[];
};

/** The session and who has it to himself. */
export type SharedSession = Pick<Session, 'query'> & { owner: Link | null };

/** A change to a statement on its way, for planting bugs; null leaves it alone. */
export type Tamper = (query: CompiledQuery) => CompiledQuery | QueryResult<never> | null;

type Means = {
  world: World;
  life: Life;
  session: SharedSession;
  kind: DatabaseKind;
  /** Sees every row that comes out. */
  watch(rows: readonly Record<string, unknown>[]): void;
  /** Hears what the database itself refused; nothing that is simulated comes here. */
  refused(error: unknown, subject: string | null): void;
  tamper?: Tamper | undefined;
};

const LATENCY_MS_MAX = 3;
/** Statements inside a transaction answer longer than this only when something stands still. */
const TRANSACTION_LIMIT_MS = 15_000;

export function createSimulatedDatabase(means: Means): Database {
  const { world, life, session, kind } = means;
  const breakOff = async () => {
    const { owner } = session;
    if (owner?.life === life) await breakLink(session, owner);
  };
  life.onDeath.push(breakOff);
  // The server does not wait for ever for a client that says nothing inside a transaction.
  life.onPause.push(breakOff);
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createDriver(means),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
  return createDatabase(
    {
      kind,
      dialect,
      async executeSql(text, values) {
        return await world.outside(describe(means, null, text, () => session.query(text, values)));
      },
      exclusively: (work) => work(),
      countConnections: () => null,
      close: async () => undefined,
    },
    { log: silentLog, transactionLimitMs: TRANSACTION_LIMIT_MS },
  );
}

async function breakLink(session: SharedSession, link: Link): Promise<void> {
  link.isBroken = true;
  link.outbox = [];
  if (session.owner !== link) return;
  session.owner = null;
  await session.query('ROLLBACK');
}

function describe<T>(
  { world, session }: Means,
  link: Link | null,
  label: string,
  action: () => Promise<T>,
): Call<T> {
  return {
    label,
    death: 'process dies at a statement',
    latencyMs: world.random.integer(0, LATENCY_MS_MAX),
    isAllowed: () => session.owner === null || session.owner === link,
    action,
  };
}

function createDriver(means: Means): Driver {
  const { world, life, session } = means;
  const links = new WeakMap<DatabaseConnection, Link>();
  const linkOf = (connection: DatabaseConnection): Link => {
    const link = links.get(connection);
    if (!link) throw new Error('a connection of another driver');
    return link;
  };
  return {
    async init() {},
    async acquireConnection() {
      const link: Link = { life, isBroken: false, hasBegun: false, outbox: [] };
      const connection = createConnection(means, link);
      links.set(connection, link);
      return connection;
    },
    async beginTransaction(connection) {
      // Sent with the first statement, as drivers may: before it nothing can have happened.
      linkOf(connection).hasBegun = true;
    },
    async commitTransaction(connection) {
      const link = linkOf(connection);
      const call = describe(means, link, 'COMMIT', () => commit(means, link));
      await world.outside({ ...call, death: 'process dies at a commit' });
    },
    async rollbackTransaction(connection) {
      const link = linkOf(connection);
      const call = describe(means, link, 'ROLLBACK', () => breakLink(session, link));
      await world.outside(call);
    },
    async releaseConnection() {},
    async destroy() {},
  };
}

async function commit({ world, session, refused }: Means, link: Link): Promise<void> {
  refuseBroken(link);
  if (world.faults.draw('commit fails')) {
    await breakLink(session, link);
    throw lost();
  }
  const { outbox } = link;
  link.outbox = [];
  if (session.owner === link) {
    session.owner = null;
    const { command } = await session.query('COMMIT').catch((error: unknown) => {
      refused(error, null);
      throw error;
    });
    if (command === 'ROLLBACK') throw new Error('what was committed had failed before');
  }
  for (const action of outbox) action();
  if (world.faults.draw('commit done, answer lost')) {
    link.isBroken = true;
    throw lost();
  }
}

function createConnection(means: Means, link: Link): DatabaseConnection {
  const { world, tamper } = means;
  return {
    async executeQuery<Row>(asked: CompiledQuery): Promise<QueryResult<Row>> {
      const changed = tamper?.(asked) ?? asked;
      if ('rows' in changed) return { ...changed, rows: [] };
      const label = nameStatement(changed);
      const call = describe(means, link, label, () => execute(means, link, changed));
      const subject = findTask(changed.parameters);
      const result = await world.outside(subject === null ? call : { ...call, subject });
      // The caller says what its rows look like, as with every driver.
      return result as QueryResult<Row>;
    },
    streamQuery(): never {
      throw new Error('nobody reads by cursors here');
    },
  };
}

async function execute(means: Means, link: Link, query: CompiledQuery): Promise<SessionResult> {
  const { world, session, watch } = means;
  refuseBroken(link);
  if (query.sql === JOB_STATEMENT) {
    const [send] = query.parameters;
    if (typeof send === 'function') link.outbox.push(() => send());
    return { rows: [], command: JOB_STATEMENT };
  }
  if (world.faults.draw('statement fails')) {
    await breakLink(session, link);
    throw lost();
  }
  if (link.hasBegun && session.owner === null) {
    session.owner = link;
    await session.query('BEGIN');
  }
  const result = await session.query(query.sql, query.parameters).catch((error: unknown) => {
    means.refused(error, findTask(query.parameters));
    throw error;
  });
  // What is not committed may never have been.
  if (link.hasBegun) link.outbox.push(() => watch(result.rows));
  else watch(result.rows);
  if (!link.hasBegun && world.faults.draw('statement done, answer lost')) throw lost();
  return result;
}

function refuseBroken(link: Link): void {
  if (link.isBroken) throw lost();
}

function lost(): Error {
  return new Error('the connection to the database was lost');
}

const names = new Map<string, string>();

/** For example `update task`; there are few statements, asked again and again. */
function nameStatement({ sql }: CompiledQuery): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const text = sql.replaceAll('"', '').trim();
  const [verb = '', second = ''] = text.split(/\s+/);
  const table = /\b(?:from|into)\s+(\w+)/i.exec(text)?.[1] ?? second;
  const name = `${verb.toLowerCase()} ${/^(update|with)$/i.test(verb) ? second : table}`;
  names.set(sql, name);
  return name;
}

function findTask(parameters: readonly unknown[]): string | null {
  for (const value of parameters) {
    if (typeof value === 'string' && value.startsWith('task_')) return value;
  }
  return null;
}
