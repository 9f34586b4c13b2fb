/**
 * Whatever happens to jobs and workers, every task ends: late ones are ended, forgotten ones taken
 * up, old media removed.
 */

import { failAtDeadline } from './advance.ts';
import type { TaskMeans } from './options.ts';
import { seizeLateTask, TaskLostError, takeUpForgotten } from './rows.ts';
import { FINAL_STATES, readTask } from './task.ts';

/** Tasks of each kind that one sweep deals with; the next sweep takes the rest. */
const SWEPT_MAX = 100;

/** Safe to run in several processes at once. */
export async function sweepTasks(means: TaskMeans): Promise<void> {
  await endLateTasks(means);
  const count = await takeUpForgotten(means);
  if (count > 0) means.log.warn({ count }, 'forgotten tasks were taken up again');
  await purgeExpired(means);
}

async function endLateTasks(means: TaskMeans): Promise<void> {
  const late = await means.db.kysely
    .selectFrom('task')
    .select('id')
    .where('state', 'not in', FINAL_STATES)
    .where('deadline_at', '<=', new Date(means.clock.now()))
    .orderBy('deadline_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const { id } of late) {
    const task = await seizeLateTask(means, id);
    if (!task) continue;
    await failAtDeadline(means, task).catch((error: unknown) => {
      if (!(error instanceof TaskLostError)) throw error;
    });
  }
}

/** Blobs first, then the note: a crash in between only removes again what is not there. */
async function purgeExpired(means: TaskMeans): Promise<void> {
  const now = new Date(means.clock.now());
  const expired = await means.db.kysely
    .selectFrom('task')
    .selectAll()
    .where('expires_at', '<=', now)
    .where('purged_at', 'is', null)
    .orderBy('expires_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const { image, video, result } of expired.map(readTask)) {
    for (const blob of [image, video, result]) {
      if (blob) await means.storage.delete(blob.storageKey);
    }
  }
  if (expired.length === 0) return;
  await means.db.kysely
    .updateTable('task')
    .set({ purged_at: now })
    .where(
      'id',
      'in',
      expired.map(({ id }) => id),
    )
    .execute();
}
