/** A process that is told to go leaves no task waiting for its leases. */

import { setTimeout as pause } from 'node:timers/promises';
import type { TaskMeans } from './options.ts';
import { countOwn } from './own-work.ts';
import { handBack } from './take-over.ts';

export type DrainOptions = {
  /** Longest time for what runs in this process, in milliseconds. */
  timeoutMs: number;
  /** Ends the waiting early. */
  enough?: AbortSignal;
};

const LOOK_MS = 200;

export async function drainTasks(means: TaskMeans, options: DrainOptions): Promise<void> {
  means.own.startNoMore();
  await means.queue.takeNoMore();
  const untilMs = means.clock.now() + options.timeoutMs;
  let count = await countOwn(means);
  if (count > 0) means.log.info({ count, ...options }, 'tasks at work here may end first');
  while (count > 0 && means.clock.now() < untilMs && !options.enough?.aborted) {
    await pause(LOOK_MS);
    count = await countOwn(means);
  }
  await means.own.stop();
  const given = await handBack(means);
  if (given > 0) means.log.info({ count: given }, 'unfinished tasks were given back');
}
