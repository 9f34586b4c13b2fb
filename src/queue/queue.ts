/** Named queues on the same database: a job exists exactly when the transaction that sent it committed. */

import type { Database, Tx } from '../db/database.ts';
import type { Log } from '../kernel/log.ts';

export type QueueName = 'task-advance' | 'task-sweep';

export type EnqueueOptions = {
  /** Not before this many milliseconds have passed. @default 0 */
  delayMs?: number;
};

export type Queue = {
  enqueue(tx: Tx, name: QueueName, data: object, options?: EnqueueOptions): Promise<void>;
  /** Lets this process look for due jobs at once; call it after the commit that enqueued. */
  wake(name: QueueName): void;
  work(
    name: QueueName,
    handler: (data: Record<string, unknown>) => Promise<void>,
    options?: { concurrency?: number },
  ): Promise<void>;
  /** Stops taking jobs and waits for those at work, up to the limit. */
  stop(options?: { timeoutMs?: number }): Promise<void>;
};

export declare function createQueue(options: { db: Database; log: Log }): Promise<Queue>;
