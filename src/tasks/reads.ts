/** What can be read of tasks by those who own them; none of it asks an engine. */

import type { Caller } from '../accounts/accounts.ts';
import type { Receipt } from '../billing/receipt.ts';
import { AppError } from '../kernel/errors.ts';
import { findByExternalId, findEvenDeleted, findOwn } from './find-own.ts';
import { findTasks, listTasks, type TaskListQuery } from './list.ts';
import type { TaskMeans } from './options.ts';
import { isFinal, type Task } from './task.ts';
import { sumUsage, type UsageQuery, type UsageRow } from './usage.ts';
import { statusOf, viewTask } from './view.ts';
import type { TaskView } from './view-types.ts';

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

export type TaskPage = { tasks: TaskView[]; hasMore: boolean };

export type TaskContent = {
  storageKey: string;
  sizeBytes: number;
  /** Strong and quoted, ready for the header. */
  etag: string;
  contentType: string;
};

export type TaskReads = {
  /** Throws `task_not_found`, also for a task of another account and for a deleted one. */
  view(caller: Caller, taskId: string): Promise<ViewedTask>;
  /** Newest first. Throws `invalid_request` for an `after` that the account does not have. */
  list(caller: Caller, query: TaskListQuery): Promise<TaskPage>;
  /** In the order of the ids; what the account does not have is left out. */
  listByIds(caller: Caller, ids: readonly string[]): Promise<TaskView[]>;
  /** The id of the task that the account gave this name, or null. */
  findByExternalId(caller: Caller, externalTaskId: string): Promise<string | null>;
  /** Throws `task_not_found`. A deleted task keeps its receipt. */
  receipt(caller: Caller, taskId: string): Promise<Receipt>;
  /** What was charged, from the ledger. */
  usage(caller: Caller, query: UsageQuery): Promise<UsageRow[]>;
  /**
   * A null caller has shown a valid signature. Throws `not_completed`, `expired`, `video_deleted`,
   * `task_not_found`.
   */
  content(caller: Caller | null, taskId: string): Promise<TaskContent>;
  /**
   * Resolves when the task's version is above `sinceVersion`, when it is final, or when the time is
   * over.
   */
  waitForChange(taskId: string, sinceVersion: number, timeoutMs: number): Promise<void>;
};

/** Another process may have changed the task, so those who wait also look for themselves. */
const LOOK_INTERVAL_MS = 1_000;

export function createReads(means: TaskMeans): TaskReads {
  const { clock } = means;
  let waitCount = 0;

  return {
    async view(caller, taskId) {
      const { urlLifetimeMs } = means.limits;
      const task = await findOwn(means, caller, taskId);
      const view = show(means, task);
      const urlEpoch = epochOf(view, clock.now(), urlLifetimeMs);
      return { task: view, version: task.version, urlEpoch };
    },
    async list(caller, query) {
      const { tasks, hasMore } = await listTasks(means, caller, query);
      return { tasks: tasks.map((task) => show(means, task)), hasMore };
    },
    async listByIds(caller, ids) {
      return (await findTasks(means, caller, ids)).map((task) => show(means, task));
    },
    findByExternalId: (caller, externalTaskId) => findByExternalId(means, caller, externalTaskId),
    async receipt(caller, taskId) {
      return await readTaskReceipt(means, await findEvenDeleted(means, caller, taskId));
    },
    usage: (caller, query) => sumUsage(means, caller, query),
    async content(caller, taskId) {
      return describeContent(await findEvenDeleted(means, caller, taskId), clock.now());
    },
    async waitForChange(taskId, sinceVersion, timeoutMs) {
      // Each look costs a query a second, so beyond the limit the caller sees the task as it is.
      if (waitCount >= means.limits.waitsMax) return;
      waitCount++;
      try {
        await waitForChange(means, taskId, sinceVersion, timeoutMs);
      } finally {
        waitCount--;
      }
    },
  };
}

/** The task as its owner sees it now. */
export function show({ clock, limits, signUrl }: TaskMeans, task: Task): TaskView {
  return viewTask(task, { nowMs: clock.now(), urlLifetimeMs: limits.urlLifetimeMs, signUrl });
}

/** 0 without an address; one of the same epoch is good for half of its life at least. */
function epochOf({ url }: TaskView, nowMs: number, urlLifetimeMs: number): number {
  return url === null ? 0 : Math.floor(nowMs / (urlLifetimeMs / 2));
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
  const { result, expiresAtMs, deletedAtMs } = task;
  if (deletedAtMs !== null) {
    throw new AppError('video_deleted', { deletedAt: new Date(deletedAtMs).toISOString() });
  }
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
