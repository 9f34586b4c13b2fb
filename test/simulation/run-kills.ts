/**
 * A whole service under load is killed without warning at random moments and started again on what
 * it left, as often as asked for, and its database goes away and comes back: every task that was
 * accepted ends, the books are exact, and the service ends only when it is killed.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import type { Violation } from '../../src/billing/audit.ts';
import { readConfig } from '../../src/config.ts';
import type { DatabaseKind } from '../../src/db/database.ts';
import type { TaskTable } from '../../src/db/tables.ts';
import { openBooks } from '../../src/main.ts';
import { auditBooks } from '../../src/tasks/audit.ts';
import { FINAL_STATES } from '../../src/tasks/task.ts';
import { prepareDataDir, reserveOnServer, silentLog } from '../fixtures/database.ts';
import { serveFolders } from '../fixtures/file-server.ts';
import { type Outages, type PlannedOutage, planOutages, sufferOutages } from './outages.ts';

export type KillsOptions = {
  kills: number;
  kind: DatabaseKind;
  /** Chooses the moments of the kills and of the outages. */
  seed: number;
  /** For a server of the run's own; the service then uses its first database. */
  outages?: Outages;
  /** Between two tasks of one client, in milliseconds. @default 60 */
  submitPauseMs?: number;
  log(text: string): void;
};

export type KillsResult = {
  /** Tasks whose submit was answered. */
  accepted: number;
  /**
   * Tasks in the database, by state, those that failed by code; an answer may have been lost, so
   * there may be more.
   */
  states: Record<string, number>;
  /** Accepted tasks that are not there. */
  missing: string[];
  /** Tasks that did not end, and where they stand. */
  open: OpenTask[];
  violations: Violation[];
  /** How often the database server went away and came back while the service lived. */
  outages: number;
};

export type OpenTask = Pick<Selectable<TaskTable>, (typeof OPEN_FIELDS)[number]>;

const RENDER_MS = 150;
/** Long enough that something is in every state, short enough that nothing comes to rest. */
const LIFE_MS = { min: 200, max: 2_000 };
/** A start on a machine with nothing else to do; where it takes longer, lives are longer too. */
const QUICK_START_MS = 1_500;
const STRETCH_MAX = 3;
const SUBMITTERS = 2;
/** Kills that do not wait until the service answers. */
const EARLY_SHARE = 0.15;
const SUBMIT_PAUSE_MS = 60;
const FUNDS = 1_000_000_000_000_000n;
/** On a machine with other work everything takes long; only a standstill is a fault. */
const STANDSTILL_MS_MAX = 60_000;
/** What an outage took out of hand is waited for so long. */
const LEASE_SECONDS = '4';
const END_MS_MAX = 30 * 60_000;
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 60_000;
const TELL_MS = 5_000;

export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-kills-'));
  const dataDir = join(folder, 'data');
  await mkdir(join(folder, 'media'));
  await writeFile(join(folder, 'media', 'picture.png'), randomBytes(1_000));
  await writeFile(join(folder, 'media', 'clip.mp4'), randomBytes(2_000));
  const files = await serveFolders(join(folder, 'media'));
  const reserved = await reserve(options);
  if (!reserved) await prepareDataDir(dataDir);
  const environment = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: dataDir,
    PORT: '0',
    ALLOW_CIDRS: '127.0.0.0/8',
    PREFLIGHT: 'no',
    DRAIN_SECONDS: '1',
    WRITES_PER_SECOND: '0',
    TASKS_UNFINISHED_PER_ACCOUNT: '100000',
    ...reserved?.environment,
  };
  const key = await openAccount(environment);
  const pauseMs = options.submitPauseMs ?? SUBMIT_PAUSE_MS;
  const load = { key, media: files.url, pauseMs, accepted: new Set<string>() };
  try {
    const outages = await liveAndDie(options, environment, load);
    return { ...(await judge(environment, load.accepted)), outages };
  } finally {
    files.close();
    await reserved?.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Null for the embedded database. */
async function reserve({ kind, outages }: KillsOptions) {
  if (kind !== 'postgres') return null;
  if (!outages) return await reserveOnServer();
  const environment = { DATABASE_URL: outages.server.url, LEASE_SECONDS };
  return { environment, drop: async () => undefined };
}

/** @returns how many outages there were. */
async function liveAndDie(
  options: KillsOptions,
  environment: Record<string, string>,
  load: Load,
): Promise<number> {
  const { kills, log } = options;
  const random = createRandom(options.seed);
  const plan = planOutages(options.outages?.count ?? 0, kills + 1, createRandom(~options.seed));
  const means = { options, load };
  let startMs = 0;
  let suffered = 0;
  for (const [index, outages] of plan.entries()) {
    const isLast = index === kills;
    const isEarly = index > 0 && !isLast && random() < EARLY_SHARE;
    const moment = random();
    if (isEarly && outages.length === 0) {
      await killWhileStarting(environment, moment * startMs);
      log(`kill ${index + 1} of ${kills}: while it started`);
      continue;
    }
    const begunAtMs = performance.now();
    const service = await startService(environment);
    startMs = performance.now() - begunAtMs;
    const stretch = Math.min(STRETCH_MAX, Math.max(1, startMs / QUICK_START_MS));
    const lifeMs = stretch * (LIFE_MS.min + moment * (LIFE_MS.max - LIFE_MS.min));
    if (!isLast || outages.length > 0) await live(means, service, { outages, lifeMs, isLast });
    suffered += outages.length;
    const accepted = `${load.accepted.size} tasks accepted`;
    if (outages.length > 0) log(`${suffered} outages: ${accepted}`);
    if (!isLast) {
      log(`kill ${index + 1} of ${kills}: ${accepted}`);
      continue;
    }
    await waitForEnds(service.url, log);
    await service.end('SIGTERM');
  }
  return suffered;
}

type Means = { options: KillsOptions; load: Load };
type Life = { outages: readonly PlannedOutage[]; lifeMs: number; isLast: boolean };

/** Under load all the time; it ends with a kill, unless it is the last. */
async function live({ options, load }: Means, service: Service, life: Life): Promise<void> {
  const stopped = new AbortController();
  const kill = life.isLast ? null : () => service.end('SIGKILL');
  const suffer = async () => {
    const { url } = service;
    const server = options.outages?.server;
    const isKilled = server ? await sufferOutages(life.outages, { server, url, kill }) : false;
    if (isKilled) return;
    await pause(life.lifeMs);
    await kill?.();
  };
  const fate = suffer()
    .catch((error: unknown) => {
      // That it has ended says more than that it does not answer.
      assertAlive(service.process);
      service.process.kill('SIGKILL');
      throw error;
    })
    .finally(() => stopped.abort());
  const clients = Array.from({ length: SUBMITTERS }, () =>
    submitUntil(stopped.signal, service.url, load),
  );
  await Promise.all([...clients, fate]);
}

type Load = { key: string; media: string; pauseMs: number; accepted: Set<string> };

async function openAccount(environment: Record<string, string>): Promise<string> {
  const { db, accounts, billing } = await openBooks(readConfig(environment), silentLog);
  const { id } = await accounts.createAccount('under load');
  await billing.creditAccount(id, FUNDS, 'funds');
  const { key } = await accounts.createKey(id, 'test');
  await db.close();
  return key;
}

function forkService(environment: Record<string, string>): ChildProcess {
  const file = join(import.meta.dirname, '../many/node-process.ts');
  const child = fork(file, ['all', String(RENDER_MS)], { env: environment, silent: true });
  child.stdout?.resume();
  child.stderr?.pipe(process.stderr);
  return child;
}

type Service = {
  url: string;
  process: ChildProcess;
  /** Rejects when the service has ended by itself before. */
  end(signal: NodeJS.Signals): Promise<void>;
};

async function startService(environment: Record<string, string>): Promise<Service> {
  const child = forkService(environment);
  const limit = AbortSignal.timeout(START_MS_MAX);
  const gone = once(child, 'exit', { signal: limit }).then(([code, signal]) => {
    throw new Error(`the service did not start: it ended with ${code ?? signal}`);
  });
  gone.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), gone]);
  const { url } = message as { url: string };
  return { url, process: child, end: (signal) => killService(child, signal) };
}

/** What the one before left is taken up in these moments, and may be left once more. */
async function killWhileStarting(environment: Record<string, string>, afterMs: number) {
  const child = forkService(environment);
  await pause(afterMs);
  await killService(child, 'SIGKILL');
}

async function killService(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  assertAlive(child);
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS_MAX) });
  child.kill(signal);
  await ended;
}

function assertAlive({ exitCode, signalCode }: ChildProcess): void {
  const endedWith = exitCode ?? signalCode;
  if (endedWith !== null) throw new Error(`the service ended by itself, with ${endedWith}`);
}

async function submitUntil(signal: AbortSignal, url: string, load: Load): Promise<void> {
  while (!signal.aborted) {
    const answer = await ask(load, `${url}/v1/videos/generations`, {
      method: 'POST',
      body: JSON.stringify({
        model: 'kling-v3-motion-control',
        image_url: `${load.media}/picture.png`,
        video_url: `${load.media}/clip.mp4`,
        character_orientation: 'image',
        mode: 'std',
      }),
    });
    const [task] = (answer?.['data'] ?? []) as { task_id: string }[];
    if (task) load.accepted.add(task.task_id);
    await pause(load.pauseMs);
  }
}

/** Null when the service is gone or overloaded; any other refusal is an error of this test. */
async function ask({ key }: Load, url: string, init: RequestInit = {}) {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
  const answer = await fetch(url, { ...init, headers }).catch(() => null);
  if (answer === null) return null;
  const text = await answer.text().catch(() => null);
  if (text === null) return null;
  if (answer.status === 503) return null;
  if (!answer.ok) throw new Error(text);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Until all have ended, or none has for too long; what is left is for the judge to tell. */
async function waitForEnds(url: string, log: KillsOptions['log']): Promise<void> {
  const startedAtMs = performance.now();
  let fewest = Number.POSITIVE_INFINITY;
  let endedAtMs = startedAtMs;
  let toldAtMs = startedAtMs;
  for (;;) {
    const { count, text } = await countOpen(url);
    if (count === 0) return;
    const nowMs = performance.now();
    if (count < fewest) endedAtMs = nowMs;
    fewest = Math.min(fewest, count);
    if (nowMs - toldAtMs > TELL_MS) {
      log(`${Math.round((nowMs - startedAtMs) / 1_000)} s: ${count} tasks are open: ${text}`);
      toldAtMs = nowMs;
    }
    if (nowMs - endedAtMs > STANDSTILL_MS_MAX) return log('no task has ended for too long');
    if (nowMs - startedAtMs > END_MS_MAX) return log('the time for the rest is over');
    await pause(SUBMIT_PAUSE_MS);
  }
}

const OPEN_FIGURE = /^understudy_tasks_open\{state="(\w+)".*\} (\d+)$/gm;

/** From the figures that the service shows of itself. */
async function countOpen(url: string): Promise<{ count: number; text: string }> {
  const answer = await fetch(`${url}/metrics`);
  const page = await answer.text();
  if (!answer.ok) throw new Error(page);
  const groups = [...page.matchAll(OPEN_FIGURE)].map(([, state, count]) => ({
    state,
    count: Number(count),
  }));
  return {
    count: groups.reduce((sum, group) => sum + group.count, 0),
    text: groups.map(({ state, count }) => `${state} ${count}`).join(', '),
  };
}

const OPEN_FIELDS = [
  ...(['id', 'state', 'stage', 'engine_starts', 'step_failures'] as const),
  ...(['lease_until', 'due_at', 'error'] as const),
];

async function judge(environment: Record<string, string>, accepted: ReadonlySet<string>) {
  const { db } = await openBooks(readConfig(environment), silentLog);
  const rows = await db.kysely.selectFrom('task').select(OPEN_FIELDS).execute();
  const known = new Set(rows.map(({ id }) => id));
  const groups = Object.entries(Object.groupBy(rows, nameOutcome));
  const states = Object.fromEntries(groups.map(([state, group]) => [state, group?.length ?? 0]));
  const violations = await auditBooks(db.kysely);
  await db.close();
  const missing = [...accepted].filter((id) => !known.has(id));
  const open = rows.filter(({ state }) => !FINAL_STATES.some((final) => final === state));
  return { accepted: accepted.size, states, missing, open, violations };
}

/** As one that is killed again and again may fail for it, those that failed are told by code. */
function nameOutcome({ state, error }: OpenTask): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode ? `${state}: ${error.code}` : state;
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
