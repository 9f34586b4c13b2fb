/**
 * The tasks of an account, newest first, page by page, or those that are asked for by their ids.
 */

import { sql } from 'kysely';
import type { Caller } from '../accounts/accounts.ts';
import type { TaskState } from '../db/tables.ts';
import { AppError } from '../kernel/errors.ts';
import type { TaskMeans } from './options.ts';
import { readTask, type Task } from './task.ts';
import type { TaskStatus } from './view-types.ts';

export type TaskListQuery = {
  /** Tasks on the page. */
  limit: number;
  /** The last task of the page before. */
  after: string | null;
  status: TaskStatus | null;
};

const STATES: Readonly<Record<TaskStatus, readonly TaskState[]>> = {
  queued: ['submitted'],
  in_progress: ['submitted', 'inspected', 'running', 'rendered', 'stored'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

/** Throws `invalid_request` (param `after`) for a task that the account does not have. */
export async function listTasks(
  { db }: Pick<TaskMeans, 'db'>,
  { accountId }: Caller,
  { limit, after, status }: TaskListQuery,
): Promise<{ tasks: Task[]; hasMore: boolean }> {
  let query = db.kysely
    .selectFrom('task')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (status !== null) query = query.where('state', 'in', STATES[status]);
  // A task that a worker has begun to look at is no longer queued.
  if (status === 'queued') query = query.where('started_at', 'is', null);
  if (status === 'in_progress') query = query.where('started_at', 'is not', null);
  if (after !== null) {
    const place = await findPlace(db, accountId, after);
    query = query.where(sql<boolean>`(created_at, id) < (${place}::timestamptz, ${after}::text)`);
  }
  const tasks = (await query.execute()).map(readTask);
  return { tasks: tasks.slice(0, limit), hasMore: tasks.length > limit };
}

/** A task that was deleted since still marks its place. */
async function findPlace(db: TaskMeans['db'], accountId: string, id: string): Promise<Date> {
  const row = await db.kysely
    .selectFrom('task')
    .select('created_at')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  if (row) return row.created_at;
  const reason = `"after" must be the id of a task of this account, not "${id}".`;
  throw new AppError('invalid_request', { reason }, { param: 'after' });
}

/** In the order of the ids; what the account does not have is left out. */
export async function findTasks(
  { db }: Pick<TaskMeans, 'db'>,
  { accountId }: Caller,
  ids: readonly string[],
): Promise<Task[]> {
  const rows = await db.kysely
    .selectFrom('task')
    .selectAll()
    .where('id', 'in', ids)
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, readTask(row)]));
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
}
