/**
 * No account fills the table or the queue with tasks that it cannot get done, however many submits
 * race for the last place.
 */

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { TaskMeans } from './options.ts';
import { IS_UNFINISHED } from './unfinished.ts';

type Means = Pick<TaskMeans, 'limits'>;

/**
 * Answers how many unfinished tasks the account has, or throws `too_many_tasks` before anything is
 * written. Of submits that race more than one may pass; `refuseOneTooMany` does not let them.
 */
export async function refuseTooManyTasks(
  { limits }: Means,
  tx: Tx,
  accountId: string,
): Promise<number> {
  const limit = limits.unfinishedPerAccountMax;
  const count = await countUnfinished(tx, accountId, limit);
  if (count >= limit) throw new AppError('too_many_tasks', { limit });
  return count;
}

/**
 * Throws `too_many_tasks` when the task that this transaction has written is one too many. To be
 * asked after its money is held: the hold has locked the account, so the tasks of every submit that
 * was quicker are there to be counted, and those that are slower wait and will count this one.
 */
export async function refuseOneTooMany(
  { limits }: Means,
  tx: Tx,
  accountId: string,
): Promise<void> {
  const limit = limits.unfinishedPerAccountMax;
  const count = await countUnfinished(tx, accountId, limit + 1);
  if (count > limit) throw new AppError('too_many_tasks', { limit });
}

/** No further than to the limit. */
async function countUnfinished(tx: Tx, accountId: string, limit: number): Promise<number> {
  const { rows } = await sql<{ count: unknown }>`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM task WHERE account_id = ${accountId} AND ${IS_UNFINISHED}
      LIMIT ${limit}) unfinished`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}
