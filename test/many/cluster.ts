/** Processes of one service on one PostgreSQL and one S3 store, to be killed at will. */

import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readConfig } from '../../src/config.ts';
import { openBooks } from '../../src/main.ts';
import { silentLog } from '../fixtures/database.ts';
import { serveFolders } from '../fixtures/file-server.ts';

type S3Server = { run(): Promise<{ port: number }>; close(): Promise<void> };
const S3rver: new (options: object) => S3Server = createRequire(import.meta.url)('s3rver');

export type StepLine = {
  atMs: number;
  node: string;
  taskId: string;
  step: string;
  outcome: string;
};

export type ClusterNode = { name: string; role: string; url: string; process: ChildProcess };

export type Cluster = {
  nodes: ClusterNode[];
  steps: StepLine[];
  /** Addresses of a picture and a clip. */
  media: { image: string; video: string };
  /** Keys of accounts with plenty of money. */
  keys: string[];
  start(role: 'api' | 'worker', name: string): Promise<ClusterNode>;
  /** Since it was opened. */
  nowMs(): number;
  /** Safe to call twice. */
  close(): Promise<void>;
};

export type ClusterOptions = {
  folder: string;
  databaseUrl: string;
  accounts: number;
  renderMs: number;
};

const FUNDS = 1_000_000_000_000_000n;
const LEASE_SECONDS = '5';

export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, databaseUrl } = options;
  const store = join(folder, 'store');
  const media = join(folder, 'media');
  await mkdir(store);
  await mkdir(media);
  await writeFile(join(media, 'picture.png'), randomBytes(1_000));
  await writeFile(join(media, 'clip.mp4'), randomBytes(2_000));
  const files = await serveFolders(media);
  const bucket = { name: 'media', configs: [] };
  const s3 = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: store,
    configureBuckets: [bucket],
  });
  const { port } = await s3.run();
  const environment = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(folder, 'data'),
    PORT: '0',
    ALLOW_CIDRS: '127.0.0.0/8',
    SIGNING_SECRET: 'one secret that all processes share',
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    S3_BUCKET: bucket.name,
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
    LEASE_SECONDS,
    DRAIN_SECONDS: '2',
    PREFLIGHT: 'no',
    WRITES_PER_SECOND: '0',
    READS_PER_SECOND: '0',
  };
  const keys = await openAccounts(environment, options.accounts);
  const startedAtMs = performance.now();
  const nowMs = () => performance.now() - startedAtMs;
  const nodes: ClusterNode[] = [];
  const steps: StepLine[] = [];
  let isOpen = true;
  return {
    nodes,
    steps,
    media: { image: `${files.url}/picture.png`, video: `${files.url}/clip.mp4` },
    keys,
    nowMs,
    async start(role, name) {
      const child = fork(
        join(import.meta.dirname, 'node-process.ts'),
        [role, String(options.renderMs)],
        { env: environment, silent: true },
      );
      child.stderr?.pipe(process.stderr);
      noteSteps(child, (line) => steps.push({ ...line, atMs: nowMs(), node: name }));
      const [message] = await once(child, 'message');
      const node = { name, role, url: (message as { url: string }).url, process: child };
      nodes.push(node);
      return node;
    },
    async close() {
      await Promise.all(nodes.map(stopNode));
      if (isOpen) await s3.close();
      if (isOpen) files.close();
      isOpen = false;
    },
  };
}

async function stopNode({ process: child }: ClusterNode): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

type Noted = Pick<StepLine, 'taskId' | 'step' | 'outcome'>;

function noteSteps(child: ChildProcess, note: (line: Noted) => void): void {
  if (!child.stdout) return;
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null || !('msg' in line)) return;
    if (line.msg === 'step') note(line as unknown as Noted);
    else if ('level' in line && Number(line.level) >= 50) process.stderr.write(`${text}\n`);
  });
}

async function openAccounts(environment: Record<string, string>, count: number) {
  const { db, accounts, billing } = await openBooks(readConfig(environment), silentLog);
  const keys: string[] = [];
  for (let index = 0; index < count; index++) {
    const { id } = await accounts.createAccount(`account ${index}`);
    await billing.creditAccount(id, FUNDS, 'funds');
    keys.push((await accounts.createKey(id, 'test')).key);
  }
  await db.close();
  return keys;
}
