/**
 * Whatever happens to jobs and workers, every task ends: late ones are ended, forgotten ones taken
 * up, old media removed.
 */

import { failAtDeadline } from './advance.ts';
import { listMediaKeys, type Tries } from './media-keys.ts';
import type { TaskMeans } from './options.ts';
import { sweepQuotes } from './quotes/quote-rows.ts';
import { seizeLateTask, TaskLostError, takeUpForgotten } from './rows.ts';
import { takeOverDead } from './take-over.ts';
import { IS_UNFINISHED } from './unfinished.ts';

/** Tasks of each kind that one sweep deals with; the next sweep takes the rest. */
const SWEPT_MAX = 100;

/** Safe to run in several processes at once. */
export async function sweepTasks(means: TaskMeans): Promise<void> {
  await takeOverDead(means);
  const late = await endLateTasks(means);
  const forgotten = await takeUpForgotten(means);
  if (forgotten > 0) means.log.warn({ count: forgotten }, 'forgotten tasks were taken up again');
  const removed = await purgeExpired(means);
  means.figures.sweptTasks({ late, forgotten, removed });
  await sweepQuotes(means);
  await means.uploads.sweep();
}

async function endLateTasks(means: TaskMeans): Promise<number> {
  const late = await means.db.kysely
    .selectFrom('task')
    .select('id')
    .where(IS_UNFINISHED)
    .where('deadline_at', '<=', new Date(means.clock.now()))
    .orderBy('deadline_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const { id } of late) {
    await endLateTask(means, id).catch((error: unknown) => {
      if (error instanceof TaskLostError) return;
      // The others must not wait for the one that cannot be ended now; the next sweep tries again.
      means.log.error({ taskId: id, err: error }, 'a late task could not be ended');
    });
  }
  return late.length;
}

async function endLateTask(means: TaskMeans, taskId: string): Promise<void> {
  const task = await seizeLateTask(means, taskId);
  if (task) await failAtDeadline(means, task);
}

async function purgeExpired(means: TaskMeans): Promise<number> {
  const expired = await means.db.kysely
    .selectFrom('task')
    .select(['id', 'inspections', 'engine_starts'])
    .where('expires_at', '<=', new Date(means.clock.now()))
    .where('purged_at', 'is', null)
    .orderBy('expires_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const { id, ...tries } of expired) {
    await purgeTask(means, id, tries).catch((error: unknown) => {
      means.log.error({ taskId: id, err: error }, 'old media could not be removed');
    });
  }
  return expired.length;
}

/** Blobs first, then the note: a crash in between only removes again what is not there. */
async function purgeTask(means: TaskMeans, taskId: string, tries: Tries): Promise<void> {
  for (const key of listMediaKeys(taskId, tries)) await means.storage.delete(key);
  await means.db.kysely
    .updateTable('task')
    .set({ purged_at: new Date(means.clock.now()) })
    .where('id', '=', taskId)
    .execute();
}
