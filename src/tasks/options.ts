/** What the life of a task needs from the rest of the service, and the limits it keeps. */

import type { Billing } from '../billing/billing.ts';
import type { Database } from '../db/database.ts';
import type { EngineRegistry } from '../engines/registry.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Queue } from '../queue/queue.ts';
import type { Storage } from '../storage/storage.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { Changes } from './changes.ts';
import type { TaskFigures } from './figures.ts';
import type { Inputs } from './inputs.ts';

export type TaskLimits = {
  /** From submit to the end, in milliseconds; what passes it ends `deadline_exceeded`. */
  deadlineMs: number;
  /** How long a result is kept, in milliseconds. */
  retentionMs: number;
  /** How long a signed address of a result works, in milliseconds. */
  urlLifetimeMs: number;
  /** Pause between two looks at a running engine, in milliseconds. */
  pollIntervalMs: number;
  /** Attempts of the engine at one task, the first included. */
  engineAttemptsMax: number;
  /** Starts of the engine for one task, those lost with a process included. */
  engineStartsMax: number;
  /** Runs of any other step before the task fails, the first included. */
  stepAttemptsMax: number;
  /** Pause before a failed step is run again, in milliseconds, times the number of its failures. */
  stepRetryDelayMs: number;
  /** How long a worker that fell silent keeps a task to itself, in milliseconds. */
  leaseMs: number;
  /** Steps run at the same time by one process. */
  concurrency: number;
  /** Tasks of one account that engines may work on at the same time, in all processes together. */
  runningPerAccountMax: number;
  /** Unfinished tasks of one account. */
  unfinishedPerAccountMax: number;
  /** Requests that wait for a change in one process. */
  waitsMax: number;
  /** Pause between two sweeps, in milliseconds. */
  sweepIntervalMs: number;
  /** How long addresses and prompt of an ended task are kept, in milliseconds; 0 for ever. */
  taskKeptMs: number;
  /** Pause between two sweeps of the storage, of all processes; 0 makes none. */
  storageSweepIntervalMs: number;
  /** Pause between two audits of what was written since, in milliseconds; 0 makes none. */
  auditIntervalMs: number;
  /** How long the price of a quote is honoured, in milliseconds. */
  quoteKeptMs: number;
  /** Longest time for one quote, waiting included, in milliseconds. */
  quoteMsMax: number;
  /** Quotes that one process makes at the same time. */
  quoteConcurrency: number;
  /** Quotes that may wait for their turn in one process. */
  quotesWaitingMax: number;
  /** Quotes of one account under way, in all processes together. */
  quotesPerAccountMax: number;
};

export const DEFAULT_TASK_LIMITS: TaskLimits = {
  deadlineMs: 60 * 60_000,
  retentionMs: 30 * 24 * 60 * 60_000,
  urlLifetimeMs: 24 * 60 * 60_000,
  pollIntervalMs: 1_000,
  engineAttemptsMax: 2,
  engineStartsMax: 6,
  stepAttemptsMax: 3,
  stepRetryDelayMs: 1_000,
  leaseMs: 30_000,
  concurrency: 4,
  runningPerAccountMax: 100,
  unfinishedPerAccountMax: 2_000,
  waitsMax: 2_000,
  sweepIntervalMs: 5_000,
  taskKeptMs: 90 * 24 * 60 * 60_000,
  storageSweepIntervalMs: 60 * 60_000,
  auditIntervalMs: 5 * 60_000,
  quoteKeptMs: 15 * 60_000,
  quoteMsMax: 120_000,
  quoteConcurrency: 4,
  quotesWaitingMax: 32,
  quotesPerAccountMax: 2,
};

export type TasksOptions = {
  db: Database;
  billing: Billing;
  queue: Queue;
  engines: EngineRegistry;
  storage: Storage;
  inputs: Inputs;
  uploads: Pick<Uploads, 'claim' | 'sweep' | 'dropInterrupted'>;
  clock: Clock;
  newId: NewId;
  log: Log;
  limits: TaskLimits;
  /** Processes that share the database. @default this one is alone on it */
  nodes?: Nodes;
  /** Local directory for the copies that engines read from disk. */
  scratchDir: string;
  /** Signed, absolute address of a task's result that works until `expiresAtMs`. */
  signUrl(taskId: string, expiresAtMs: number): string;
  /** Hears what happens, for figures. @default nobody does */
  figures?: TaskFigures;
};

/** What only this process can do for tasks; `own-work.ts`. */
export type OwnWork = {
  /** Looks from now on, regularly and whenever it is kicked. */
  start(): void;
  /** There may be something to do in so many milliseconds. @default 0 */
  kick(delayMs?: number): void;
  /** Starts no more tasks; those that run here go on. */
  startNoMore(): void;
  /** Takes no more steps, and resolves when those at work have ended. */
  stop(): Promise<void>;
};

/** The options and what every part of this folder shares. */
export type TaskMeans = TasksOptions & {
  changes: Changes;
  figures: TaskFigures;
  /** Names this process in what it has in hand. */
  nodeId: string;
  own: OwnWork;
};
