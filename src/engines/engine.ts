/**
 * The seam every engine stands behind. Implementations never see money, accounts or the database.
 */

import type { ErrorCode, ErrorValues } from '../kernel/errors.ts';

export type Mode = 'std' | 'pro';
export type Orientation = 'image' | 'video';

/** One input as an engine may want it: hosted engines take the address, local ones the bytes. */
export type EngineInput = {
  /** An address that the outside can read; signed and expiring. */
  url: string;
  /** A path on local disk that holds the bytes. Valid until the engine's operation has ended. */
  openFile(): Promise<string>;
};

export type EngineJob = {
  taskId: string;
  image: EngineInput;
  video: EngineInput;
  mode: Mode;
  orientation: Orientation;
  prompt: string | null;
  keepOriginalSound: boolean;
  watermark: boolean;
  /** Probed length of the clip in milliseconds. */
  referenceMs: number;
};

export type EngineCapabilities = {
  modes: readonly Mode[];
  orientations: readonly Orientation[];
  /** Whether `check` reports a real progress rather than none. */
  nativeProgress: boolean;
};

/** Plain JSON; all that is needed to go on after a crash. */
export type Operation = { [key: string]: string | number | boolean | null };

export type Warning = { code: string; message: string; value?: number };

export type Pending = {
  status: 'pending';
  /** 0..1 within the engine's work, if known. */
  progress: number | null;
  /** A step name such as `tracking` or `rendering`, if known. */
  stage: string | null;
};

/** What a finished video is, as the one who wrote it knows. */
export type ResultFacts = { width: number; height: number; fps: number; durationMs: number };

/** How well a video follows its reference: plain values by name, null where not measured. */
export type MotionMeasures = { [name: string]: number | string | null };

export type Completed = {
  status: 'completed';
  result: { kind: 'file'; path: string; facts: ResultFacts } | { kind: 'url'; url: string };
  warnings: Warning[];
  /** What of the prompt the engine carried out, in its own words. @default [] */
  applied?: string[];
  /** What the engine measured of its own result. @default null */
  motion?: MotionMeasures | null;
};

export type Failed = {
  status: 'failed';
  code: ErrorCode;
  values: ErrorValues;
  /** Whether another attempt may be made. */
  retryable: boolean;
  /**
   * The work vanished with the process that did it: starting it again is not another attempt.
   * @default false
   */
  isLost?: boolean;
};

export type Engine = EngineWork & (BoundToProcess | CancelsElsewhere | CannotCancel);

/** What every engine does, wherever it works. */
export type EngineWork = {
  name: string;
  version: string;
  capabilities: EngineCapabilities;
  /**
   * Tasks at work at the same time: in this process when bound to it, else in all processes
   * together. @default no limit
   */
  concurrency?: number;
  /**
   * Begins the work and answers at once. Repeating it with the same task id must not do the work
   * twice.
   */
  start(job: EngineJob): Promise<Operation>;
  /** An upstream's "no" is data, not an exception. */
  check(operation: Operation): Promise<Pending | Completed | Failed>;
  /** Ends the work of an operation that is known, where that is quicker than by the task's id. */
  cancel?(operation: Operation): Promise<void>;
  /** Frees what the operation left behind once its result is stored. */
  cleanUp?(operation: Operation): Promise<void>;
};

/**
 * Operations are known only to the process that started them, and end with it; every step from the
 * start to the end of the task is taken there.
 */
export type BoundToProcess = CancelsTasks & {
  isBoundToProcess: true;
  /** Tasks that this process works on now, so that work nobody wants any more can be ended. */
  listTasks(): readonly string[];
  /**
   * The task will probably be started here in seconds, so whoever needs to may get ready. It need
   * not be, and the start may come without this.
   */
  expect?(taskId: string): void;
  /** Tells of each task whose work has ended by itself, so that it is looked at at once. */
  onEnded?(listen: (taskId: string) => void): void;
  unwantedWork?: never;
};

/** Any process can look at an operation, and end the work of a task. */
export type CancelsElsewhere = CancelsTasks & { isBoundToProcess?: false; unwantedWork?: never };

/**
 * By the task's id nothing can be ended; without `cancel`, nothing at all. The work of a task that
 * was cancelled, or that passed its deadline, then goes on to its end. Its owner is not charged:
 * holds are given back before any engine is told, and never wait for one. So what such work costs
 * is the operator's loss, and an engine has to say whether it costs.
 */
export type CannotCancel = {
  isBoundToProcess?: false;
  cancelTask?: never;
  /** `is-paid` for work that is billed to the operator whether it is wanted or not. */
  unwantedWork: 'costs-nothing' | 'is-paid';
};

type CancelsTasks = {
  /**
   * Ends whatever is done for the task and frees what it left, with nothing but its id: also when
   * `start` has yet to answer, or its answer was lost with a process. Sent again it does nothing
   * more, and a task it does not know is no error.
   */
  cancelTask(taskId: string): Promise<void>;
};
