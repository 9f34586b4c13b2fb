/** The life of a task: submitted once, advanced step by step, always ended, and paid for exactly once. */

import type { Caller } from '../accounts/accounts.ts';
import type { Billing } from '../billing/billing.ts';
import type { Receipt } from '../billing/receipt.ts';
import type { Database } from '../db/database.ts';
import type { Mode, Orientation } from '../engines/engine.ts';
import type { EngineRegistry } from '../engines/registry.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Queue } from '../queue/queue.ts';
import type { Storage } from '../storage/storage.ts';
import type { Inputs } from './inputs.ts';
import type { TaskView } from './view-types.ts';

export type SubmitRequest = {
  model: string;
  imageUrl: string;
  videoUrl: string;
  characterOrientation: Orientation;
  mode: Mode;
  prompt: string | null;
  keepOriginalSound: boolean;
  watermark: boolean;
  /** The client's estimate of the clip's length, used for the hold alone. */
  durationSeconds: number | null;
  externalTaskId: string | null;
  engine: string | null;
  requestId: string;
};

/** A task as seen now. `version` grows with every change, so it serves as an ETag and as `sinceVersion`. */
export type ViewedTask = { task: TaskView; version: number };

export type TaskContent = {
  storageKey: string;
  sizeBytes: number;
  /** Strong and quoted, ready for the header. */
  etag: string;
  contentType: string;
};

export type TaskLimits = {
  /** From submit to the end, in milliseconds; what passes it ends `deadline_exceeded`. */
  deadlineMs: number;
  /** How long a result is kept, in milliseconds. */
  retentionMs: number;
  /** How long a signed address of a result works, in milliseconds. */
  urlLifetimeMs: number;
  /** Pause between two looks at a running engine, in milliseconds. */
  pollIntervalMs: number;
  /** Starts of the engine for one task, the first included. */
  engineAttemptsMax: number;
  /** Runs of any other step before the task fails, the first included. */
  stepAttemptsMax: number;
  /** Pause before a failed step is run again, in milliseconds, times the number of failures. */
  stepRetryDelayMs: number;
  /** How long a worker that has gone silent keeps a task to itself, in milliseconds. */
  leaseMs: number;
  /** Steps run at the same time by one process. */
  concurrency: number;
  /** Pause between two sweeps, in milliseconds. */
  sweepIntervalMs: number;
};

export type TasksOptions = {
  db: Database;
  billing: Billing;
  queue: Queue;
  engines: EngineRegistry;
  storage: Storage;
  inputs: Inputs;
  clock: Clock;
  newId: NewId;
  log: Log;
  limits: TaskLimits;
  /** Local directory for copies that engines read from disk. */
  scratchDir: string;
  /** Signed, absolute address of a task's result that works until `expiresAtMs`. */
  signUrl(taskId: string, expiresAtMs: number): string;
};

export type Tasks = {
  /** Task row, hold and job in one transaction; no network. Throws `insufficient_balance`, `external_task_id_taken`. */
  submit(caller: Caller, request: SubmitRequest): Promise<{ taskId: string }>;
  /** Throws `task_not_found`, also for a task of another account. */
  view(caller: Caller, taskId: string): Promise<ViewedTask>;
  receipt(caller: Caller, taskId: string): Promise<Receipt>;
  /** A null caller has shown a valid signature. Throws `not_completed`, `expired`, `task_not_found`. */
  content(caller: Caller | null, taskId: string): Promise<TaskContent>;
  /** Resolves when the task's version is above `sinceVersion`, or when the time is over. */
  waitForChange(taskId: string, sinceVersion: number, timeoutMs: number): Promise<void>;
  /** Registers the workers and takes up what an earlier process left behind. */
  startWorkers(): Promise<void>;
  /** Stops the sweep and wakes those who wait; call it before `queue.stop()`. */
  stop(): Promise<void>;
};

export declare function createTasks(options: TasksOptions): Tasks;
