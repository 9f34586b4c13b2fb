/** Ends long work for a task as soon as the task is out of this worker's hands, as by a cancel. */

import type { TaskMeans } from './options.ts';
import { TaskLostError } from './rows.ts';
import type { Task } from './task.ts';

/** Another process cancels without a word to this one. */
const LOOK_MS = 2_000;

/** The signal's reason is a `TaskLostError`. */
export async function whileInHand<T>(
  means: TaskMeans,
  task: Task,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let hasEnded = false;
  const watch = async () => {
    while (!hasEnded && !lost.signal.aborted && !means.changes.isClosed()) {
      // The end of the work comes with a move of the task, which is announced too.
      await means.changes.next(task.id, LOOK_MS);
      const isHeld = hasEnded || (await isInHand(means, task).catch(() => true));
      if (!isHeld) lost.abort(new TaskLostError(task.id));
    }
  };
  void watch();
  try {
    return await work(lost.signal);
  } finally {
    hasEnded = true;
  }
}

async function isInHand({ db }: TaskMeans, { id, state, leaseId }: Task): Promise<boolean> {
  const row = await db.kysely
    .selectFrom('task')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', state)
    .where('lease_id', '=', leaseId)
    .executeTakeFirst();
  return row !== undefined;
}
