/** Ends a task badly: the reason is told and the whole hold given back in one transaction. */

import type { AppError } from '../../kernel/errors.ts';
import type { TaskMeans } from '../options.ts';
import { moveTask } from '../rows.ts';
import { stopEngine } from '../stop-engine.ts';
import { STAGE_AT, type Task } from '../task.ts';
import type { TaskError } from '../view-types.ts';

export async function failTask(means: TaskMeans, task: Task, reason: AppError): Promise<void> {
  const nowMs = means.clock.now();
  const error: TaskError = {
    code: reason.code,
    message: reason.message,
    stage: task.stage,
    retryable: reason.entry.retryable,
    hint: reason.hint,
  };
  const hold = { accountId: task.accountId, holdId: task.holdId, taskId: task.id };
  await moveTask(means, task, {
    to: 'failed',
    stage: STAGE_AT.failed,
    code: reason.code,
    set: {
      error: JSON.stringify(error),
      charged_nanos: 0n,
      completed_at: new Date(nowMs),
      expires_at: new Date(nowMs + means.limits.retentionMs),
    },
    money: async (tx) => void (await means.billing.ledger.release(tx, hold)),
  });
  // A stranger's file that is no good needs nobody's attention, and no trace of ours explains it.
  if (reason.entry.type === 'media_error') {
    means.log.info({ taskId: task.id, code: reason.code }, 'a task failed');
  } else {
    means.log.warn({ taskId: task.id, code: reason.code, err: reason.cause }, 'a task failed');
  }
  await stopEngine(means, task);
}
