/**
 * Looks at the running engine: notes its progress, takes its result, or answers its failure with
 * one more attempt.
 */

import type { Failed, Pending, Warning } from '../../engines/engine.ts';
import { assert } from '../../kernel/assert.ts';
import { AppError } from '../../kernel/errors.ts';
import type { TaskWarning } from '../inputs.ts';
import type { TaskMeans } from '../options.ts';
import { moveTask } from '../rows.ts';
import { PROGRESS_AT, type Task } from '../task.ts';
import { failTask } from './fail.ts';

export async function pollEngine(means: TaskMeans, task: Task): Promise<void> {
  assert(task.operation, 'a running task has its operation');
  const outcome = await means.engines.get(task.engine).check(task.operation);
  if (outcome.status === 'pending') return await notePending(means, task, outcome);
  if (outcome.status === 'failed') return await answerEngineFailure(means, task, outcome);
  means.figures.engineEnded(task.engine, 'completed');
  await moveTask(means, task, {
    to: 'rendered',
    set: { warnings: JSON.stringify(addWarnings(task.warnings, outcome.warnings)) },
  });
}

/**
 * A task that is rendered again is warned of the same things once. The engine saw the whole clip,
 * so what it says takes the place of what a quick look before had said of the same.
 */
function addWarnings(earlier: readonly TaskWarning[], found: readonly Warning[]): TaskWarning[] {
  const isKept = (known: TaskWarning) =>
    known.subject === undefined || !found.some(({ code }) => code === known.code);
  const kept = earlier.filter(isKept);
  const isNew = ({ code, message }: Warning) =>
    !kept.some((known) => known.code === code && known.message === message);
  return [...kept, ...found.filter(isNew)];
}

/** The engine's own 0..1 fills the bar between the states around it, whatever it makes of that. */
async function notePending(means: TaskMeans, task: Task, pending: Pending): Promise<void> {
  const span = PROGRESS_AT.rendered - PROGRESS_AT.running;
  const said = Number.isFinite(pending.progress) ? Number(pending.progress) : 0;
  const done = Math.min(Math.max(said, 0), 1);
  const progress = PROGRESS_AT.running + Math.floor(done * (span - 1));
  const stage = pending.stage ?? task.stage;
  await moveTask(means, task, {
    to: 'running',
    stage,
    progress,
    delayMs: means.limits.pollIntervalMs,
    isVisible: stage !== task.stage || progress > task.progress,
  });
}

/**
 * A lost start is simply made again; a failure is another attempt if the engine allows it and the
 * limit does.
 */
export async function answerEngineFailure(
  means: TaskMeans,
  task: Task,
  failed: Failed,
): Promise<void> {
  const { limits, log } = means;
  const failures = task.engineFailures + (failed.isLost ? 0 : 1);
  const { code, values } = failed;
  means.figures.engineEnded(task.engine, failed.isLost ? 'lost' : code);
  log.warn({ taskId: task.id, code, values, failures, isLost: failed.isLost }, 'the engine failed');
  const mayRetry =
    (failed.retryable || failed.isLost) &&
    failures < limits.engineAttemptsMax &&
    task.engineStarts < limits.engineStartsMax;
  if (!mayRetry) {
    const attempts = Math.max(failures, 1);
    return await failTask(means, task, new AppError(code, { ...values, attempts }));
  }
  await cleanUpQuietly(means, task);
  await moveTask(means, task, {
    to: 'inspected',
    set: { operation: null, engine_failures: failures },
  });
}

/** What an engine left behind is not worth failing a task for. */
export async function cleanUpQuietly(means: TaskMeans, task: Task): Promise<void> {
  if (!task.operation) return;
  const engine = means.engines.get(task.engine);
  try {
    await engine.cleanUp?.(task.operation);
  } catch (error) {
    means.log.warn({ taskId: task.id, err: error }, 'the engine did not clean up');
  }
}
