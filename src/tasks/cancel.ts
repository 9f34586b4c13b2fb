/**
 * Ends a task because its owner asks for it: the whole hold is given back in the transaction that
 * ends it, whatever a worker is doing meanwhile. Of a cancel and a completion the one that commits
 * first counts.
 */

import type { Caller } from '../accounts/accounts.ts';
import { AppError } from '../kernel/errors.ts';
import { findOwn } from './find-own.ts';
import type { TaskMeans } from './options.ts';
import { stopEngine } from './stop-engine.ts';
import { FINAL_STATES, readTask, STAGE_AT, type Task } from './task.ts';
import { statusOf } from './view.ts';

/**
 * Cancelling a cancelled task changes nothing. Throws `task_not_found`, and `not_cancellable` for
 * one that has completed or failed.
 */
export async function cancelTask(means: TaskMeans, caller: Caller, taskId: string): Promise<Task> {
  const cancelled = await endTask(means, caller, taskId);
  if (cancelled) {
    means.log.info({ taskId }, 'a task was cancelled');
    const elapsedMs = means.clock.now() - cancelled.createdAtMs;
    means.figures.taskEnded({ state: 'cancelled', code: null, elapsedMs });
    await stopEngine(means, cancelled);
    return cancelled;
  }
  const task = await findOwn(means, caller, taskId);
  if (task.state === 'cancelled') return task;
  throw new AppError('not_cancellable', { status: statusOf(task) });
}

/** Null when there is nothing to end. */
async function endTask(
  { db, billing, clock, limits, changes }: TaskMeans,
  { accountId }: Caller,
  taskId: string,
): Promise<Task | null> {
  const nowMs = clock.now();
  return await db.transaction(async (tx) => {
    const row = await tx
      .updateTable('task')
      .set(({ eb }) => ({
        state: 'cancelled',
        stage: STAGE_AT.cancelled,
        charged_nanos: 0n,
        completed_at: new Date(nowMs),
        expires_at: new Date(nowMs + limits.retentionMs),
        version: eb('version', '+', 1n),
        // Whatever a worker finds out from now on no longer counts.
        lease_id: null,
        lease_until: null,
        // The process whose engine knows the task sees by these that nobody wants its work.
        node_id: null,
        holds_slot: false,
      }))
      .where('id', '=', taskId)
      .where('account_id', '=', accountId)
      .where('state', 'not in', FINAL_STATES)
      .returningAll()
      .executeTakeFirst();
    if (!row) return null;
    const task = readTask(row);
    // The last statement, because it locks the account.
    await billing.ledger.release(tx, { accountId, holdId: task.holdId, taskId });
    db.afterCommit(tx, () => changes.announce(taskId));
    return task;
  });
}
