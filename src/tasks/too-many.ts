/** No account fills the table or the queue with tasks that it cannot get done. */

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { TaskMeans } from './options.ts';
import { FINAL_STATES } from './task.ts';

/**
 * Answers how many unfinished tasks the account has. Submits that race may pass the limit by as
 * many as they are: it guards the service, not money. Throws `too_many_tasks`.
 */
export async function refuseTooManyTasks(
  { limits }: Pick<TaskMeans, 'limits'>,
  tx: Tx,
  accountId: string,
): Promise<number> {
  const limit = limits.unfinishedPerAccountMax;
  // Literals, so that the partial index of unfinished tasks is used whatever the plan is made for.
  const { rows } = await sql<{ count: unknown }>`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM task WHERE account_id = ${accountId}
        AND state NOT IN (${sql.join(FINAL_STATES.map((state) => sql.lit(state)))})
      LIMIT ${limit}) unfinished`.execute(tx);
  const count = Number(rows[0]?.count ?? 0);
  if (count >= limit) throw new AppError('too_many_tasks', { limit });
  return count;
}
