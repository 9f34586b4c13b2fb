/**
 * Jobs that become true with the commit they were sent in, and from then on are lost, doubled, late
 * and out of order; whoever has a hand free takes any of those that are due.
 */

import { CompiledQuery } from 'kysely';
import type { Tx } from '../../src/db/database.ts';
import type { JobHandler, Queue } from '../../src/queue/queue.ts';
import { JOB_STATEMENT } from './simulated-database.ts';
import type { Life, World } from './world.ts';

type Job = { data: Record<string, unknown>; key: string; tries: number };

type Worker = { life: Life; handler: JobHandler; freeHands: number };

export type Broker = {
  createQueue(life: Life, options?: { sendsAtOnce?: boolean }): Queue;
  /** Every task that a job was handed out for. */
  handedOut: ReadonlySet<string>;
  /** Nothing is handed out any more. */
  close(): void;
};

/** As in the queue of the service. */
const TRIES_MAX = 4;
const RETRY_DELAY_MS = 2_000;
const EXPIRY_MS = 900_000;
const POLL_MS_MAX = 300;
const LATE_MS = { min: 1_000, max: 60_000 };

export function createBroker(world: World): Broker {
  const { faults, timeline } = world;
  const draws = world.random.fork('jobs');
  const created = new Set<string>();
  const due: Job[] = [];
  const workers: Worker[] = [];
  const handedOut = new Set<string>();
  let isOpen = true;
  let isLookingAgain = false;

  function send(job: Job, delayMs: number): void {
    if (faults.draw('job lost')) return;
    if (created.has(job.key)) return;
    created.add(job.key);
    const lateMs = faults.draw('job late') ? draws.integer(LATE_MS.min, LATE_MS.max) : 0;
    schedule(job, delayMs + lateMs);
    if (faults.draw('job doubled')) schedule({ ...job }, delayMs + draws.integer(0, LATE_MS.max));
  }

  function schedule(job: Job, delayMs: number): void {
    timeline.at(world.nowMs() + delayMs + draws.integer(0, POLL_MS_MAX), () => {
      due.push(job);
      assign();
    });
  }

  function assign(): void {
    while (isOpen && due.length > 0) {
      const free = workers.filter(({ life, freeHands }) => freeHands > 0 && world.isRunning(life));
      if (free.length === 0) break;
      const [job] = due.splice(draws.integer(0, due.length - 1), 1);
      if (job) hand(job, draws.pick(free));
    }
    // One that stands still goes on by itself, and then nobody calls.
    if (due.length === 0 || isLookingAgain) return;
    isLookingAgain = true;
    timeline.at(world.nowMs() + RETRY_DELAY_MS, () => {
      isLookingAgain = false;
      assign();
    });
  }

  function hand(job: Job, worker: Worker): void {
    const { taskId } = job.data;
    const subject = String(taskId);
    created.delete(job.key);
    handedOut.add(subject);
    worker.freeHands -= 1;
    let isOver = false;
    const end = () => {
      isOver = true;
      worker.freeHands += 1;
    };
    const retry = () => {
      if (job.tries + 1 < TRIES_MAX) schedule({ ...job, tries: job.tries + 1 }, RETRY_DELAY_MS);
    };
    worker.life.onDeath.push(() => {
      if (!isOver) schedule({ ...job, tries: job.tries + 1 }, EXPIRY_MS);
    });
    world.spawn(worker.life, subject, async () => {
      await worker.handler(job.data).then(end, () => {
        end();
        retry();
      });
      assign();
    });
  }

  return {
    handedOut,
    close() {
      isOpen = false;
    },
    createQueue: (life, { sendsAtOnce = false } = {}) => ({
      async enqueue(tx: Tx, _name, data, { delayMs = 0, key }) {
        const job = { data: { ...data }, key, tries: 0 };
        if (sendsAtOnce) return send(job, delayMs);
        await tx.executeQuery(CompiledQuery.raw(JOB_STATEMENT, [() => send(job, delayMs)]));
      },
      async work(_name, handler, { concurrency }) {
        workers.push({ life, handler, freeHands: concurrency });
        assign();
      },
      async takeNoMore() {
        for (const worker of workers) if (worker.life === life) worker.freeHands = -Infinity;
      },
      async stop() {},
    }),
  };
}
