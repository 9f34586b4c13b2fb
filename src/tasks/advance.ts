/** Runs exactly the step that the row's state asks for. A crash anywhere repeats that one step. */

import { AppError, isAppError } from '../kernel/errors.ts';
import type { TaskMeans } from './options.ts';
import { claimTask, moveTask, renewLease, TaskLostError } from './rows.ts';
import { failTask } from './steps/fail.ts';
import { finishTask } from './steps/finish.ts';
import { inspectInputs } from './steps/inspect.ts';
import { pollEngine } from './steps/poll.ts';
import { startEngine } from './steps/start.ts';
import { storeResult } from './steps/store.ts';
import type { Task, TaskState } from './task.ts';

type Step = (means: TaskMeans, task: Task) => Promise<void>;

const STEPS: Readonly<Record<Exclude<TaskState, 'completed' | 'failed' | 'cancelled'>, Step>> = {
  submitted: inspectInputs,
  inspected: startEngine,
  running: pollEngine,
  rendered: storeResult,
  stored: finishTask,
};

/** How many times a lease is renewed before it could run out. */
const RENEWALS_PER_LEASE = 3;

/**
 * Does nothing for a task that is finished or in other hands. Rejects only when the database does;
 * the queue then sends the job again.
 */
export async function advanceTask(means: TaskMeans, taskId: string): Promise<void> {
  const task = await claimTask(means, taskId);
  if (!task) return;
  const log = means.log.child({ taskId, state: task.state });
  const renewal = setInterval(() => {
    renewLease(means, task).catch((error: unknown) => log.warn({ err: error }, 'lease kept'));
  }, means.limits.leaseMs / RENEWALS_PER_LEASE);
  try {
    await runStep(means, task);
  } catch (error) {
    if (!(error instanceof TaskLostError)) throw error;
    log.info('the step was no longer ours to take');
  } finally {
    clearInterval(renewal);
  }
}

async function runStep(means: TaskMeans, task: Task): Promise<void> {
  if (means.clock.now() >= task.deadlineAtMs) return await failAtDeadline(means, task);
  const { state } = task;
  if (state === 'completed' || state === 'failed' || state === 'cancelled') return;
  try {
    await STEPS[state](means, task);
  } catch (error) {
    if (error instanceof TaskLostError) throw error;
    await answerFailure(means, task, error);
  }
}

export async function failAtDeadline(means: TaskMeans, task: Task): Promise<void> {
  const limitSeconds = Math.round((task.deadlineAtMs - task.createdAtMs) / 1_000);
  await failTask(means, task, new AppError('deadline_exceeded', { limitSeconds }));
}

/**
 * A refusal ends the task at once; whatever may pass by itself is tried again, later each time, up
 * to the limit.
 */
async function answerFailure(means: TaskMeans, task: Task, error: unknown): Promise<void> {
  const failures = task.stepFailures + 1;
  const mayPass = !isAppError(error) || error.entry.retryable;
  const what = { taskId: task.id, state: task.state, failures };
  if (isAppError(error) && error.entry.type === 'media_error') {
    // A stranger's file that is no good is an ordinary day, and no trace of ours explains it.
    means.log.info({ ...what, code: error.code, reason: error.message }, 'the media were refused');
  } else {
    means.log.warn({ ...what, err: error }, 'a step failed');
  }
  if (mayPass && failures < means.limits.stepAttemptsMax) {
    await moveTask(means, task, {
      to: task.state,
      set: { step_failures: failures },
      progress: 0,
      delayMs: failures * means.limits.stepRetryDelayMs,
      isVisible: false,
    });
    return;
  }
  const reason = isAppError(error) ? error : new AppError('internal', {}, { cause: error });
  await failTask(means, task, reason);
}
