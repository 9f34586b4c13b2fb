/** The renders of this process: so many at a time, the others wait, and each can be dropped. */

import { dirname } from 'node:path';
import type { Child } from '../../jail/child.ts';
import type { Log } from '../../kernel/log.ts';
import type { Failed } from '../engine.ts';
import { type Render, type RenderLimits, startProcess, startRender } from './render.ts';
import type { ChildJob } from './wire.ts';

/**
 * Each attempt has a directory of its own, so that a child whose service was killed cannot write
 * into the next one before it notices.
 */
export type LocalOperation = { taskId: string; attempt: string };

export type Work = {
  operation: LocalOperation;
  job: ChildJob;
  /** A process that was started for it before; null while there is none. */
  child: Child | null;
  progress: number;
  stage: string;
  /** Null while it waits for its turn. */
  render: Render | null;
  failure: Failed | null;
  hasEnded: boolean;
};

export type Works = {
  get(taskId: string): Work | undefined;
  /** Ids of the tasks that are rendered, wait, or have ended and are still known. */
  list(): string[];
  /** Renders it as soon as there is room, in `child` if there is one. */
  add(operation: LocalOperation, job: ChildJob, child: Child | null): void;
  /** Whether one more would be rendered at once. */
  hasRoom(): boolean;
  /** Ends the render and resolves when its process has gone. */
  drop(taskId: string): Promise<void>;
  close(): Promise<void>;
  isClosed(): boolean;
};

export type WorksOptions = {
  childFile: string;
  log: Log;
  limits: RenderLimits & { concurrency: number };
  /** Hears of each render that has ended, however, unless it was dropped. */
  onEnd(work: Work): void;
};

export function createWorks({ childFile, log, limits, onEnd }: WorksOptions): Works {
  const works = new Map<string, Work>();
  let isClosed = false;

  const listOpen = () => [...works.values()].filter((work) => !work.hasEnded);
  const startNext = () => {
    const open = listOpen();
    const running = open.filter((work) => work.render !== null).length;
    const waiting = open.filter((work) => work.render === null);
    for (const work of waiting.slice(0, Math.max(0, limits.concurrency - running))) run(work);
  };
  const run = (work: Work) => {
    work.stage = 'starting';
    const { job } = work;
    const folder = dirname(job.resultFile);
    work.child ??= startProcess({ childFile, folder, cache: job.cache, limits });
    work.render = startRender({
      child: work.child,
      job,
      limits,
      log: log.child({ taskId: work.operation.taskId }),
      onProgress: (stage, fraction) => noteProgress(work, stage, fraction),
    });
    void work.render.ended.then((failure) => {
      work.failure = failure;
      work.hasEnded = true;
      if (works.get(work.operation.taskId) === work) onEnd(work);
      if (!isClosed) startNext();
    });
  };
  const drop = async (taskId: string) => {
    const work = works.get(taskId);
    works.delete(taskId);
    work?.render?.kill();
    if (work?.render === null) work.child?.end('crashed', 'cancelled');
    await work?.render?.ended;
    if (!isClosed) startNext();
  };

  return {
    get: (taskId) => works.get(taskId),
    list: () => [...works.keys()],
    add(operation, job, child) {
      works.set(operation.taskId, createWork(operation, job, child));
      startNext();
    },
    hasRoom: () => listOpen().length < limits.concurrency,
    drop,
    async close() {
      isClosed = true;
      await Promise.all([...works.keys()].map(drop));
    },
    isClosed: () => isClosed,
  };
}

function createWork(operation: LocalOperation, job: ChildJob, child: Child | null): Work {
  const state = { progress: 0, stage: 'waiting', render: null, failure: null, hasEnded: false };
  return { operation, job, child, ...state };
}

function noteProgress(work: Work, stage: string, fraction: number): void {
  work.stage = stage;
  work.progress = Math.max(work.progress, fraction);
}
