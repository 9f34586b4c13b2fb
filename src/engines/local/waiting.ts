/**
 * One child that is started before its task: it loads its code while the inputs are still looked
 * at. It may write into the folder of that one task and does nothing for any other.
 */

import { mkdirSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Child } from '../../jail/child.ts';
import type { Log } from '../../kernel/log.ts';
import type { LocalOperation } from './works.ts';

export type Ready = { operation: LocalOperation; child: Child };

export type Waiting = {
  /** Starts a child for this operation, unless one waits already. Never throws. */
  start(operation: LocalOperation): void;
  /** The child of this task, which is the caller's from now on; null without one that lives. */
  take(taskId: string): Ready | null;
  /** Ends the child of this task and removes its folder. */
  drop(taskId: string): Promise<void>;
  close(): Promise<void>;
};

export type WaitingOptions = {
  log: Log;
  directoryOf(operation: LocalOperation): string;
  /** Starts the process of a render, without its job. */
  open(folder: string): Child;
};

/** A task that is not started within this time was refused, or another process has it. */
const WAIT_MS_MAX = 60_000;

export function createWaiting({ log, directoryOf, open }: WaitingOptions): Waiting {
  let ready: Ready | null = null;
  let timer: NodeJS.Timeout | undefined;

  const take = (taskId: string): Ready | null => {
    if (ready?.operation.taskId !== taskId) return null;
    clearTimeout(timer);
    const taken = ready;
    ready = null;
    return taken;
  };
  const isAlive = ({ child: { process } }: Ready) =>
    process.exitCode === null && process.signalCode === null;
  const drop = async (taskId: string) => {
    const unused = take(taskId);
    if (unused === null) return;
    unused.child.end('crashed', 'its task was not started');
    await unused.child.ended;
    const folder = directoryOf(unused.operation);
    await rm(folder, { recursive: true, force: true });
    // Another attempt may have begun beside it.
    await rmdir(dirname(folder)).catch(() => {});
  };

  return {
    start(operation) {
      if (ready !== null) return;
      const folder = directoryOf(operation);
      try {
        mkdirSync(folder, { recursive: true });
      } catch (error) {
        log.warn({ err: error }, 'no process waits for a task that is soon to start');
        return;
      }
      ready = { operation, child: open(folder) };
      timer = setTimeout(() => void drop(operation.taskId), WAIT_MS_MAX);
      timer.unref();
    },
    take(taskId) {
      const taken = take(taskId);
      return taken && isAlive(taken) ? taken : null;
    },
    drop,
    async close() {
      if (ready !== null) await drop(ready.operation.taskId);
    },
  };
}
