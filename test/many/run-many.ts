/**
 * Many tasks on two API and three worker processes, of which one each is killed half way: nothing
 * may be lost, and every task is charged once.
 */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Violation } from '../../src/billing/audit.ts';
import { openDatabase } from '../../src/db/open.ts';
import { auditBooks } from '../../src/tasks/audit.ts';
import { reserveOnServer, silentLog } from '../fixtures/database.ts';
import { type Cluster, openCluster, type StepLine } from './cluster.ts';

export type ManyOptions = {
  tasks: number;
  renderMs: number;
  accounts: number;
  log(text: string): void;
};

export type ManyResult = {
  states: Record<string, number>;
  /** Settlements for each task: how many tasks have so many. */
  charges: Record<string, number>;
  violations: Violation[];
  kills: Kill[];
  /** Submits that were answered, by whom and when. */
  submits: Moment[];
  steps: StepLine[];
  elapsedMs: number;
};

/** Milliseconds since the first process was started, and the process. */
export type Moment = { atMs: number; node: string };

export type Kill = { atMs: number; name: string };

const API_COUNT = 2;
const WORKER_COUNT = 3;
const KILLED = ['api-1', 'worker-1'];
const LOOK_MS = 250;
/** For each half; on a machine with other work everything takes long. */
const WAIT_MS_MAX = 900_000;

export async function runMany(options: ManyOptions): Promise<ManyResult> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-many-'));
  const reserved = await reserveOnServer();
  const { renderMs, accounts } = options;
  const cluster = await openCluster({ folder, databaseUrl: reserved.url, accounts, renderMs });
  const client = new Client({ connectionString: reserved.url });
  await client.connect();
  try {
    const startedAtMs = performance.now();
    for (let index = 1; index <= API_COUNT; index++) await cluster.start('api', `api-${index}`);
    for (let index = 1; index <= WORKER_COUNT; index++) {
      await cluster.start('worker', `worker-${index}`);
    }
    options.log(`${API_COUNT} API and ${WORKER_COUNT} worker processes run`);
    const submits: Moment[] = [];
    const submitting = submitAll(cluster, options.tasks, submits);
    await waitForEnds(client, Math.floor(options.tasks / 2));
    const kills = KILLED.map((name) => {
      cluster.nodes.find((node) => node.name === name)?.process.kill('SIGKILL');
      return { name, atMs: cluster.nowMs() };
    });
    options.log(`half of the tasks have ended: ${KILLED.join(' and ')} killed`);
    await submitting;
    await waitForEnds(client, options.tasks);
    const elapsedMs = performance.now() - startedAtMs;
    options.log('all tasks have ended');
    await cluster.close();
    const judged = await judge(client, reserved.url);
    return { ...judged, kills, submits, steps: cluster.steps, elapsedMs };
  } finally {
    await cluster.close();
    await client.end();
    await reserved.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each is sent until it is answered, with one key, as a careful client does. */
async function submitAll(
  { keys, media, nodes, nowMs }: Cluster,
  count: number,
  submits: Moment[],
): Promise<void> {
  const apis = nodes.filter(({ role }) => role === 'api');
  for (let index = 0; index < count; index++) {
    const key = keys[index % keys.length] ?? '';
    const idempotencyKey = randomUUID();
    for (let attempt = index; ; attempt++) {
      const api = apis[attempt % apis.length];
      const answer = await fetch(`${api?.url}/v1/videos/generations`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify({
          model: 'kling-v3-motion-control',
          image_url: media.image,
          video_url: media.video,
          character_orientation: 'image',
          mode: 'std',
        }),
      }).catch(() => null);
      if (answer?.ok) {
        submits.push({ atMs: nowMs(), node: api?.name ?? '' });
        break;
      }
      if (answer && answer.status < 500) throw new Error(await answer.text());
      await pause(LOOK_MS);
    }
  }
}

async function waitForEnds(client: Client, count: number): Promise<void> {
  const untilMs = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const { rows } = await client
      .query("SELECT count(*) AS n FROM task WHERE state IN ('completed', 'failed', 'cancelled')")
      .catch(() => ({ rows: [{ n: 0 }] }));
    if (Number(rows[0].n) >= count) return;
    if (performance.now() > untilMs) throw new Error(`${rows[0].n} of ${count} tasks have ended`);
    await pause(LOOK_MS);
  }
}

async function judge(client: Client, databaseUrl: string) {
  const states = await client.query('SELECT state AS key, count(*) AS n FROM task GROUP BY 1');
  const charges = await client.query(
    `SELECT settled AS key, count(*) AS n FROM (
      SELECT count(t.id) AS settled FROM task k
      LEFT JOIN ledger_transfer t ON t.hold_id = k.hold_id AND t.kind = 'settle'
      GROUP BY k.id) x GROUP BY 1`,
  );
  const db = await openDatabase({ databaseUrl, dataDir: '', log: silentLog });
  const violations = await auditBooks(db.kysely);
  await db.close();
  return { states: toRecord(states.rows), charges: toRecord(charges.rows), violations };
}

function toRecord(rows: { key: string; n: string }[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ key, n }) => [key, Number(n)]));
}
