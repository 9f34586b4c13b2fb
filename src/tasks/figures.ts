/**
 * What the life of tasks tells whoever keeps figures about it, and what it can be asked for: sums
 * only, nothing of any one account.
 */

import { sql } from 'kysely';
import type { Queryable } from '../db/database.ts';
import type { Clock } from '../kernel/clock.ts';
import type { TaskState } from './task.ts';
import { IS_UNFINISHED } from './unfinished.ts';

export type StepName = 'inspect' | 'start' | 'poll' | 'store' | 'finish';

/**
 * `done` took the task on, `again` found nothing new yet, `retried` will be run once more after a
 * failure; `lost` means that somebody else had moved the task meanwhile.
 */
export type StepOutcome = 'done' | 'again' | 'retried' | 'failed' | 'cancelled' | 'lost';

export type StepFigure = { step: StepName; outcome: StepOutcome; elapsedMs: number };

export type TaskEndFigure = {
  state: TaskState;
  /** Code of the error, or null. */
  code: string | null;
  /** From submit to end, in milliseconds. */
  elapsedMs: number;
};

/** Called after the fact; none of them may throw or take long. */
export type TaskFigures = {
  taskSubmitted(): void;
  stepEnded(figure: StepFigure): void;
  taskEnded(figure: TaskEndFigure): void;
  /** @param outcome `completed`, `lost`, `unwanted`, or the code of the failure. */
  engineEnded(engine: string, outcome: string): void;
  /** What one sweep dealt with: late tasks ended, forgotten ones taken up, results removed. */
  sweptTasks(counts: { late: number; forgotten: number; removed: number }): void;
  /** Blobs without a row that one sweep of the storage removed. */
  removedOrphans(count: number): void;
};

export const NO_FIGURES: TaskFigures = {
  taskSubmitted() {},
  stepEnded() {},
  taskEnded() {},
  engineEnded() {},
  sweptTasks() {},
  removedOrphans() {},
};

/** Unfinished tasks that have state, stage and engine in common. */
export type TaskGroup = {
  state: TaskState;
  stage: string;
  engine: string;
  count: number;
  /** Those of them whose next step is due and that no worker has taken. */
  waitingCount: number;
  /** How long the one that waits longest has waited, in milliseconds; null when none does. */
  longestWaitMs: number | null;
};

type GroupRow = {
  state: TaskState;
  stage: string;
  engine: string;
  count: unknown;
  waiting: unknown;
  oldest: Date | null;
};

/** Reads the unfinished tasks only, by their own index, however many have ended. */
export async function groupOpenTasks(db: Queryable, clock: Clock): Promise<TaskGroup[]> {
  const nowMs = clock.now();
  const now = new Date(nowMs);
  const isWaiting = sql`due_at <= ${now}::timestamptz
    AND (lease_until IS NULL OR lease_until <= ${now}::timestamptz)`;
  const { rows } = await sql<GroupRow>`
    SELECT state, stage, engine, count(*) AS count,
      count(*) FILTER (WHERE ${isWaiting}) AS waiting,
      min(due_at) FILTER (WHERE ${isWaiting}) AS oldest
    FROM task WHERE ${IS_UNFINISHED}
    GROUP BY state, stage, engine`.execute(db);
  return rows.map(({ state, stage, engine, count, waiting, oldest }) => ({
    state,
    stage,
    engine,
    count: Number(count),
    waitingCount: Number(waiting),
    longestWaitMs: oldest === null ? null : nowMs - oldest.getTime(),
  }));
}
