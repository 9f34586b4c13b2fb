/**
 * The only writes to a task after its submit. Each names the state and the lease it relies on, so
 * that of two workers on one task only the one that still holds it can change anything.
 */

import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql, type Updateable } from 'kysely';
import type { Queryable, Tx } from '../db/database.ts';
import type { TaskState, TaskTable } from '../db/tables.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { EnqueueOptions } from '../queue/queue.ts';
import type { TaskMeans } from './options.ts';
import { FINAL_STATES, PROGRESS_AT, readTask, STAGE_AT, type Task } from './task.ts';
import { IS_UNFINISHED } from './unfinished.ts';

/**
 * Somebody else has moved the task meanwhile; what this worker found out about it no longer counts.
 */
export class TaskLostError extends Error {
  constructor(taskId: string) {
    super(`the task ${taskId} was moved by somebody else`);
    this.name = 'TaskLostError';
  }
}

export async function findTask(db: Queryable, taskId: string): Promise<Task | null> {
  const row = await db.selectFrom('task').selectAll().where('id', '=', taskId).executeTakeFirst();
  return row ? readTask(row) : null;
}

/**
 * Takes an unfinished task for this worker, or null when it is finished, gone, in other hands, or
 * waits for its turn to start.
 */
export async function claimTask(means: TaskMeans, taskId: string): Promise<Task | null> {
  const now = new Date(means.clock.now());
  const condition = sql<SqlBool>`(lease_until IS NULL OR lease_until <= ${now}::timestamptz)
    AND state <> 'inspected' AND (node_id IS NULL OR node_id = ${means.nodeId})`;
  return await leaseAlone(means, { taskId, condition });
}

/** Takes a task that has passed its deadline out of whatever hands it is in. */
export async function seizeLateTask(means: TaskMeans, taskId: string): Promise<Task | null> {
  const now = new Date(means.clock.now());
  const condition = sql<SqlBool>`deadline_at <= ${now}::timestamptz`;
  return await leaseAlone(means, { taskId, condition });
}

type Lease = {
  taskId: string;
  condition: RawBuilder<SqlBool>;
  set?: Updateable<TaskTable>;
};

async function leaseAlone(means: TaskMeans, lease: Lease): Promise<Task | null> {
  const task = await leaseTask(means, means.db.kysely, lease);
  if (task) means.changes.announce(task.id);
  return task;
}

/** The caller announces the change once it is there to be seen. */
export async function leaseTask(
  means: TaskMeans,
  db: Queryable,
  { taskId, condition, set }: Lease,
): Promise<Task | null> {
  const nowMs = means.clock.now();
  const stage = sql<string>`CASE state
    WHEN 'submitted' THEN ${STAGE_AT.submitted}::text
    WHEN 'inspected' THEN ${STAGE_AT.inspected}::text
    WHEN 'rendered' THEN ${STAGE_AT.rendered}::text
    WHEN 'stored' THEN ${STAGE_AT.stored}::text
    ELSE stage END`;
  const row = await db
    .updateTable('task')
    .set({
      ...set,
      lease_id: means.newId('lease'),
      lease_node_id: means.nodeId,
      lease_until: new Date(nowMs + means.limits.leaseMs),
      started_at: sql`coalesce(started_at, ${new Date(nowMs)}::timestamptz)`,
      stage,
      inspections: sql`inspections + CASE WHEN state = 'submitted' THEN 1 ELSE 0 END`,
      version: sql`version + CASE WHEN started_at IS NULL OR stage <> ${stage} THEN 1 ELSE 0 END`,
    })
    .where('id', '=', taskId)
    .where('state', 'not in', FINAL_STATES)
    .where(condition)
    .returningAll()
    .executeTakeFirst();
  return row ? readTask(row) : null;
}

/** Keeps a task in hand while a step takes its time. */
export async function renewLease(means: TaskMeans, task: Task): Promise<void> {
  await means.db.kysely
    .updateTable('task')
    .set({ lease_until: new Date(means.clock.now() + means.limits.leaseMs) })
    .where(isInHand(task))
    .execute();
}

export type Move = {
  /** The state to go to; the same one when only something about it is to be noted. */
  to: TaskState;
  set?: Updateable<TaskTable>;
  /** What a reader sees being done; stays when it is not given. */
  stage?: string;
  progress?: number;
  /** Whether a reader can see the change. @default true */
  isVisible?: boolean;
  /** Pause before the next step, in milliseconds. @default 0 */
  delayMs?: number;
  /**
   * Money that must move with the state; the last thing in the transaction, because it locks the
   * account.
   */
  money?: (tx: Tx) => Promise<void>;
  /** Why the task ends badly. */
  code?: ErrorCode;
};

const moves = new WeakMap<Task, TaskState>();

/** Where this very view of a task was moved to, or null when it was not. */
export function findMove(task: Task): TaskState | null {
  return moves.get(task) ?? null;
}

/**
 * State, next job and money in one transaction. Throws `TaskLostError`, and then nothing has
 * happened.
 */
export async function moveTask(means: TaskMeans, task: Task, move: Move): Promise<void> {
  const { db, clock } = means;
  const isEnd = FINAL_STATES.some((state) => state === move.to);
  const delayMs = move.delayMs ?? 0;
  const nodeId = isEnd || move.to === 'inspected' ? null : task.nodeId;
  await db.transaction(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('task')
      .set({
        step_failures: 0,
        due_at: new Date(clock.now() + delayMs),
        ...move.set,
        state: move.to,
        stage: move.stage ?? task.stage,
        progress: sql`GREATEST(progress, ${move.progress ?? PROGRESS_AT[move.to]}::smallint)`,
        version: sql`version + ${move.isVisible === false ? 0 : 1}::bigint`,
        lease_id: null,
        lease_until: null,
        lease_node_id: null,
        node_id: nodeId,
        holds_slot: move.to === 'running',
      })
      .where(isInHand(task))
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new TaskLostError(task.id);
    // What waits for its turn, or belongs to this node, is found without a job.
    const needsJob = !isEnd && move.to !== 'inspected' && nodeId === null;
    if (needsJob) await enqueueStep(means, tx, task.id, { delayMs });
    else db.afterCommit(tx, () => means.own.kick(delayMs));
    await move.money?.(tx);
    if (move.isVisible !== false) db.afterCommit(tx, () => means.changes.announce(task.id));
  });
  moves.set(task, move.to);
  if (!isEnd) return;
  const elapsedMs = clock.now() - task.createdAtMs;
  means.figures.taskEnded({ state: move.to, code: move.code ?? null, elapsedMs });
}

/** At most one job of a task waits, so however often it is sent, one chain of steps goes on. */
export function enqueueStep(
  means: Pick<TaskMeans, 'queue'>,
  tx: Tx,
  taskId: string,
  options: Omit<EnqueueOptions, 'key'> = {},
): Promise<void> {
  return means.queue.enqueue(tx, 'task-advance', { taskId }, { ...options, key: taskId });
}

function isInHand(task: Task) {
  return sql<SqlBool>`id = ${task.id} AND state = ${task.state} AND lease_id = ${task.leaseId}`;
}

/**
 * After a restart of the only process there can be, every lease is a dead worker's, and what an
 * engine bound to a process has begun is looked for by this one.
 */
export async function takeUpAll(means: TaskMeans): Promise<number> {
  const bound = means.engines.names.filter((name) => means.engines.get(name).isBoundToProcess);
  return await takeUp(means, sql<SqlBool>`true`, {
    node_id: sql<string | null>`CASE WHEN state IN ('running', 'rendered', 'stored')
      AND engine = ANY (${bound}::text[]) THEN ${means.nodeId}::text END`,
  });
}

/**
 * Tasks whose next step is long due and that nobody holds: their job, or the start of their engine,
 * was lost with a process. Those that wait for their turn are not among them, and those of a node
 * are its own affair.
 */
export async function takeUpForgotten(means: TaskMeans): Promise<number> {
  const nowMs = means.clock.now();
  const now = new Date(nowMs);
  const longAgo = new Date(nowMs - means.limits.leaseMs);
  return await takeUp(
    means,
    sql<SqlBool>`due_at < ${longAgo}::timestamptz
      AND (lease_until IS NULL OR lease_until < ${now}::timestamptz)
      AND CASE WHEN state = 'inspected' THEN holds_slot ELSE node_id IS NULL END`,
    { node_id: null },
  );
}

const TAKEN_UP_MAX = 200;

type NodeChange = { node_id: RawBuilder<string | null> | null };

async function takeUp(
  means: TaskMeans,
  condition: RawBuilder<SqlBool>,
  change: NodeChange,
): Promise<number> {
  let count = 0;
  let afterId = '';
  const places = new Map<string, number>();
  for (;;) {
    const ids = await takeUpSome(means, { condition, change, afterId, places });
    count += ids.length;
    const lastId = ids.at(-1);
    if (lastId === undefined) return count;
    afterId = lastId;
    // PGlite answers in microtasks; without a real pause a long list would starve every timer.
    await setImmediate();
  }
}

type TakeUp = {
  condition: RawBuilder<SqlBool>;
  change: NodeChange;
  afterId: string;
  /** Of each account, how many of its tasks have been given a job. */
  places: Map<string, number>;
};

async function takeUpSome(means: TaskMeans, { condition, change, afterId, places }: TakeUp) {
  return await means.db.transaction(async (tx) => {
    const rows = await tx
      .selectFrom('task')
      .select('id')
      .where(IS_UNFINISHED)
      .where('id', '>', afterId)
      .where(condition)
      .orderBy('id')
      .limit(TAKEN_UP_MAX)
      .forUpdate()
      .skipLocked()
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return ids;
    const taken = await tx
      .updateTable('task')
      .set({
        lease_id: null,
        lease_until: null,
        lease_node_id: null,
        due_at: new Date(means.clock.now()),
        holds_slot: sql`holds_slot AND state <> 'inspected'`,
        ...change,
      })
      .where('id', 'in', ids)
      .returning(['id', 'state', 'node_id', 'account_id'])
      .execute();
    for (const { id, state, node_id, account_id } of taken) {
      if (state === 'inspected' || node_id !== null) continue;
      const priority = state === 'submitted' ? -takePlace(places, account_id) : 0;
      await enqueueStep(means, tx, id, { priority });
    }
    return ids;
  });
}

/** Accounts take turns here as they do at the submit, or the one with most tasks would be first. */
function takePlace(places: Map<string, number>, accountId: string): number {
  const place = places.get(accountId) ?? 0;
  places.set(accountId, place + 1);
  return place;
}
