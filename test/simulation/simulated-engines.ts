/**
 * Two engines: one that is far away, shared by all processes and paid for each result, and one that
 * lives and dies with its process. Both may be slow, silent, refuse, fail and lose what they did.
 */

import type {
  Completed,
  Engine,
  EngineJob,
  EngineWork,
  Failed,
  Operation,
  Pending,
} from '../../src/engines/engine.ts';
import type { Random } from './random.ts';
import type { Life, World } from './world.ts';

type Fate = 'completes' | 'fails, may be retried' | 'fails for good' | 'is lost';

export type Work = {
  id: string;
  taskId: string;
  startedAtMs: number;
  endsAtMs: number;
  fate: Fate;
  stoppedAtMs: number | null;
  isCleanedUp: boolean;
};

export type Upstream = {
  /** All work ever begun for a task, in order. */
  worksOf(taskId: string): readonly Work[];
  all(): Iterable<readonly Work[]>;
  create(life: Life): { hosted: Engine; bound: Engine };
};

export type EngineLimits = { workMsMax: number; boundConcurrency: number };

const SLOW_FACTOR = 20;
const SLOW_ANSWER_MS = { min: 5_000, max: 80_000 };
const ANSWER_MS_MAX = 400;

/** @param forgetsIds Begins anew with each start, which is a bug of an engine. */
export function createUpstream(
  world: World,
  limits: EngineLimits,
  { forgetsIds = false }: { forgetsIds?: boolean } = {},
): Upstream {
  const works = new Map<string, Work[]>();
  const means = { world, limits, draws: world.random.fork('engines'), forgetsIds };
  return {
    worksOf: (taskId) => works.get(taskId) ?? [],
    all: () => works.values(),
    create: (life) => ({
      // By the id of a task nothing can be ended; an operation that is known is cancelled.
      hosted: { ...createEngine(means, { name: 'hosted', works }), unwantedWork: 'is-paid' },
      bound: createBound(means, life),
    }),
  };
}

type Means = { world: World; limits: EngineLimits; draws: Random; forgetsIds: boolean };

/** What it does is nobody's any more once its process has died. */
function createBound(means: Means, life: Life): Engine {
  const works = new Map<string, Work[]>();
  const engine = createEngine(means, { name: 'bound', works });
  return {
    ...engine,
    isBoundToProcess: true,
    concurrency: means.limits.boundConcurrency,
    async cancelTask(taskId) {
      for (const work of works.get(taskId) ?? []) stop(means.world, work);
    },
    listTasks: () =>
      [...works.values()]
        .flat()
        .flatMap((work) => (isAtWork(means.world, work) ? work.taskId : [])),
    check: async (operation) =>
      operation['life'] === life.name ? await engine.check(operation) : LOST,
    start: async (job) => ({ ...(await engine.start(job)), life: life.name }),
  };
}

function createEngine(
  means: Means,
  { name, works }: { name: string; works: Map<string, Work[]> },
): EngineWork {
  const { world } = means;
  const find = ({ taskId, work }: Operation) =>
    works.get(String(taskId))?.find(({ id }) => id === work) ?? null;
  return {
    name,
    version: '1',
    capabilities: { modes: ['std', 'pro'], orientations: ['image', 'video'], nativeProgress: true },
    start: (job) =>
      ask(means, `${name}.start`, () => {
        if (world.faults.draw('engine refuses a start')) throw new Error('no start today');
        const work = begin(means, works, job);
        if (world.faults.draw('engine starts, answer lost')) throw new Error('no answer');
        return { taskId: job.taskId, work: work.id };
      }),
    check: (operation) =>
      ask(means, `${name}.check`, () => {
        if (world.faults.draw('engine is silent')) throw new Error('no answer');
        return look(world, find(operation));
      }),
    cancel: (operation) =>
      ask(means, `${name}.cancel`, () => {
        if (world.faults.draw('engine is silent')) throw new Error('no answer');
        const work = find(operation);
        if (work) stop(world, work);
      }),
    cleanUp: (operation) =>
      ask(means, `${name}.cleanUp`, () => {
        const work = find(operation);
        if (work) work.isCleanedUp = true;
      }),
  };
}

function ask<T>({ world, draws }: Means, label: string, action: () => T): Promise<T> {
  const isSlow = world.faults.draw('engine answers slowly');
  const { min, max } = SLOW_ANSWER_MS;
  return world.outside({
    label,
    death: 'process dies at the engine',
    latencyMs: isSlow ? draws.integer(min, max) : draws.integer(1, ANSWER_MS_MAX),
    action,
  });
}

/** The same task id is the same work, unless what was begun for it has come to nothing. */
function begin(means: Means, works: Map<string, Work[]>, { taskId }: EngineJob): Work {
  const { world, limits, draws, forgetsIds } = means;
  const earlier = works.get(taskId) ?? [];
  works.set(taskId, earlier);
  const last = earlier.at(-1);
  if (last && !forgetsIds && !hasComeToNothing(world, last)) return last;
  const factor = world.faults.draw('engine works slowly') ? SLOW_FACTOR : 1;
  const startedAtMs = world.nowMs();
  const work: Work = {
    id: `${taskId}/${earlier.length + 1}`,
    taskId,
    startedAtMs,
    endsAtMs: startedAtMs + factor * draws.integer(0, limits.workMsMax),
    fate: drawFate(world),
    stoppedAtMs: null,
    isCleanedUp: false,
  };
  earlier.push(work);
  return work;
}

function drawFate({ faults }: World): Fate {
  if (faults.draw('engine fails, may be retried')) return 'fails, may be retried';
  if (faults.draw('engine fails for good')) return 'fails for good';
  return faults.draw('engine loses its work') ? 'is lost' : 'completes';
}

function hasComeToNothing(world: World, { fate, endsAtMs, stoppedAtMs }: Work): boolean {
  return stoppedAtMs !== null || (fate !== 'completes' && endsAtMs <= world.nowMs());
}

function isAtWork(world: World, { endsAtMs, stoppedAtMs }: Work): boolean {
  return stoppedAtMs === null && endsAtMs > world.nowMs();
}

function stop(world: World, work: Work): void {
  if (isAtWork(world, work)) work.stoppedAtMs = world.nowMs();
}

const LOST: Failed = {
  status: 'failed',
  code: 'engine_crashed',
  values: { stage: 'rendering' },
  retryable: true,
  isLost: true,
};

function look(world: World, work: Work | null): Pending | Completed | Failed {
  if (!work || work.stoppedAtMs !== null || work.isCleanedUp) return LOST;
  const { startedAtMs, endsAtMs, fate } = work;
  const nowMs = world.nowMs();
  if (nowMs < endsAtMs) {
    // Rendering begins anew after a failure, so what engines say goes down at times.
    return {
      status: 'pending',
      progress: (nowMs - startedAtMs) / (endsAtMs - startedAtMs),
      stage: 'rendering',
    };
  }
  if (fate === 'is lost') return LOST;
  if (fate !== 'completes') {
    return { ...LOST, isLost: false, retryable: fate === 'fails, may be retried' };
  }
  return {
    status: 'completed',
    result: {
      kind: 'file',
      path: work.id,
      facts: { width: 720, height: 1280, fps: 30, durationMs: 8_008 },
    },
    warnings: [],
  };
}

/** Whether somebody has to pay for it. */
export function isPaid({ fate, stoppedAtMs }: Work): boolean {
  return fate === 'completes' && stoppedAtMs === null;
}
