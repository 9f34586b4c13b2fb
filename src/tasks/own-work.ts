/**
 * What only this process can do: start tasks whose turn it is, take the steps of tasks whose engine
 * runs here, and end work here that nobody wants any more.
 */

import { advanceTask, runClaimed } from './advance.ts';
import type { OwnWork, TaskMeans } from './options.ts';
import { removeScratch } from './scratch.ts';
import { claimNextStart } from './slots.ts';
import type { Task } from './task.ts';

/** Other processes inspect and end tasks without a word to this one. */
const LOOK_MS = 1_000;
const DUE_MAX = 100;

/** `getMeans`, because the means hold this. */
export function createOwnWork(getMeans: () => TaskMeans): OwnWork {
  const atWork = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let interval: NodeJS.Timeout | null = null;
  let current: Promise<void> | null = null;
  let scheduled: NodeJS.Immediate | null = null;
  let isAskedAgain = false;
  let mayStart = true;

  const hasRoom = () => atWork.size < getMeans().limits.concurrency;
  const launch = (work: Promise<void>) => {
    const launched = work
      .catch((error: unknown) => getMeans().log.error({ err: error }, 'own work failed'))
      .finally(() => {
        atWork.delete(launched);
        kick();
      });
    atWork.add(launched);
  };
  const look = async () => {
    const means = getMeans();
    await endUnwanted(means);
    for (const taskId of await listDue(means)) {
      if (hasRoom()) launch(advanceTask(means, taskId));
    }
    for (const name of means.engines.names) {
      while (interval && mayStart && hasRoom()) {
        const task = await claimNextStart(means, means.engines.get(name));
        if (!task) break;
        launch(runClaimed(means, task));
      }
    }
  };
  const kick = (delayMs = 0) => {
    if (!interval) return;
    if (delayMs > 0) kickLater(delayMs);
    else if (current) isAskedAgain = true;
    // PGlite answers in microtasks; looks that follow each other at once would starve every timer.
    else if (!scheduled) scheduled = setImmediate(lookNow);
  };
  const lookNow = () => {
    scheduled = null;
    isAskedAgain = false;
    current = look()
      .catch((error: unknown) => getMeans().log.error({ err: error }, 'own work was not found'))
      .finally(() => {
        current = null;
        if (isAskedAgain) kick();
      });
  };
  const kickLater = (delayMs: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      kick();
    }, delayMs);
    timers.add(timer);
  };

  return {
    start() {
      if (interval === null) listenToEngines(getMeans(), kick);
      interval ??= setInterval(kick, LOOK_MS);
      kick();
    },
    kick,
    startNoMore() {
      mayStart = false;
    },
    async stop() {
      if (interval) clearInterval(interval);
      interval = null;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      if (scheduled) clearImmediate(scheduled);
      await current;
      await Promise.all(atWork);
    },
  };
}

/** Work that has ended need not wait for the next regular look at it. */
function listenToEngines(means: TaskMeans, kick: () => void): void {
  const hasten = async (taskId: string) => {
    await means.db.kysely
      .updateTable('task')
      .set({ due_at: new Date(means.clock.now()) })
      .where('id', '=', taskId)
      .where('node_id', '=', means.nodeId)
      .where('state', '=', 'running')
      .execute();
    kick();
  };
  for (const name of means.engines.names) {
    const engine = means.engines.get(name);
    if (!engine.isBoundToProcess) continue;
    engine.onEnded?.((taskId) => {
      hasten(taskId).catch((error: unknown) => means.log.warn({ err: error }, 'looked at later'));
    });
  }
}

async function listDue(means: TaskMeans): Promise<string[]> {
  const now = new Date(means.clock.now());
  const rows = await means.db.kysely
    .selectFrom('task')
    .select('id')
    .where('node_id', '=', means.nodeId)
    .where('state', 'in', ['running', 'rendered', 'stored'])
    .where('due_at', '<=', now)
    .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
    .orderBy('due_at')
    .limit(DUE_MAX)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Tasks are cancelled, ended at their deadline and taken over by other processes too, and those
 * cannot reach the engine of this one.
 */
async function endUnwanted(means: TaskMeans): Promise<void> {
  for (const name of means.engines.names) {
    const engine = means.engines.get(name);
    if (!engine.isBoundToProcess) continue;
    const known = engine.listTasks();
    if (known.length === 0) continue;
    const wanted = await means.db.kysely
      .selectFrom('task')
      .select('id')
      .where('id', 'in', [...known])
      .where('node_id', '=', means.nodeId)
      .execute();
    const ids = new Set(wanted.map(({ id }) => id));
    for (const taskId of known) {
      if (ids.has(taskId)) continue;
      means.log.info({ taskId }, 'work that nobody wants any more is ended');
      await engine.cancelTask(taskId);
      await removeScratch(means, taskId);
    }
  }
}

/** Tasks that still need this process. */
export async function countOwn(means: TaskMeans): Promise<number> {
  const { count } = await means.db.kysely
    .selectFrom('task')
    .select((select) => select.fn.countAll().as('count'))
    .where('node_id', '=', means.nodeId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Ends what this process does for a task that it gives away. */
export async function abandon(means: TaskMeans, task: Pick<Task, 'id' | 'engine'>): Promise<void> {
  await means.engines.get(task.engine).cancelTask?.(task.id);
  await removeScratch(means, task.id);
}
