/**
 * A whole service under load is killed without warning at random moments and started again on what
 * it left, as often as asked for: every task that was accepted ends, and the books are exact.
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

export type KillsOptions = {
  kills: number;
  kind: DatabaseKind;
  /** Chooses the moments of the kills. */
  seed: number;
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
  const reserved = options.kind === 'postgres' ? await reserveOnServer() : null;
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
  const load = { key, media: files.url, accepted: new Set<string>() };
  try {
    const random = createRandom(options.seed);
    let startMs = 0;
    for (let kill = 1; kill <= options.kills; kill++) {
      const isEarly = kill > 1 && random() < EARLY_SHARE;
      const moment = random();
      if (isEarly) {
        await killWhileStarting(environment, moment * startMs);
        options.log(`kill ${kill} of ${options.kills}: while it started`);
        continue;
      }
      const begunAtMs = performance.now();
      const service = await startService(environment);
      startMs = performance.now() - begunAtMs;
      const stopped = new AbortController();
      const stretch = Math.min(STRETCH_MAX, Math.max(1, startMs / QUICK_START_MS));
      const lifeMs = stretch * (LIFE_MS.min + moment * (LIFE_MS.max - LIFE_MS.min));
      const killing = pause(lifeMs)
        .then(() => killService(service.process, 'SIGKILL'))
        .finally(() => stopped.abort());
      const clients = Array.from({ length: SUBMITTERS }, () =>
        submitUntil(stopped.signal, service.url, load),
      );
      await Promise.all([...clients, killing]);
      options.log(`kill ${kill} of ${options.kills}: ${load.accepted.size} tasks accepted`);
    }
    const last = await startService(environment);
    await waitForEnds(last.url, options.log);
    await killService(last.process, 'SIGTERM');
    return await judge(environment, load.accepted);
  } finally {
    files.close();
    await reserved?.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Load = { key: string; media: string; accepted: Set<string> };

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

async function startService(environment: Record<string, string>) {
  const child = forkService(environment);
  const limit = AbortSignal.timeout(START_MS_MAX);
  const gone = once(child, 'exit', { signal: limit }).then(([code, signal]) => {
    throw new Error(`the service did not start: it ended with ${code ?? signal}`);
  });
  gone.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), gone]);
  return { process: child, url: (message as { url: string }).url };
}

/** What the one before left is taken up in these moments, and may be left once more. */
async function killWhileStarting(environment: Record<string, string>, afterMs: number) {
  const child = forkService(environment);
  await pause(afterMs);
  await killService(child, 'SIGKILL');
}

async function killService(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS_MAX) });
  child.kill(signal);
  await ended;
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
    await pause(SUBMIT_PAUSE_MS);
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
