/** Runs exactly the step that the row's state asks for. A crash anywhere repeats that one step. */

import { AppError, isAppError } from '../kernel/errors.ts';
import { isOutage } from '../kernel/outage.ts';
import { inSpan } from '../kernel/tracing.ts';
import type { StepName, StepOutcome } from './figures.ts';
import type { TaskMeans } from './options.ts';
import { claimTask, findMove, moveTask, renewLease, TaskLostError } from './rows.ts';
import { claimStart, claimTurn } from './slots.ts';
import { failTask } from './steps/fail.ts';
import { finishTask } from './steps/finish.ts';
import { inspectInputs } from './steps/inspect.ts';
import { pollEngine } from './steps/poll.ts';
import { startEngine } from './steps/start.ts';
import { storeResult } from './steps/store.ts';
import type { Task, TaskState } from './task.ts';

/** However often a step has failed, the pause before the next time grows no further. */
const RETRY_DELAYS_MAX = 30;

type Step = { name: StepName; run(means: TaskMeans, task: Task): Promise<void> };
type OpenState = Exclude<TaskState, 'completed' | 'failed' | 'cancelled'>;

const STEPS: Readonly<Record<OpenState, Step>> = {
  submitted: { name: 'inspect', run: inspectInputs },
  inspected: { name: 'start', run: startEngine },
  running: { name: 'poll', run: pollEngine },
  rendered: { name: 'store', run: storeResult },
  stored: { name: 'finish', run: finishTask },
};

/** How many times a lease is renewed before it could run out. */
const RENEWALS_PER_LEASE = 3;

/**
 * Does nothing for a task that is finished or in other hands. Rejects only when the database does;
 * the queue then sends the job again.
 */
export async function advanceTask(means: TaskMeans, taskId: string): Promise<void> {
  const task = (await claimTask(means, taskId)) ?? (await claimStart(means, taskId));
  if (task) await runClaimed(means, task);
}

/** The same for a job: where the task waits for its start, whoever's turn it is starts. */
export async function advanceInTurn(means: TaskMeans, taskId: string): Promise<void> {
  const task = (await claimTask(means, taskId)) ?? (await claimTurn(means, taskId));
  if (task) await runClaimed(means, task);
}

/** Runs the step of a task that is in hand, and keeps it in hand meanwhile. */
export async function runClaimed(means: TaskMeans, task: Task): Promise<void> {
  const { id: taskId, state } = task;
  if (state === 'completed' || state === 'failed' || state === 'cancelled') return;
  const log = means.log.child({ taskId, state });
  const renewal = setInterval(() => {
    renewLease(means, task).catch((error: unknown) => log.warn({ err: error }, 'lease kept'));
  }, means.limits.leaseMs / RENEWALS_PER_LEASE);
  const { name: step, run } = STEPS[state];
  const startedAtMs = performance.now();
  let outcome: StepOutcome = 'lost';
  try {
    const attributes = { 'understudy.task_id': taskId, 'understudy.node_id': means.nodeId };
    outcome = await inSpan(`step ${step}`, attributes, () => runStep(means, task, run));
  } catch (error) {
    if (!(error instanceof TaskLostError)) throw error;
  } finally {
    clearInterval(renewal);
  }
  const elapsedMs = performance.now() - startedAtMs;
  means.figures.stepEnded({ step, outcome, elapsedMs });
  const line = { step, outcome, elapsedMs: Math.round(elapsedMs), nodeId: means.nodeId };
  // A look at an engine that still works comes once a second and says nothing new.
  if (outcome === 'again') log.debug(line, 'step');
  else log.info(line, 'step');
}

async function runStep(means: TaskMeans, task: Task, run: Step['run']): Promise<StepOutcome> {
  let hasThrown = false;
  if (means.clock.now() >= task.deadlineAtMs) await failAtDeadline(means, task);
  else {
    await run(means, task).catch(async (error: unknown) => {
      if (error instanceof TaskLostError) throw error;
      hasThrown = true;
      await answerFailure(means, task, error);
    });
  }
  const to = findMove(task);
  if (to === 'failed' || to === 'cancelled') return to;
  if (hasThrown) return 'retried';
  return to === task.state ? 'again' : 'done';
}

export async function failAtDeadline(means: TaskMeans, task: Task): Promise<void> {
  const limitSeconds = Math.round((task.deadlineAtMs - task.createdAtMs) / 1_000);
  await failTask(means, task, new AppError('deadline_exceeded', { limitSeconds }));
}

/**
 * A refusal ends the task at once; whatever may pass by itself is tried again, later each time, up
 * to the limit. While a store or a database of ours is away, or a disk is full, and once the work
 * is done, that limit is the deadline: neither loses a task.
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
  const isPatient = isOutage(error) || task.state === 'rendered' || task.state === 'stored';
  const { stepAttemptsMax, stepRetryDelayMs } = means.limits;
  if (mayPass && (isPatient || failures < stepAttemptsMax)) {
    await moveTask(means, task, {
      to: task.state,
      set: {
        step_failures: failures,
        // Nothing of it is still being stored, so the next one may use its keys again.
        ...(task.state === 'submitted' ? { inspections: task.inspections - 1 } : {}),
      },
      progress: 0,
      delayMs: Math.min(failures, RETRY_DELAYS_MAX) * stepRetryDelayMs,
      isVisible: false,
    });
    return;
  }
  const reason = isAppError(error) ? error : new AppError('internal', {}, { cause: error });
  await failTask(means, task, reason);
}
