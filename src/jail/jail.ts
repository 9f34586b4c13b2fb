/**
 * Work on strangers' files in child processes: a crash, a hang or too much memory ends that piece
 * of work with a name, and nothing else.
 *
 * What holds a child, and what does not, stands in README.md beside this file.
 */

import { AppError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { ChildLimits } from './child.ts';
import { type Outcome, type Prisoner, startPrisoner } from './prisoner.ts';

export type JailLimits = ChildLimits & {
  /** Children at the same time. @default 2 */
  childrenMax?: number;
  /** Jobs that wait for a child; more are refused. @default 200 */
  waitingMax?: number;
  /** Jobs after which a child is replaced by a fresh one. @default 100 */
  jobsMax?: number;
  /** How long a child without work is kept, in milliseconds. @default 60_000 */
  idleMsMax?: number;
};

export type JailOptions = {
  /** The module that the child runs; it calls `serveJobs` of inmate.ts. */
  file: string;
  /** Folder in which each child gets one of its own; that one is emptied after each job. */
  workDir: string;
  limits: JailLimits;
  /** @default false */
  mayStartThreads?: boolean;
  log?: Log;
  /** Hears how each attempt ended, for figures. */
  onOutcome?: (outcome: Outcome) => void;
};

/** The file that a job is about: the child has no rights of its own to open it. */
export type Reader = {
  sizeBytes: number;
  /**
   * Bytes from `start` up to `end`, which is not read itself. How long it may take is for the
   * reader to limit: the child's clock stands still meanwhile.
   */
  read(start: number, end: number): Promise<Uint8Array>;
};

export type Jail = {
  /**
   * Runs one job. An outcome is never an exception; what `reader` throws is, and the reason of
   * `signal`, which ends the child.
   *
   * @throws {AppError} `not_ready` when too many jobs wait, or the jail is closed.
   */
  run(job: unknown, reader?: Reader, signal?: AbortSignal): Promise<Outcome>;
  /** Starts a child for a job that is soon to come, where none waits and there is room for one. */
  prepare(): void;
  /** Ends all children. */
  close(): Promise<void>;
};

const CHILDREN_MAX = 2;
const WAITING_MAX = 200;
const JOBS_MAX = 100;
const IDLE_MS_MAX = 60_000;
/** A file that takes longer to come finds a child that is started for it then. */
const PREPARED_MS_MAX = 60_000;
const NOTHING: Reader = { sizeBytes: 0, read: async () => new Uint8Array() };

export function createJail(options: JailOptions): Jail {
  const { childrenMax = CHILDREN_MAX, waitingMax = WAITING_MAX } = options.limits;
  const { jobsMax = JOBS_MAX, idleMsMax = IDLE_MS_MAX } = options.limits;
  const idle: Prisoner[] = [];
  const all = new Set<Prisoner>();
  const waiting: PromiseWithResolvers<void>[] = [];
  let runningCount = 0;
  let idleTimer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const stopping = () => new AppError('not_ready', { reason: 'it is stopping' });

  const dismiss = async (prisoner: Prisoner) => {
    await prisoner.close();
    all.delete(prisoner);
  };
  const take = (): Prisoner => {
    const warm = idle.pop();
    if (warm?.isAlive) return warm;
    if (warm) void dismiss(warm);
    const fresh = startPrisoner(options);
    all.add(fresh);
    return fresh;
  };
  const giveBack = (prisoner: Prisoner, keptMsMax = idleMsMax) => {
    if (!prisoner.isAlive || prisoner.jobCount >= jobsMax || isClosed) void dismiss(prisoner);
    else idle.push(prisoner);
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      for (const unused of idle.splice(0)) void dismiss(unused);
    }, keptMsMax).unref();
  };
  /** A place among the running ones, in order of arrival. */
  const enter = async (signal?: AbortSignal) => {
    if (isClosed) throw stopping();
    signal?.throwIfAborted();
    if (runningCount < childrenMax) {
      runningCount += 1;
      return;
    }
    if (waiting.length >= waitingMax) {
      throw new AppError('not_ready', {
        reason: `${waitingMax} files are waiting to be looked at`,
      });
    }
    await waitForTurn(waiting, signal);
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next.resolve();
    else runningCount -= 1;
  };
  const runOnce = async (
    job: unknown,
    reader: Reader,
    signal?: AbortSignal,
  ): Promise<Outcome & { isFresh: boolean }> => {
    const prisoner = take();
    const isFresh = prisoner.jobCount === 0;
    try {
      const outcome = await prisoner.run(job, reader, signal);
      options.onOutcome?.(outcome);
      if ('detail' in outcome) options.log?.info({ ...outcome }, 'a jailed child was ended');
      return { ...outcome, isFresh };
    } finally {
      giveBack(prisoner);
    }
  };

  return {
    async run(job, reader = NOTHING, signal) {
      await enter(signal);
      try {
        const { isFresh, ...first } = await runOnce(job, reader, signal);
        // What a file before this one left behind is not this one's fault.
        const isDoubtful = first.status === 'crashed' || first.status === 'too-much-memory';
        if (isFresh || !isDoubtful || isClosed) return first;
        const { isFresh: _, ...second } = await runOnce(job, reader, signal);
        return second;
      } finally {
        leave();
      }
    },
    prepare() {
      if (isClosed || idle.length > 0 || all.size >= childrenMax) return;
      giveBack(take(), PREPARED_MS_MAX);
    },
    async close() {
      isClosed = true;
      clearTimeout(idleTimer);
      for (const turn of waiting.splice(0)) turn.reject(stopping());
      await Promise.all([...all].map(dismiss));
    },
  };
}

/** Resolves when somebody leaves; whoever gives up makes room. */
async function waitForTurn(
  waiting: PromiseWithResolvers<void>[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const turn = Promise.withResolvers<void>();
  waiting.push(turn);
  const giveUp = () => {
    const place = waiting.indexOf(turn);
    if (place >= 0) waiting.splice(place, 1)[0]?.reject(signal?.reason);
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  await turn.promise.finally(() => signal?.removeEventListener('abort', giveUp));
}
