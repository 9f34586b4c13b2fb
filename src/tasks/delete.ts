/**
 * Removes the media of an ended task and hides it from its owner. Its row, its ledger lines and its
 * receipt stay, because money was moved for it.
 */

import type { Caller } from '../accounts/accounts.ts';
import { AppError } from '../kernel/errors.ts';
import { findEvenDeleted } from './find-own.ts';
import { listMediaKeys } from './media-keys.ts';
import type { TaskMeans } from './options.ts';
import { isFinal } from './task.ts';
import { statusOf } from './view.ts';

/**
 * A worker that has not yet noticed the end of a task may still store something for it, so the
 * sweep removes the media once more after this time.
 */
const LATE_WRITES_MS = 10 * 60_000;

/**
 * Deleting a deleted task changes nothing. Throws `task_not_found`, and `not_finished` for a task
 * that is under way.
 */
export async function deleteTask(means: TaskMeans, caller: Caller, taskId: string): Promise<void> {
  const { db, clock, changes, log, storage } = means;
  const task = await findEvenDeleted(means, caller, taskId);
  if (!isFinal(task.state)) throw new AppError('not_finished', { status: statusOf(task) });
  const nowMs = clock.now();
  const deleted = await db.kysely
    .updateTable('task')
    .set(({ eb }) => ({
      deleted_at: new Date(nowMs),
      expires_at: new Date(nowMs + LATE_WRITES_MS),
      purged_at: null,
      version: eb('version', '+', 1n),
    }))
    .where('id', '=', taskId)
    .where('account_id', '=', caller.accountId)
    .where('deleted_at', 'is', null)
    .returning(['inspections', 'engine_starts'])
    .executeTakeFirst();
  if (!deleted) return;
  changes.announce(taskId);
  try {
    for (const key of listMediaKeys(taskId, deleted)) await storage.delete(key);
  } catch (error) {
    log.error({ taskId, err: error }, 'the media of a deleted task are left to the sweep');
  }
  log.info({ taskId }, 'a task was deleted');
}
