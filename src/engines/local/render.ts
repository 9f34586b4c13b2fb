/** One render in a jailed child: told its job, watched, and ended for sure. */

import { type Child, startChild } from '../../jail/child.ts';
import type { Log } from '../../kernel/log.ts';
import type { Failed } from '../engine.ts';
import { describeCrash, describeTimeout } from './errors.ts';
import { type ChildCache, type ChildJob, ProgressMessage } from './wire.ts';

export type RenderLimits = {
  /** Resident memory of the child, in MiB. */
  memoryMb: number;
  /** Longest time of the child, in milliseconds. */
  timeoutMs: number;
};

export type RenderProcess = {
  childFile: string;
  /** The one folder of its own that it may write into. */
  folder: string;
  cache: ChildCache | null;
  limits: RenderLimits;
};

export type RenderOptions = {
  /** A process that waits for its job. */
  child: Child;
  job: ChildJob;
  limits: RenderLimits;
  log: Log;
  onProgress(stage: string, fraction: number): void;
};

export type Render = {
  /**
   * Resolves when the child has gone: null when it ended by itself, else why it failed. Never
   * rejects.
   */
  ended: Promise<Failed | null>;
  /** Ends the child without mercy; `ended` then says it crashed. */
  kill(): void;
};

/** Renders grow slowly and last long. */
const LOOK_MS = 500;

/** Loads the code of a render and waits for its job. */
export function startProcess({ childFile, folder, cache, limits }: RenderProcess): Child {
  return startChild({
    file: childFile,
    folder,
    readFolders: [],
    writeFolders: [folder, ...(cache ? [cache.folder] : [])],
    mayStartThreads: true,
    heapMb: limits.memoryMb,
    channel: 'ipc',
  });
}

export function startRender(options: RenderOptions): Render {
  const { child, job, limits, log } = options;
  const { memoryMb, timeoutMs } = limits;
  const watch = child.watch({ memoryMb, wallMs: timeoutMs, lookMs: LOOK_MS });
  let stage = 'starting';
  child.process.on('message', (message) => {
    const progress = ProgressMessage.safeParse(message);
    if (!progress.success) return;
    stage = progress.data.stage;
    options.onProgress(stage, Math.min(Math.max(progress.data.fraction, 0), 1));
  });
  const ended = child.ended.then(({ fault, detail, errorOutput }): Failed | null => {
    watch.stop();
    if (fault === null) return null;
    log.warn({ fault, detail, stage, output: errorOutput }, 'a render was ended');
    return fault === 'too-slow' ? describeTimeout(timeoutMs) : describeCrash(stage);
  });
  child.process.send(job, (error) => {
    // A child that is already gone tells so by its exit.
    if (error) log.warn({ err: error }, 'a render did not take its job');
  });
  return { ended, kill: () => child.end('crashed', 'cancelled') };
}
