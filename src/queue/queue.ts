/**
 * Named queues on the same database: a job exists exactly when the transaction that sent it
 * committed.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { PgBoss, type SendOptions } from 'pg-boss';
import packageJson from 'pg-boss/package.json' with { type: 'json' };
import type { Database, Tx } from '../db/database.ts';
import { MigrationError } from '../db/migrate.ts';
import type { Log } from '../kernel/log.ts';

export type QueueName = 'task-advance';

export const QUEUE_NAMES: readonly QueueName[] = ['task-advance'];

export type EnqueueOptions = {
  /** Not before this many milliseconds have passed. @default 0 */
  delayMs?: number;
  /** Of jobs that may run those with a higher one come first. @default 0 */
  priority?: number;
  /** At most one job with this key waits in the queue; another one sent meanwhile is dropped. */
  key: string;
};

export type JobHandler = (data: Record<string, unknown>) => Promise<void>;

export type Queue = {
  /**
   * The job becomes visible with the commit of `tx`, and idle workers of this process are then
   * woken for it.
   */
  enqueue(tx: Tx, name: QueueName, data: object, options: EnqueueOptions): Promise<void>;
  /**
   * Registers workers of this process. A handler that throws is run again by the queue, later and a
   * few times; a handler whose process dies is run again after `JOB_EXPIRY_SECONDS`.
   */
  work(name: QueueName, handler: JobHandler, options: { concurrency: number }): Promise<void>;
  /** Takes no more jobs and waits for those at work, up to the limit. */
  takeNoMore(options?: { timeoutMs?: number }): Promise<void>;
  /** Stops taking jobs and waits for those at work, up to the limit. Safe to call twice. */
  stop(options?: { timeoutMs?: number }): Promise<void>;
};

/** Delayed jobs are found by polling; jobs of this process do not wait for it. */
const POLLING_SECONDS = 1;
const SUPERVISE_SECONDS = 15;
/** How often finished jobs are swept out. */
const MAINTENANCE_SECONDS = 600;
const JOB_EXPIRY_SECONDS = 900;
const JOB_RETRIES_MAX = 3;
const JOB_RETRY_DELAY_SECONDS = 2;
/** A finished job is of no more use: the task's row and the ledger tell the story. */
const JOB_KEPT_SECONDS = 3_600;
const STOP_TIMEOUT_MS = 10_000;

/** The newest version of its tables that the installed pg-boss knows. */
export const QUEUE_SCHEMA: number = packageJson.pgboss.schema;

export type QueueOptions = {
  db: Database;
  log: Log;
  /** Whether this process looks after jobs whose worker died, and sweeps. @default true */
  supervises?: boolean;
};

/**
 * Starts pg-boss on the database and makes every queue, so that no `enqueue` has to look one up
 * inside a transaction.
 *
 * @throws {MigrationError} for a database whose queue a newer pg-boss has made; nothing is changed
 *   then.
 */
export async function createQueue(options: QueueOptions): Promise<Queue> {
  const { db, log } = options;
  const boss = new PgBoss({
    db: { executeSql: (text, values) => db.executeSql(text, values) },
    backend: db.kind === 'pglite' ? 'pglite' : 'postgres',
    supervise: options.supervises ?? true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    schedule: false,
  });
  boss.on('error', (error) => log.error({ err: error }, 'queue error'));
  boss.on('warning', (warning) => log.warn({ warning }, 'queue warning'));
  try {
    // Nodes that start together on an empty database would make the same schema twice.
    await db.exclusively(async () => {
      await refuseNewerSchema(db);
      await startBoss(boss);
    });
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }

  const workers = new Map<QueueName, string[]>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping: Promise<void> | null = null;

  const wake = (name: QueueName) => {
    for (const id of workers.get(name) ?? []) boss.notifyWorker(id);
  };
  const wakeAfter = (name: QueueName, delayMs: number) => {
    if (stopping) return;
    if (delayMs === 0) return wake(name);
    const timer = setTimeout(() => {
      timers.delete(timer);
      wake(name);
    }, delayMs);
    timer.unref();
    timers.add(timer);
  };

  return {
    async enqueue(tx, name, data, { delayMs = 0, priority = 0, key }) {
      await boss.send(name, data, {
        db: adaptTransaction(tx),
        singletonKey: key,
        priority,
        ...(delayMs === 0 ? {} : { startAfter: delayMs / 1000 }),
      });
      db.afterCommit(tx, () => wakeAfter(name, delayMs));
    },
    async work(name, handler, { concurrency }) {
      const ids: string[] = [];
      for (let index = 0; index < concurrency; index++) {
        const options = { pollingIntervalSeconds: POLLING_SECONDS };
        const id = await boss.work<Record<string, unknown>>(name, options, async ([job]) => {
          if (!job) return;
          // There may be more, and nobody tells of what other processes send.
          await handler(job.data).finally(() => boss.notifyWorker(id));
        });
        ids.push(id);
      }
      workers.set(name, [...(workers.get(name) ?? []), ...ids]);
    },
    async takeNoMore({ timeoutMs = STOP_TIMEOUT_MS } = {}) {
      const ended = Promise.all([...workers.keys()].map((name) => boss.offWork(name)));
      workers.clear();
      const limit = new AbortController();
      await Promise.race([
        ended.finally(() => limit.abort()),
        pause(timeoutMs, undefined, { signal: limit.signal }).catch(() => undefined),
      ]);
    },
    stop({ timeoutMs = STOP_TIMEOUT_MS } = {}) {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      stopping ??= boss.stop({ graceful: true, timeout: timeoutMs });
      return stopping;
    },
  };
}

/** pg-boss itself would work on tables that it does not know. */
async function refuseNewerSchema(db: Database): Promise<void> {
  const [found] = (await db.executeSql("SELECT to_regclass('pgboss.version') AS name")).rows;
  if (!found?.['name']) return;
  const { rows } = await db.executeSql('SELECT max(version) AS version FROM pgboss.version');
  const version = Number(rows[0]?.['version'] ?? 0);
  if (version <= QUEUE_SCHEMA) return;
  throw new MigrationError(
    `The queue's tables in the database have the version ${version}, and this version of the service knows them ` +
      `up to ${QUEUE_SCHEMA}: a newer version has used the database. Start that version again, or go back to a backup.`,
  );
}

async function startBoss(boss: PgBoss): Promise<void> {
  await boss.start();
  for (const name of QUEUE_NAMES) {
    await boss.createQueue(name, {
      policy: 'short',
      expireInSeconds: JOB_EXPIRY_SECONDS,
      retryLimit: JOB_RETRIES_MAX,
      retryDelay: JOB_RETRY_DELAY_SECONDS,
      deleteAfterSeconds: JOB_KEPT_SECONDS,
    });
  }
}

/** pg-boss writes with our transaction; an error is left to the one who opened it. */
function adaptTransaction(tx: Tx): NonNullable<SendOptions['db']> {
  return {
    async executeSql(text, values) {
      return await tx.executeQuery(CompiledQuery.raw(text, values ?? []));
    },
  };
}
