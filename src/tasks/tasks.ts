/**
 * The life of a task: submitted once, advanced step by step, always ended, and paid for exactly
 * once.
 */

import type { Caller } from '../accounts/accounts.ts';
import type { Violation } from '../billing/audit.ts';
import { advanceInTurn, advanceTask } from './advance.ts';
import { type AuditReport, auditBooks, createAuditor } from './audit.ts';
import { cancelTask } from './cancel.ts';
import { createChanges } from './changes.ts';
import { deleteTask } from './delete.ts';
import { type DrainOptions, drainTasks } from './drain.ts';
import { groupOpenTasks, NO_FIGURES, type TaskGroup } from './figures.ts';
import { claimAnswer, findAnswer, type Idempotency, sweepAnswers } from './idempotency.ts';
import type { TaskMeans, TasksOptions } from './options.ts';
import { compareStorage, type StorageReport } from './orphans.ts';
import { createOwnWork } from './own-work.ts';
import { makeQuote } from './quotes/make-quote.ts';
import type { QuoteRequest } from './quotes/quote.ts';
import { type QuoteView, viewQuote } from './quotes/quote-view.ts';
import { createTurns } from './quotes/turns.ts';
import { createReads, show, type TaskReads } from './reads.ts';
import { stripOldTasks } from './retention.ts';
import { takeUpAll } from './rows.ts';
import { stopLeftovers } from './stop-engine.ts';
import { createStorageSweep } from './storage-sweep.ts';
import { findSubmitted, type SubmitRequest, type Submitted, submitTask } from './submit.ts';
import { sweepTasks } from './sweep.ts';
import { takeOverDead } from './take-over.ts';
import type { TaskView } from './view-types.ts';

export type { Idempotency } from './idempotency.ts';
export type { TaskLimits, TasksOptions } from './options.ts';
export type { StorageReport } from './orphans.ts';
export type { TaskContent, TaskPage, ViewedTask } from './reads.ts';
export type { SubmitRequest } from './submit.ts';

export type Tasks = TaskReads & {
  /**
   * Task row, hold and job in one transaction; no network. Sent again with the same key it answers
   * the same and does nothing. Throws `insufficient_balance`, `external_task_id_taken`,
   * `idempotency_mismatch`.
   */
  submit(
    caller: Caller,
    request: SubmitRequest,
    idempotency?: Idempotency | null,
  ): Promise<Submitted>;
  /**
   * The task of an earlier submit with this key, or null; for those who would do work before they
   * submit. Throws `idempotency_mismatch`.
   */
  findSubmitted(caller: Caller, idempotency: Idempotency): Promise<Submitted | null>;
  /**
   * Looks at the inputs now, charges nothing, and promises a price. Throws what a task of these
   * inputs would fail with, `too_many_quotes` and `quote_too_slow`.
   *
   * @param gone Aborted when nobody waits for the answer any more.
   */
  quote(
    caller: Caller,
    request: QuoteRequest,
    gone: AbortSignal,
    idempotency?: Idempotency | null,
  ): Promise<{ quote: QuoteView; isReplay: boolean }>;
  /**
   * Ends the task and gives its hold back, wherever it is. Throws `task_not_found` and
   * `not_cancellable`; one that is cancelled already is answered as it is.
   */
  cancel(caller: Caller, taskId: string): Promise<TaskView>;
  /** Removes the media and hides the task. Throws `task_not_found` and `not_finished`. */
  delete(caller: Caller, taskId: string): Promise<void>;
  /** Registers the workers and the sweep, and takes up what an earlier process left behind. */
  startWorkers(): Promise<void>;
  /** Runs one step of a task if it is due to this process; workers do this by themselves. */
  advance(taskId: string): Promise<void>;
  /**
   * Ends what is late and takes up what was forgotten; the timer of `startWorkers` does this by
   * itself.
   */
  sweep(): Promise<void>;
  /**
   * Every broken promise of the ledger, and between it and the tasks; none when all is in order.
   * Reads all of both.
   */
  audit(): Promise<Violation[]>;
  /**
   * What the newest regular audit of this process found; null before the first, and some time after
   * others have taken over.
   */
  lastAudit(): AuditReport | null;
  /**
   * Rows and blobs that have lost each other, with so many blobs by name. Reads every key of the
   * storage and changes nothing.
   */
  compareStorage(orphansMax: number): Promise<StorageReport>;
  /** How many unfinished tasks there are in each state and stage; cheap enough for every scrape. */
  groupOpen(): Promise<TaskGroup[]>;
  /**
   * Starts nothing more, lets what runs in this process end until the time is over or the signal
   * says so, and gives the rest to other processes at once. Call it before `stop()`.
   */
  drain(options: DrainOptions): Promise<void>;
  /** Stops the sweep and wakes those who wait. Call it before `queue.stop()`. */
  stop(): Promise<void>;
};

export function createTasks(options: TasksOptions): Tasks {
  const figures = options.figures ?? NO_FIGURES;
  const own = createOwnWork(() => means);
  const nodeId = options.nodes?.id ?? options.newId('node');
  const means: TaskMeans = { ...options, figures, changes: createChanges(), nodeId, own };
  const { db, clock, limits } = means;
  const auditor = createAuditor(means);
  const storageSweep = createStorageSweep(means);
  const sweep = async () => {
    await sweepTasks(means);
    await stopLeftovers(means);
    await sweepAnswers(means);
    await stripOldTasks(means);
    await storageSweep.sweepIfDue();
    await auditor.auditIfDue();
  };
  const sweeper = createSweeper(means, sweep);
  const turns = createTurns({
    runningMax: limits.quoteConcurrency,
    waitingMax: limits.quotesWaitingMax,
    perAccountMax: limits.quotesPerAccountMax,
  });

  return {
    ...createReads(means),
    submit: (caller, request, idempotency) => submitTask(means, caller, request, idempotency),
    findSubmitted: (caller, idempotency) => findSubmitted(means, caller, idempotency),
    quote: (caller, request, gone, idempotency = null) =>
      answerOnce(means, caller, idempotency, async () =>
        viewQuote(await makeQuote(means, turns, caller, request, gone)),
      ),
    cancel: async (caller, taskId) => show(means, await cancelTask(means, caller, taskId)),
    delete: (caller, taskId) => deleteTask(means, caller, taskId),
    async startWorkers() {
      if (db.kind === 'pglite') {
        await means.uploads.dropInterrupted();
        const count = await takeUpAll(means);
        if (count > 0) means.log.info({ count }, 'unfinished tasks go on');
      } else {
        await takeOverDead(means);
      }
      await means.queue.work(
        'task-advance',
        async ({ taskId }) => {
          if (typeof taskId === 'string') await advanceInTurn(means, taskId);
        },
        { concurrency: limits.concurrency },
      );
      own.start();
      sweeper.start();
    },
    advance: (taskId) => advanceTask(means, taskId),
    sweep,
    audit: () => db.longTransaction((tx) => auditBooks(tx)),
    lastAudit: () => auditor.last(),
    compareStorage: (orphansMax) =>
      compareStorage(db.kysely, means.storage, { nowMs: clock.now(), orphansMax }),
    groupOpen: () => groupOpenTasks(db.kysely, clock),
    drain: (options) => drainTasks(means, options),
    async stop() {
      means.changes.close();
      await sweeper.stop();
      await own.stop();
    },
  };
}

/** Work without a transaction of its own: of two at once one does it in vain, and both get one. */
async function answerOnce(
  means: TaskMeans,
  { accountId }: Caller,
  idempotency: Idempotency | null,
  work: () => Promise<QuoteView>,
): Promise<{ quote: QuoteView; isReplay: boolean }> {
  if (idempotency === null) return { quote: await work(), isReplay: false };
  const earlier = await findAnswer<QuoteView>(means, means.db.kysely, accountId, idempotency);
  if (earlier) return { quote: earlier, isReplay: true };
  const claim = { accountId, idempotency, answer: await work() };
  const { answer, isReplay } = await means.db.transaction((tx) => claimAnswer(means, tx, claim));
  return { quote: answer, isReplay };
}

function createSweeper(means: TaskMeans, work: () => Promise<void>) {
  let timer: NodeJS.Timeout | null = null;
  let current: Promise<void> | null = null;
  const sweep = () => {
    current ??= work()
      .catch((error: unknown) => means.log.error({ err: error }, 'a sweep failed'))
      .finally(() => {
        current = null;
      });
  };
  return {
    start() {
      timer ??= setInterval(sweep, means.limits.sweepIntervalMs);
    },
    async stop() {
      if (timer) clearInterval(timer);
      timer = null;
      await current;
    },
  };
}
