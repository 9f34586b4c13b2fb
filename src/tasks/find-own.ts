/** Finds tasks for the one who asks: those of other accounts and deleted ones are not there. */

import type { Caller } from '../accounts/accounts.ts';
import { AppError } from '../kernel/errors.ts';
import type { TaskMeans } from './options.ts';
import { findTask } from './rows.ts';
import type { Task } from './task.ts';

type Means = Pick<TaskMeans, 'db'>;

/** Throws `task_not_found`. */
export async function findOwn(means: Means, caller: Caller, taskId: string): Promise<Task> {
  const task = await findEvenDeleted(means, caller, taskId);
  if (task.deletedAtMs === null) return task;
  throw new AppError('task_not_found', { id: taskId });
}

/**
 * For what outlives a deletion: the receipt, and the answer that something was deleted. Throws
 * `task_not_found`.
 *
 * @param caller Null for one who has shown a valid signature.
 */
export async function findEvenDeleted(
  { db }: Means,
  caller: Caller | null,
  taskId: string,
): Promise<Task> {
  const task = await findTask(db.kysely, taskId);
  if (task && (caller === null || task.accountId === caller.accountId)) return task;
  throw new AppError('task_not_found', { id: taskId });
}

/** The id of the task that the account gave this name, or null. */
export async function findByExternalId(
  { db }: Means,
  { accountId }: Caller,
  externalTaskId: string,
): Promise<string | null> {
  const row = await db.kysely
    .selectFrom('task')
    .select('id')
    .where('account_id', '=', accountId)
    .where('external_task_id', '=', externalTaskId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row?.id ?? null;
}
