/**
 * The service under measure, alone in its process: the real application over a real database, with
 * an engine and inputs that take no time. It obeys the bench by messages.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { createBilling } from '../../src/billing/billing.ts';
import { DEFAULT_PRICES } from '../../src/billing/prices.ts';
import { openDatabase } from '../../src/db/open.ts';
import { createEngineRegistry } from '../../src/engines/registry.ts';
import { createApp } from '../../src/http/app.ts';
import { createUrlSigner } from '../../src/http/signed-url.ts';
import { CONTEXT } from '../../src/http/testing/http-rig.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createQueue } from '../../src/queue/queue.ts';
import { createDiskStorage } from '../../src/storage/disk/disk-storage.ts';
import { DEFAULT_TASK_LIMITS } from '../../src/tasks/options.ts';
import { createTasks } from '../../src/tasks/tasks.ts';
import { measureBare } from './bare.ts';
import { endSubmitted, fillTasks, listSample } from './rows.ts';
import { createInstantEngine, INSTANT_INPUTS, NO_UPLOADS } from './stand-ins.ts';

export type SubjectOptions = {
  /** Null is the embedded database, on disk. */
  databaseUrl: string | null;
  accounts: number;
  /** Whether tasks are worked on. */
  hasWorkers: boolean;
};

export type Ready = { url: string; keys: string[] };

export type Command =
  | { name: 'bare'; kind: 'write' | 'read'; clients: number; seconds: number }
  | { name: 'fill'; count: number }
  | { name: 'end' }
  | { name: 'sample'; count: number }
  | { name: 'look' }
  | { name: 'cpu' };

const FUNDS_NANOS = 1_000_000_000_000_000n;
/** Accounts are made at so many at a time; the embedded database takes them one by one anyway. */
const ACCOUNTS_AT_ONCE = 8;

const options: SubjectOptions = JSON.parse(process.argv[2] ?? '{}');
const log = createLog('fatal');
const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
const dataDir = join(folder, 'data');
await mkdir(dataDir, { recursive: true });
const db = await openDatabase({ databaseUrl: options.databaseUrl, dataDir, log });
const means = { db, clock: systemClock, newId, log };
const billing = createBilling({ ...means, prices: DEFAULT_PRICES });
const accounts = createAccounts({ ...means, ledger: billing.ledger });
const queue = await createQueue(means);
const storage = await createDiskStorage(join(folder, 'storage'), systemClock);
const resultFile = join(folder, 'result.mp4');
await writeFile(resultFile, Buffer.alloc(1_000, 1));
const signer = createUrlSigner({
  secret: 'a secret of the bench',
  getBaseUrl: () => 'http://127.0.0.1',
  clock: systemClock,
});
const tasks = createTasks({
  ...means,
  billing,
  queue,
  engines: createEngineRegistry([createInstantEngine(resultFile)]),
  storage,
  uploads: NO_UPLOADS,
  inputs: INSTANT_INPUTS,
  limits: { ...DEFAULT_TASK_LIMITS, unfinishedPerAccountMax: 1_000_000, auditIntervalMs: 0 },
  scratchDir: join(folder, 'scratch'),
  signUrl: signer.sign,
});
const app = await createApp({
  ...CONTEXT,
  ...means,
  tasks,
  uploads: NO_UPLOADS,
  accounts,
  billing,
  storage,
  signer,
});
await app.listen({ port: 0, host: '127.0.0.1' });
const owners: { id: string; keyId: string; key: string }[] = [];
for (let index = 0; index < options.accounts; index += ACCOUNTS_AT_ONCE) {
  const count = Math.min(ACCOUNTS_AT_ONCE, options.accounts - index);
  owners.push(...(await Promise.all(Array.from({ length: count }, makeOwner))));
}
if (options.hasWorkers) await tasks.startWorkers();

process.on('message', async ({ id, command }: { id: number; command: Command }) => {
  process.send?.({ id, result: await obey(command) });
});
process.on('disconnect', () => void stop());
const { port } = app.server.address() as AddressInfo;
process.send?.({
  url: `http://127.0.0.1:${port}`,
  keys: owners.map(({ key }) => key),
} satisfies Ready);

async function makeOwner() {
  const { id } = await accounts.createAccount('bench');
  const { id: keyId, key } = await accounts.createKey(id, 'bench');
  await billing.creditAccount(id, FUNDS_NANOS, 'funds');
  return { id, keyId, key };
}

async function obey(command: Command): Promise<unknown> {
  switch (command.name) {
    case 'bare':
      return await measureBare(db, command);
    case 'fill':
      return await fillTasks(db, owners, command.count);
    case 'end':
      return await endSubmitted(db);
    case 'sample':
      return await listSample(db, owners, command.count);
    case 'look':
      return await timeLooks();
    case 'cpu':
      return readCpuMs();
  }
}

/** Milliseconds of what the service asks by itself, however many tasks there are. */
async function timeLooks(): Promise<{ metrics: number; sweep: number }> {
  const metrics = await timeMedian(() => tasks.groupOpen());
  const sweep = await timeMedian(() => tasks.sweep());
  return { metrics, sweep };
}

function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const LOOKS = 5;

async function timeMedian(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const startedAtMs = performance.now();
    await work();
    times.push(performance.now() - startedAtMs);
  }
  return times.toSorted((a, b) => a - b)[LOOKS >> 1] ?? 0;
}

async function stop(): Promise<void> {
  await tasks.stop();
  await app.close();
  await queue.stop({ timeoutMs: 1_000 });
  await db.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}
