/**
 * Tells engines that nobody waits for their work any more: at once when a task ends without a
 * result, and again in every sweep for those that could not be told.
 */

import type { TaskMeans } from './options.ts';
import { removeScratch } from './scratch.ts';
import { readTask, type Task } from './task.ts';

/** How long an engine that cannot be told is tried again, in milliseconds. */
const TRIED_MS_MAX = 60 * 60_000;
const SWEPT_MAX = 100;

/** Of an engine's work for a task that ended so, nothing is wanted. */
const UNWANTED_STATES = ['failed', 'cancelled'] as const;

/**
 * Only after the task has ended: nothing an engine does or leaves undone may keep a hold from its
 * owner. Never rejects; the operation goes from the row once the engine has been told.
 */
export async function stopEngine(means: TaskMeans, task: Task): Promise<void> {
  try {
    const engine = means.engines.get(task.engine);
    if (task.operation) {
      await engine.cancel?.(task.operation);
      await engine.cleanUp?.(task.operation);
    }
    await engine.cancelTask?.(task.id);
    if (task.operation && !engine.cancelTask && !engine.cancel) noteUnwanted(means, task);
    await removeScratch(means, task.id);
    if (task.operation) await forgetOperation(means, task.id);
  } catch (error) {
    means.log.warn({ taskId: task.id, err: error }, 'the work of an ended task was left behind');
  }
}

/** Its owner is not charged for it; whoever runs the service may be. */
function noteUnwanted({ engines, figures, log }: TaskMeans, task: Task): void {
  const { unwantedWork } = engines.get(task.engine);
  figures.engineEnded(task.engine, 'unwanted');
  const noted = { taskId: task.id, engine: task.engine, unwantedWork };
  if (unwantedWork === 'is-paid') log.warn(noted, 'work that nobody wants goes on and is paid for');
  else log.info(noted, 'work that nobody wants goes on');
}

async function forgetOperation({ db }: TaskMeans, taskId: string): Promise<void> {
  await db.kysely
    .updateTable('task')
    .set({ operation: null })
    .where('id', '=', taskId)
    .where('state', 'in', UNWANTED_STATES)
    .execute();
}

/**
 * Those whose engine did not answer, or whose process died before it could tell. Safe to run in
 * several processes at once.
 */
export async function stopLeftovers(means: TaskMeans): Promise<void> {
  const nowMs = means.clock.now();
  const rows = await means.db.kysely
    .selectFrom('task')
    .selectAll()
    .where('state', 'in', UNWANTED_STATES)
    .where('operation', 'is not', null)
    .where('completed_at', '>', new Date(nowMs - TRIED_MS_MAX))
    .where('completed_at', '<=', new Date(nowMs - means.limits.sweepIntervalMs))
    .orderBy('completed_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const row of rows) await stopEngine(means, readTask(row));
}
