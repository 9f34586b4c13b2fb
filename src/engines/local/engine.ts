/** The engine inside: renders in a child process of its own, so that a crash costs one attempt and never the service. */

import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Engine } from '../engine.ts';

export type LocalEngineOptions = {
  /** Directory that holds one working directory for each task. */
  workDir: string;
  log: Log;
  limits: {
    /** Resident memory of one child, in MiB. */
    memoryMb: number;
    /** Longest time of one render, in milliseconds. */
    timeoutMs: number;
    /** Renders at the same time. */
    concurrency: number;
  };
  clock: Clock;
  /** Entry of the child process. @default child.ts beside this file */
  childFile?: string;
};

/** An engine that also has a lifetime: `close` ends the children and waits for them. */
export type LocalEngine = Engine & { close(): Promise<void> };

export declare function createLocalEngine(options: LocalEngineOptions): LocalEngine;
