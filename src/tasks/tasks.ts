/**
 * The life of a task: submitted once, advanced step by step, always ended, and paid for exactly
 * once.
 */

import type { Caller } from '../accounts/accounts.ts';
import type { Violation } from '../billing/audit.ts';
import type { Receipt } from '../billing/receipt.ts';
import { AppError } from '../kernel/errors.ts';
import { advanceTask } from './advance.ts';
import { auditTasks } from './audit.ts';
import { createChanges } from './changes.ts';
import { groupOpenTasks, NO_FIGURES, type TaskGroup } from './figures.ts';
import type { TaskMeans, TasksOptions } from './options.ts';
import { makeQuote } from './quotes/make-quote.ts';
import type { QuoteRequest } from './quotes/quote.ts';
import { type QuoteView, viewQuote } from './quotes/quote-view.ts';
import { createTurns } from './quotes/turns.ts';
import { findTask, takeUpAll } from './rows.ts';
import { type SubmitRequest, submitTask } from './submit.ts';
import { sweepTasks } from './sweep.ts';
import { isFinal, type Task } from './task.ts';
import { statusOf, viewTask } from './view.ts';
import type { TaskView } from './view-types.ts';

export type { TaskLimits, TasksOptions } from './options.ts';
export type { SubmitRequest } from './submit.ts';

/**
 * A task as seen now. `version` grows with every visible change, so it serves as an ETag and as
 * `sinceVersion`.
 */
export type ViewedTask = {
  task: TaskView;
  version: number;
  /**
   * Changes with time alone, while the version stays: when a signed address is half used up, and
   * when the video is no longer kept.
   */
  urlEpoch: number;
};

export type TaskContent = {
  storageKey: string;
  sizeBytes: number;
  /** Strong and quoted, ready for the header. */
  etag: string;
  contentType: string;
};

export type Tasks = {
  /**
   * Task row, hold and job in one transaction; no network. Throws `insufficient_balance`,
   * `external_task_id_taken`.
   */
  submit(caller: Caller, request: SubmitRequest): Promise<{ taskId: string }>;
  /**
   * Looks at the inputs now, charges nothing, and promises a price. Throws what a task of these
   * inputs would fail with, `too_many_quotes` and `quote_too_slow`.
   *
   * @param gone Aborted when nobody waits for the answer any more.
   */
  quote(caller: Caller, request: QuoteRequest, gone: AbortSignal): Promise<QuoteView>;
  /** Throws `task_not_found`, also for a task of another account. */
  view(caller: Caller, taskId: string): Promise<ViewedTask>;
  /** Throws `task_not_found`, also for a task of another account. */
  receipt(caller: Caller, taskId: string): Promise<Receipt>;
  /**
   * A null caller has shown a valid signature. Throws `not_completed`, `expired`, `task_not_found`.
   */
  content(caller: Caller | null, taskId: string): Promise<TaskContent>;
  /**
   * Resolves when the task's version is above `sinceVersion`, when it is final, or when the time is
   * over.
   */
  waitForChange(taskId: string, sinceVersion: number, timeoutMs: number): Promise<void>;
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
  /** How many unfinished tasks there are in each state and stage; cheap enough for every scrape. */
  groupOpen(): Promise<TaskGroup[]>;
  /** Stops the sweep and wakes those who wait. Call it before `queue.stop()`. */
  stop(): Promise<void>;
};

/** Another process may have changed the task, so those who wait also look for themselves. */
const LOOK_INTERVAL_MS = 1_000;

export function createTasks(options: TasksOptions): Tasks {
  const figures = options.figures ?? NO_FIGURES;
  const means: TaskMeans = { ...options, figures, changes: createChanges() };
  const { db, clock, limits, signUrl } = means;
  const sweeper = createSweeper(means);
  const turns = createTurns({
    runningMax: limits.quoteConcurrency,
    waitingMax: limits.quotesWaitingMax,
    perAccountMax: limits.quotesPerAccountMax,
  });

  return {
    submit: (caller, request) => submitTask(means, caller, request),
    quote: async (caller, request, gone) =>
      viewQuote(await makeQuote(means, turns, caller, request, gone)),
    async view(caller, taskId) {
      const task = await findOwn(means, caller, taskId);
      const nowMs = clock.now();
      const { urlLifetimeMs } = limits;
      const view = viewTask(task, { nowMs, urlLifetimeMs, signUrl });
      return { task: view, version: task.version, urlEpoch: epochOf(view, nowMs, urlLifetimeMs) };
    },
    async receipt(caller, taskId) {
      return await readTaskReceipt(means, await findOwn(means, caller, taskId));
    },
    async content(caller, taskId) {
      return describeContent(await findOwn(means, caller, taskId), clock.now());
    },
    waitForChange: (taskId, sinceVersion, timeoutMs) =>
      waitForChange(means, taskId, sinceVersion, timeoutMs),
    async startWorkers() {
      if (db.kind === 'pglite') {
        await means.uploads.dropInterrupted();
        const count = await takeUpAll(means);
        if (count > 0) means.log.info({ count }, 'unfinished tasks go on');
      }
      await means.queue.work(
        'task-advance',
        async ({ taskId }) => {
          if (typeof taskId === 'string') await advanceTask(means, taskId);
        },
        { concurrency: limits.concurrency },
      );
      sweeper.start();
    },
    advance: (taskId) => advanceTask(means, taskId),
    sweep: () => sweepTasks(means),
    audit: async () => [...(await means.billing.audit()), ...(await auditTasks(db.kysely))],
    groupOpen: () => groupOpenTasks(db.kysely, clock),
    async stop() {
      means.changes.close();
      await sweeper.stop();
    },
  };
}

/** 0 without an address; one of the same epoch is good for half of its life at least. */
function epochOf({ url }: TaskView, nowMs: number, urlLifetimeMs: number): number {
  return url === null ? 0 : Math.floor(nowMs / (urlLifetimeMs / 2));
}

async function findOwn(means: TaskMeans, caller: Caller | null, taskId: string): Promise<Task> {
  const task = await findTask(means.db.kysely, taskId);
  if (task && (caller === null || task.accountId === caller.accountId)) return task;
  throw new AppError('task_not_found', { id: taskId });
}

async function readTaskReceipt(means: TaskMeans, task: Task): Promise<Receipt> {
  const { video } = task;
  return await means.billing.receipt({
    taskId: task.id,
    status: statusOf(task),
    holdId: task.holdId,
    mode: task.mode,
    rateNanosPerMs: task.rateNanosPerMs,
    rule: task.rule,
    minMs: task.billableMsMin,
    maxMs: task.billableMsMax,
    referenceMs: task.referenceMs,
    billableMs: task.billableMs,
    probe: video && {
      duration_ms: video.facts.durationMs,
      width: video.facts.width,
      height: video.facts.height,
      fps: video.facts.fps,
      video_codec: video.facts.videoCodec,
      size_bytes: video.sizeBytes,
      sha256: video.sha256,
    },
  });
}

function describeContent(task: Task, nowMs: number): TaskContent {
  const { result, expiresAtMs } = task;
  if (task.state !== 'completed' || !result || expiresAtMs === null) {
    throw new AppError('not_completed', { status: statusOf(task) });
  }
  if (task.isPurged || nowMs >= expiresAtMs) {
    throw new AppError('expired', { expiredAt: new Date(expiresAtMs).toISOString() });
  }
  const { storageKey, sizeBytes, sha256, contentType } = result;
  return { storageKey, sizeBytes, etag: `"${sha256}"`, contentType };
}

async function waitForChange(
  means: TaskMeans,
  taskId: string,
  sinceVersion: number,
  timeoutMs: number,
): Promise<void> {
  const untilMs = means.clock.now() + timeoutMs;
  for (;;) {
    const leftMs = untilMs - means.clock.now();
    // Waiting begins before looking, so that a change in between is not missed.
    const change = means.changes.next(taskId, Math.min(leftMs, LOOK_INTERVAL_MS));
    const row = await means.db.kysely
      .selectFrom('task')
      .select(['version', 'state'])
      .where('id', '=', taskId)
      .executeTakeFirst();
    if (!row || isFinal(row.state) || Number(row.version) > sinceVersion) return;
    if (leftMs <= 0 || means.changes.isClosed()) return;
    await change;
  }
}

function createSweeper(means: TaskMeans) {
  let timer: NodeJS.Timeout | null = null;
  let current: Promise<void> | null = null;
  const sweep = () => {
    current ??= sweepTasks(means)
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
