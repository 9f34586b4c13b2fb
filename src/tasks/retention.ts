/**
 * What is personal in a task does not outlive its use: some time after the end addresses and prompt
 * leave the row. What was made, and what was paid for it, stays for receipt and audit.
 */

import { sql } from 'kysely';
import type { TaskMeans } from './options.ts';

/** Tasks that one sweep strips; the next sweep takes the rest. */
const STRIPPED_MAX = 500;

/** Stands where an address was, in columns that are never empty. */
export const STRIPPED = 'stripped';

/**
 * Safe to run in several processes at once.
 *
 * @returns how many tasks were stripped.
 */
export async function stripOldTasks(
  means: Pick<TaskMeans, 'db' | 'clock' | 'limits' | 'log'>,
  strippedMax = STRIPPED_MAX,
): Promise<number> {
  const { db, clock, limits, log } = means;
  if (limits.taskKeptMs === 0) return 0;
  const nowMs = clock.now();
  const { numUpdatedRows } = await db.kysely
    .updateTable('task')
    .set({
      image_url: STRIPPED,
      video_url: STRIPPED,
      prompt: null,
      stripped_at: new Date(nowMs),
    })
    .where(({ eb, selectFrom }) =>
      eb(
        'id',
        'in',
        selectFrom('task')
          .select('id')
          .where('completed_at', '<=', new Date(nowMs - limits.taskKeptMs))
          .where('stripped_at', 'is', null)
          .orderBy('completed_at')
          .limit(sql.lit(strippedMax))
          .forUpdate()
          .skipLocked(),
      ),
    )
    .executeTakeFirstOrThrow();
  const count = Number(numUpdatedRows);
  if (count > 0) log.info({ count }, 'old tasks were stripped of addresses and prompts');
  return count;
}
