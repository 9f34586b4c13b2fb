/** The service's processes: each with the real tasks, billing and nodes, and nothing else real. */

import { type Billing, createBilling } from '../../src/billing/billing.ts';
import { DEFAULT_PRICES, type PriceList } from '../../src/billing/prices.ts';
import type { Database } from '../../src/db/database.ts';
import { createEngineRegistry } from '../../src/engines/registry.ts';
import type { NewId } from '../../src/kernel/ids.ts';
import { createNodes, type Nodes } from '../../src/nodes/nodes.ts';
import { DEFAULT_TASK_LIMITS, type TaskLimits } from '../../src/tasks/options.ts';
import { createTasks, type Tasks } from '../../src/tasks/tasks.ts';
import { silentLog } from '../fixtures/database.ts';
import type { Plant } from './plants.ts';
import { createSimulatedDatabase, type SharedSession } from './simulated-database.ts';
import type { EngineLimits, Upstream } from './simulated-engines.ts';
import { type Blobs, createSimulatedInputs, createSimulatedStorage } from './simulated-media.ts';
import type { Broker } from './simulated-queue.ts';
import type { Life, World } from './world.ts';

export type Place = {
  world: World;
  session: SharedSession;
  broker: Broker;
  upstream: Upstream;
  blobs: Blobs;
  plant: Plant;
  watch(rows: readonly Record<string, unknown>[]): void;
  refused(error: unknown, subject: string | null): void;
  newId: NewId;
  shape: Shape;
};

/** What a seed decides once. */
export type Shape = {
  /** Whether one process has the database to itself, as with the embedded one. */
  isAlone: boolean;
  processes: number;
  limits: TaskLimits;
  engine: EngineLimits & { name: 'hosted' | 'bound' };
};

export type Process = {
  life: Life;
  db: Database;
  billing: Billing;
  tasks: Tasks;
  nodes: Nodes | null;
  prices: PriceList;
};

const SKEW_MS_MAX = 20_000;
const SILENCE_MS_MAX = 45_000;

/** Prices that follow each other when processes are replaced; a task keeps those of its submit. */
export const PRICE_LISTS: readonly PriceList[] = [
  DEFAULT_PRICES,
  { ...DEFAULT_PRICES, rateNanosPerMs: { std: 111_113n, pro: 150_001n } },
  { ...DEFAULT_PRICES, rule: 'ceil', billableMsMin: 4_000 },
  { ...DEFAULT_PRICES, rule: 'exact', billableMsMax: { image: 9_000, video: 28_000 } },
];

export function createProcess(place: Place, name: string, prices: PriceList): Process {
  const { world, session, broker, upstream, blobs, plant, watch, refused, newId, shape } = place;
  const life = world.createLife(name);
  if (!shape.isAlone && world.faults.draw('clock of a process is off')) {
    life.skewMs = world.random.integer(-SKEW_MS_MAX, SKEW_MS_MAX);
  }
  const clock = { now: () => world.wallMs(life) };
  const kind = shape.isAlone ? 'pglite' : 'postgres';
  const tamper = plant.tamper;
  const db = createSimulatedDatabase({
    ...{ world, life, session, kind, watch, refused, tamper },
  });
  const honest = createBilling({ db, clock, newId, prices });
  const billing = plant.billing?.(honest, newId) ?? honest;
  const honestStorage = createSimulatedStorage(world, blobs);
  const storage = plant.storage?.(honestStorage) ?? honestStorage;
  const { hosted, bound } = upstream.create(life);
  const isBound = shape.engine.name === 'bound';
  const nodes = shape.isAlone
    ? null
    : createNodes({
        ...{ db, clock, id: newId('node'), role: 'all', log: silentLog, host: name },
        silenceMsMax: SILENCE_MS_MAX,
      });
  const tasks = createTasks({
    db,
    billing,
    queue: broker.createQueue(life, { sendsAtOnce: plant.sendsJobsAtOnce ?? false }),
    engines: createEngineRegistry([isBound ? bound : hosted]),
    storage,
    inputs: createSimulatedInputs(world, storage),
    uploads: {
      claim: () => Promise.reject(new Error('there are no uploads here')),
      async sweep() {},
      async dropInterrupted() {},
    },
    clock,
    newId,
    log: silentLog,
    limits: shape.limits,
    ...(nodes ? { nodes } : {}),
    scratchDir: '/nowhere',
    signUrl: (taskId, expiresAtMs) => `https://host/${taskId}?exp=${expiresAtMs}`,
  });
  return { life, db, billing, tasks, nodes, prices };
}

export function startProcess(place: Place, process: Process): void {
  const { life, nodes, tasks } = process;
  place.world.spawn(life, life.name, async () => {
    try {
      await nodes?.join();
      await tasks.startWorkers();
    } catch (error) {
      // A process that cannot start ends, and is started again like every other that ended.
      place.world.note(life.name, `${life.name} did not start: ${String(error)}`);
      place.world.timeline.at(place.world.nowMs(), () => place.world.kill(life));
    }
  });
}

const PER_MINUTE = 60_000;

export function drawShape(world: World): Shape {
  const draws = world.random.fork('shape');
  const isAlone = draws.chance(0.3);
  return {
    isAlone,
    processes: isAlone ? 1 : draws.integer(2, 3),
    limits: {
      ...DEFAULT_TASK_LIMITS,
      deadlineMs: draws.pick([4, 8, 15]) * PER_MINUTE,
      retentionMs: draws.pick([20, 60]) * PER_MINUTE,
      leaseMs: draws.pick([20_000, 30_000]),
      sweepIntervalMs: 30_000,
      pollIntervalMs: draws.pick([3_000, 6_000]),
      concurrency: draws.integer(2, 8),
      engineAttemptsMax: draws.integer(1, 3),
      quoteKeptMs: draws.pick([1, 15]) * PER_MINUTE,
      quoteConcurrency: 1_000,
      quotesPerAccountMax: 1_000,
      runningPerAccountMax: draws.pick([3, 10, 100]),
    },
    engine: {
      name: draws.chance(0.6) ? 'hosted' : 'bound',
      workMsMax: draws.pick([100, 4_000, 12_000]),
      boundConcurrency: draws.integer(3, 8),
    },
  };
}
