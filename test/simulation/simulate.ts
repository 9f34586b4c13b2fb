/** One seed from the first submit to the last sweep, on a database that it leaves empty. */

import type { Caller } from '../../src/accounts/accounts.ts';
import { createAccounts } from '../../src/accounts/accounts.ts';
import type { IdKind, NewId } from '../../src/kernel/ids.ts';
import { createCustomers } from './customers.ts';
import { createFaults, type FaultKind } from './faults.ts';
import { checkEnd, checkNothingLeft, checkRefusal, type Row, watchRows } from './model.ts';
import type { Plant } from './plants.ts';
import {
  createProcess,
  drawShape,
  type Place,
  PRICE_LISTS,
  type Process,
  startProcess,
} from './processes.ts';
import { createRandom } from './random.ts';
import { createRecords, type Finding, type Records } from './records.ts';
import type { Session } from './session.ts';
import { createUpstream, isPaid } from './simulated-engines.ts';
import { createBroker } from './simulated-queue.ts';
import { installTimers } from './timers.ts';
import { createWorld, type World } from './world.ts';

export type SeedReport = {
  seed: number;
  /** Tasks by final state, those that failed by code. */
  outcomes: Record<string, number>;
  /** Submits that were refused, by code. */
  refusals: Record<string, number>;
  faults: Record<FaultKind, number>;
  steps: number;
  /** Tasks that were not charged although an engine had made their result. */
  wasted: number;
  violations: Finding[];
  /** Of everything that happened, in order. */
  hash: string;
  logOf(subject: string): string[];
};

export type SeedOptions = { seed: number; tasks: number; plant?: Plant };

type Run = {
  place: Place;
  records: Records;
  processes: (Process | null)[];
  /** Payments that are not known to have come yet. */
  openPayments: number;
};

const LOOK_MS = 15_000;
const RESTART_MS = { min: 300, max: 12_000 };
const STORM_MS = 90_000;
const JUMP_MS_MAX = 150_000;
const DRAIN_MS = 20_000;
const HOUR_MS = 3_600_000;
/** Too little for most, enough for some, and enough for all. */
const FUNDS_NANOS = [2e9, 2e10, 2e12, 2e12, 2e12, 2e12] as const;

export async function simulateSeed(session: Session, options: SeedOptions): Promise<SeedReport> {
  const random = createRandom(options.seed);
  const world = createWorld(random, createFaults(random));
  const restoreTimers = installTimers(world);
  try {
    const run = createRun(world, session, options);
    const callers = await openAccounts(run, options.tasks);
    await live(run, callers, options.tasks);
    return await report(run, options);
  } finally {
    restoreTimers();
    await emptyDatabase(session);
    await session.tidyUp();
  }
}

function createRun(world: World, session: Session, { seed, plant = {} }: SeedOptions): Run {
  const records = createRecords();
  const shape = drawShape(world);
  const { forgetsIds = false } = plant;
  const place: Place = {
    world,
    session: { query: session.query, owner: null },
    broker: createBroker(world),
    upstream: createUpstream(world, shape.engine, { forgetsIds }),
    blobs: new Map(),
    plant,
    watch: (rows) => watchRows(records, rows),
    refused: (error, subject) => checkRefusal(records, error, subject),
    newId: countIds(seed),
    shape,
  };
  const processes = Array.from({ length: shape.processes }, () => null);
  return { place, records, processes, openPayments: 0 };
}

const PREFIXES: Partial<Record<IdKind, string>> = { account: 'acct', transfer: 'xfer' };

function countIds(seed: number): NewId {
  let count = 0;
  return (kind) => {
    count += 1;
    return `${PREFIXES[kind] ?? kind}_${seed}x${String(count).padStart(6, '0')}`;
  };
}

/** In peace, before anything goes wrong. */
async function openAccounts({ place, records }: Run, taskCount: number): Promise<Caller[]> {
  const { world, newId } = place;
  const draws = world.random.fork('accounts');
  const { life, db, billing } = createProcess(place, 'bank', PRICE_LISTS[0] ?? failPrices());
  const clock = { now: () => world.wallMs(life) };
  const callers: Caller[] = [];
  const count = draws.integer(1, Math.max(1, Math.ceil(taskCount / 10)));
  const { draw } = world.faults;
  world.faults.draw = () => false;
  const work = async () => {
    const accounts = createAccounts({ db, ledger: billing.ledger, clock, newId });
    for (let index = 0; index < count; index++) {
      const { id: accountId } = await accounts.createAccount(`account ${index}`);
      const { id: keyId } = await accounts.createKey(accountId, 'key');
      const amountNanos = BigInt(draws.pick(FUNDS_NANOS));
      await billing.creditAccount(accountId, amountNanos, 'first');
      records.deposits.set(accountId, amountNanos);
      callers.push({ accountId, keyId, role: 'customer' });
    }
  };
  world.spawn(life, 'accounts', work);
  const isReady = await world.runUntil(() => callers.length === count, HOUR_MS);
  if (!isReady) throw new Error('the accounts were not opened', { cause: world.unexpected[0] });
  world.faults.draw = draw;
  return callers;
}

function failPrices(): never {
  throw new Error('there are no prices');
}

async function live(run: Run, callers: readonly Caller[], taskCount: number): Promise<void> {
  const { place, records, processes } = run;
  const { world, shape } = place;
  const draws = world.random.fork('life');
  for (const index of processes.keys()) bringUp(run, index, 0);
  const running = () =>
    processes.filter((process) => process !== null && world.isRunning(process.life));
  const customers = createCustomers(place, records, () =>
    running().length > 0 ? draws.pick(running()) : null,
  );
  customers.begin(callers, taskCount);
  planTrouble(run);
  planDeposits(run, callers);
  const beganMs = world.nowMs();
  await world.runUntil(() => world.nowMs() >= beganMs + STORM_MS / 2, HOUR_MS);
  await auditNow(run);
  await world.runUntil(() => world.nowMs() >= beganMs + STORM_MS && customers.areDone(), HOUR_MS);
  world.faults.calm();
  await auditNow(run);
  // Whatever the clocks did, after this long every deadline has passed by each of them.
  const limitMs = world.nowMs() + shape.limits.deadlineMs + 3 * JUMP_MS_MAX + HOUR_MS / 6;
  let isOver = false;
  while (!isOver && world.nowMs() < limitMs && records.violations.length === 0) {
    const untilMs = world.nowMs() + LOOK_MS;
    await world.runUntil(() => world.nowMs() >= untilMs && place.session.owner === null, limitMs);
    const isQuiet = customers.areDone() && run.openPayments === 0;
    isOver = isQuiet && (await countOpen(place)) === 0;
  }
}

/** At any moment the books are in order, not only at the end. */
async function auditNow({ place, records }: Run): Promise<void> {
  const { world } = place;
  const { life, tasks } = createProcess(place, 'auditor', PRICE_LISTS[0] ?? failPrices());
  let isOver = false;
  const { draw } = world.faults;
  world.faults.draw = () => false;
  world.spawn(life, 'auditor', async () => {
    for (const { invariant, subject, detail } of await tasks.audit()) {
      records.violate(`audit: ${invariant}`, subject, detail);
    }
    isOver = true;
  });
  await world.runUntil(() => isOver, world.nowMs() + HOUR_MS);
  world.faults.draw = draw;
}

async function countOpen({ session }: Place): Promise<number> {
  const { rows } = await session.query(
    `SELECT count(*)::integer AS count FROM task
    WHERE state NOT IN ('completed', 'failed', 'cancelled')`,
  );
  return Number(rows[0]?.['count']);
}

/** A process that has ended is followed by another, with the prices of that day. */
function bringUp(run: Run, index: number, generation: number): void {
  const { place, processes } = run;
  const { world } = place;
  const draws = world.random.fork(`process ${index}.${generation}`);
  const name = `p${index}.${generation}`;
  const process = createProcess(place, name, draws.pick(PRICE_LISTS));
  processes[index] = process;
  process.life.onDeath.push(() => {
    processes[index] = null;
    const pauseMs = draws.integer(RESTART_MS.min, RESTART_MS.max);
    world.timeline.at(world.nowMs() + pauseMs, () => bringUp(run, index, generation + 1));
  });
  startProcess(place, process);
}

/** Clocks that jump, and processes that are told to go. */
function planTrouble({ place, processes }: Run): void {
  const { world } = place;
  const draws = world.random.fork('trouble');
  const jump = (sign: number) => () => {
    const byMs = sign * draws.integer(1_000, JUMP_MS_MAX);
    world.note('clocks', `the clocks jump by ${byMs} ms`);
    world.jumpClocks(byMs);
  };
  const atMs = () => world.nowMs() + draws.integer(0, STORM_MS);
  if (world.faults.draw('clock jumps ahead')) world.timeline.at(atMs(), jump(1));
  if (world.faults.draw('clock jumps back')) world.timeline.at(atMs(), jump(-1));
  for (let count = draws.integer(0, 3); count > 0; count--) {
    world.timeline.at(atMs(), () => {
      const process = draws.pick(processes);
      if (process && world.isRunning(process.life)) goDown(world, process);
    });
  }
}

/** As on SIGTERM: what runs may end, the rest is handed back. */
function goDown(world: World, { life, tasks, nodes }: Process): void {
  world.note(life.name, `${life.name} is told to go`);
  world.spawn(life, life.name, async () => {
    try {
      await tasks.drain({ timeoutMs: DRAIN_MS });
      await tasks.stop();
      await nodes?.leave();
    } catch (error) {
      world.note(life.name, `${life.name} did not go in peace: ${String(error)}`);
    }
    world.timeline.at(world.nowMs(), () => world.kill(life));
  });
}

/** Payments that are announced again and again until the answer says that they came. */
function planDeposits(run: Run, callers: readonly Caller[]): void {
  const { place, records, processes } = run;
  const { world } = place;
  const draws = world.random.fork('deposits');
  for (const { accountId } of callers) {
    const amountNanos = BigInt(draws.integer(1, 3_000_000_000));
    const atMs = world.nowMs() + draws.integer(0, STORM_MS / 2);
    let isThere = false;
    const tryAgain = () => {
      if (isThere) return;
      world.timeline.at(world.nowMs() + draws.integer(5_000, 20_000), tryAgain);
      const process = draws.pick(processes);
      if (!process || !world.isRunning(process.life)) return;
      world.spawn(process.life, accountId, async () => {
        await process.billing.creditAccount(accountId, amountNanos, 'second').then(
          () => {
            if (!isThere) run.openPayments -= 1;
            isThere = true;
          },
          () => undefined,
        );
      });
    };
    world.timeline.at(atMs, tryAgain);
    run.openPayments += 1;
    records.deposits.set(accountId, (records.deposits.get(accountId) ?? 0n) + amountNanos);
  }
}

async function report(run: Run, { seed }: SeedOptions): Promise<SeedReport> {
  const { place, records, processes } = run;
  const { world, session, broker } = place;
  const read = async (text: string): Promise<Row[]> => [...(await session.query(text)).rows];
  const tasks = await read('SELECT * FROM task ORDER BY id');
  const transfers = await read('SELECT * FROM ledger_transfer');
  const accounts = await read('SELECT * FROM account');
  // A run that was broken off has not come to its end.
  if (records.violations.length === 0) checkEnd(place, records, { tasks, transfers, accounts });
  broker.close();
  for (const process of processes) if (process) await world.kill(process.life);
  if (records.violations.length === 0) await cleanUp(run, tasks.length);
  for (const error of world.unexpected) {
    records.violate('nothing is thrown that nobody expects', 'code', String(error));
  }
  return {
    seed,
    outcomes: countBy(tasks, nameOutcome),
    refusals: countBy(records.attempts, ({ answer }) =>
      answer === null ? 'no answer' : 'code' in answer ? answer.code : 'accepted',
    ),
    faults: world.faults.counts,
    steps: world.steps(),
    wasted: countWasted(place, tasks),
    violations: records.violations,
    hash: world.hash(),
    logOf: world.logOf,
  };
}

/** Retention passes; a last process audits and sweeps. */
async function cleanUp({ place, records }: Run, taskCount: number): Promise<void> {
  const { world, shape } = place;
  const { life, tasks } = createProcess(place, 'last', PRICE_LISTS[0] ?? failPrices());
  world.jumpClocks(shape.limits.retentionMs + 3 * JUMP_MS_MAX + 25 * HOUR_MS);
  let isOver = false;
  world.spawn(life, 'last', async () => {
    for (const { invariant, subject, detail } of await tasks.audit()) {
      records.violate(`audit: ${invariant}`, subject, detail);
    }
    for (let count = 0; count <= taskCount / 100 + 1; count++) await tasks.sweep();
    isOver = true;
  });
  await world.runUntil(() => isOver || world.unexpected.length > 0, world.nowMs() + HOUR_MS);
  if (!isOver) records.violate('a sweep comes to its end', 'last', 'it did not');
  checkNothingLeft(place, records);
}

function nameOutcome({ state, error }: Row): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode ? `${state}: ${error.code}` : String(state);
}

function countWasted({ upstream }: Place, tasks: readonly Row[]): number {
  return tasks.filter(
    ({ id, state }) => state !== 'completed' && upstream.worksOf(String(id)).some(isPaid),
  ).length;
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

/** The rows of the ledger refuse to go, so their guards are put aside for it. */
async function emptyDatabase(session: Session): Promise<void> {
  const { rows } = await session.query(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'schema_migration'`,
  );
  const names = rows.map(({ name }) => String(name));
  await session.query('BEGIN');
  for (const name of names) await session.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await session.query(`TRUNCATE ${names.join(', ')}`);
  for (const name of names) await session.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  await session.query('COMMIT');
}
