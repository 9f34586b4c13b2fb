/**
 * What a reader sees of a task: the flat object of the API, made from the row alone; no engine is
 * ever asked.
 */

import { formatDollars, toDollarNumber } from '../billing/money.ts';
import type { MotionMeasures } from '../engines/engine.ts';
import type { TaskWarning } from './inputs.ts';
import { isFinal, type Task, type TaskState } from './task.ts';
import type { TaskError, TaskStatus, TaskUsage, TaskView, VideoMetadata } from './view-types.ts';

export type ViewOptions = {
  nowMs: number;
  urlLifetimeMs: number;
  /** Signed, absolute address of a task's result that works until `expiresAtMs`. */
  signUrl(taskId: string, expiresAtMs: number): string;
};

const MS_PER_SECOND = 1_000;

const STATUS: Readonly<Record<TaskState, TaskStatus>> = {
  submitted: 'queued',
  inspected: 'in_progress',
  running: 'in_progress',
  rendered: 'in_progress',
  stored: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

export function statusOf(task: Pick<Task, 'state' | 'startedAtMs'>): TaskStatus {
  const hasBegun = task.state === 'submitted' && task.startedAtMs !== null;
  return hasBegun ? 'in_progress' : STATUS[task.state];
}

export function viewTask(task: Task, options: ViewOptions): TaskView {
  const metadata = describeVideo(task, options);
  const isCompleted = task.state === 'completed';
  return {
    id: task.id,
    task_id: task.id,
    object: 'video',
    model: task.model,
    status: statusOf(task),
    progress: task.progress,
    stage: task.stage,
    created_at: toSeconds(task.createdAtMs),
    started_at: task.startedAtMs === null ? null : toSeconds(task.startedAtMs),
    completed_at: task.completedAtMs === null ? null : toSeconds(task.completedAtMs),
    expires_at: isCompleted && task.expiresAtMs !== null ? toSeconds(task.expiresAtMs) : null,
    seconds: task.billableMs === null ? null : String(task.billableMs / MS_PER_SECOND),
    size: task.result ? `${task.result.width}x${task.result.height}` : null,
    mode: task.mode,
    character_orientation: task.orientation,
    url: metadata?.url ?? null,
    metadata: metadata ?? {},
    error: task.error && orderError(task.error),
    warnings: task.warnings.map(orderWarning),
    applied: task.result?.applied ?? [],
    cost: toDollarNumber(task.chargedNanos ?? 0n),
    usage: describeUsage(task),
    motion: isCompleted && task.result?.motion ? orderMotion(task.result.motion) : null,
    external_task_id: task.externalTaskId,
    engine: task.engine,
    request_id: task.requestId,
  };
}

/** The database keeps JSON in an order of its own; readers get the one of the documentation. */
function orderError({ code, message, stage, retryable, hint }: TaskError): TaskError {
  return { code, message, stage, retryable, hint };
}

function orderWarning(warning: TaskWarning): TaskWarning {
  const { code, message, value, subject, limit, advice } = warning;
  const said: TaskWarning = value === undefined ? { code, message } : { code, message, value };
  if (subject === undefined || advice === undefined) return said;
  return { ...said, subject, limit: limit ?? null, advice };
}

/** What matters most comes first, the others by name. */
const FIRST_MEASURES: readonly string[] = ['score', 'weakest', 'pck_0_1', 'pck_0_2'];

function orderMotion(motion: MotionMeasures): MotionMeasures {
  const others = Object.keys(motion).filter((name) => !FIRST_MEASURES.includes(name));
  const names = [...FIRST_MEASURES.filter((name) => name in motion), ...others.toSorted()];
  return Object.fromEntries(names.map((name) => [name, motion[name] ?? null]));
}

/** Null before the end, and again once the video is no longer kept. */
function describeVideo(task: Task, options: ViewOptions): VideoMetadata | null {
  const { result, expiresAtMs } = task;
  if (task.state !== 'completed' || !result || expiresAtMs === null) return null;
  if (options.nowMs >= expiresAtMs) return null;
  const untilMs = Math.min(options.nowMs + options.urlLifetimeMs, expiresAtMs);
  return {
    url: options.signUrl(task.id, untilMs),
    format: 'mp4',
    duration: result.durationMs / MS_PER_SECOND,
    fps: result.fps,
    width: result.width,
    height: result.height,
  };
}

function describeUsage(task: Task): TaskUsage {
  const isEnded = isFinal(task.state);
  const chargedNanos = task.chargedNanos ?? 0n;
  return {
    billing_rule: 'per_second',
    rate_usd: formatDollars(task.rateNanosPerMs * BigInt(MS_PER_SECOND)),
    billable_seconds: task.billableMs === null ? null : task.billableMs / MS_PER_SECOND,
    probed_seconds: task.referenceMs === null ? null : task.referenceMs / MS_PER_SECOND,
    held_usd: formatDollars(task.heldNanos),
    charged_usd: formatDollars(chargedNanos),
    released_usd: formatDollars(isEnded ? task.heldNanos - chargedNanos : 0n),
    is_final: isEnded,
  };
}

function toSeconds(timeMs: number): number {
  return Math.floor(timeMs / MS_PER_SECOND);
}
