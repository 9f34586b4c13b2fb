/**
 * The HTTP application over a real database, real accounts, real money and a real disk; only engine
 * and inputs are stand-ins.
 */

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createTestClock } from '../../../test/fixtures/clock.ts';
import { openMemoryDatabase, silentLog } from '../../../test/fixtures/database.ts';
import { createAccounts } from '../../accounts/accounts.ts';
import { createBilling } from '../../billing/billing.ts';
import { DEFAULT_PRICES } from '../../billing/prices.ts';
import type { Engine, Failed } from '../../engines/engine.ts';
import { createEngineRegistry } from '../../engines/registry.ts';
import { newId } from '../../kernel/ids.ts';
import { nameFileKind } from '../../probe/sniff.ts';
import { createQueue } from '../../queue/queue.ts';
import { createDiskStorage } from '../../storage/disk/disk-storage.ts';
import type { Inputs } from '../../tasks/inputs.ts';
import { DEFAULT_TASK_LIMITS } from '../../tasks/options.ts';
import { createTasks } from '../../tasks/tasks.ts';
import { isUploadInUse } from '../../tasks/upload-use.ts';
import { createUploads } from '../../uploads/uploads.ts';
import { createApp } from '../app.ts';
import type { HttpApp, HttpContext } from '../context.ts';
import { createUrlSigner } from '../signed-url.ts';

export const ADMIN_KEY = 'the-admin-key-of-this-test';
export const BASE_URL = 'https://host.test';
const STEPS_MAX = 40;

export type HttpRig = Awaited<ReturnType<typeof createHttpRig>>;

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

export type Call = {
  key?: string | null;
  body?: object | string;
  headers?: Record<string, string>;
};

/** @param fundsUsd Whole dollars of the account whose key `call` uses unless told otherwise. */
export async function createHttpRig(fundsUsd = 10n) {
  const parts = await openParts(fundsUsd);
  const { accounts, app, clock, db, folder, queue, tasks } = parts;
  const account = await accounts.ensureFirstAccount();
  if (account === null) throw new Error('the test database is not empty');
  const { accountId, key } = account;
  const call = createCall(app, key);

  return {
    ...parts,
    key,
    accountId,
    call,

    /** Submits a task that is right in every field but those changed, and returns its id. */
    async submit(changes: Record<string, unknown> = {}): Promise<string> {
      const body = { ...BODY, ...changes };
      const answer = await call('POST', '/v1/videos/generations', { body });
      return answer.json().data[0].task_id;
    },

    /** Runs a task to its end without a worker. */
    async finish(taskId: string): Promise<void> {
      const caller = { accountId, keyId: '', role: 'customer' as const };
      for (let step = 0; step < STEPS_MAX; step++) {
        if ((await tasks.view(caller, taskId)).task.usage.is_final) return;
        await tasks.advance(taskId);
        clock.advance(1000);
      }
      throw new Error('the task did not end');
    },

    async close(): Promise<void> {
      await tasks.stop();
      await app.close();
      await queue.stop();
      await db.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openParts(fundsUsd: bigint) {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-http-'));
  const clock = createTestClock();
  const db = await openMemoryDatabase();
  const means = { db, clock, newId, log: silentLog };
  const billing = createBilling({ ...means, prices: DEFAULT_PRICES });
  const accounts = createAccounts({
    ...means,
    ledger: billing.ledger,
    firstDepositNanos: fundsUsd * 1_000_000_000n,
  });
  const storage = await createDiskStorage(join(folder, 'storage'), clock);
  const workDir = join(folder, 'inputs', 'own');
  await mkdir(workDir, { recursive: true });
  const uploads = createUploads({
    ...means,
    storage,
    workDir,
    limits: UPLOAD_LIMITS,
    nameKind: nameFileKind,
    isInUse: isUploadInUse,
  });
  const queue = await createQueue(means);
  const signer = createUrlSigner({ secret: 'a secret', getBaseUrl: () => BASE_URL, clock });
  const video = randomBytes(1000);
  const resultFile = join(folder, 'result.mp4');
  await writeFile(resultFile, video);
  const engine = createStandInEngine(resultFile);
  const tasks = createTasks({
    ...means,
    billing,
    queue,
    engines: createEngineRegistry([engine]),
    storage,
    uploads,
    inputs: standInInputs,
    limits: DEFAULT_TASK_LIMITS,
    scratchDir: join(folder, 'scratch'),
    signUrl: signer.sign,
  });
  const context = { ...CONTEXT, ...means, tasks, uploads, accounts, billing, storage, signer };
  const app = await createApp(context);
  return {
    context,
    accounts,
    app,
    billing,
    clock,
    db,
    engine,
    folder,
    queue,
    signer,
    storage,
    tasks,
    uploads,
    video,
    workDir,
  };
}

/** Small, so that a test can pass each of them. */
const UPLOAD_LIMITS = {
  imageBytesMax: 30_000,
  videoBytesMax: 200_000,
  spaceBytesMax: 500_000,
  keptMs: 24 * 3_600_000,
  perAccountMax: 3,
  uploadMsMax: 60_000,
  bytesPerSecondMin: 0,
};

/** What every application under test is told alike. */
export const CONTEXT = {
  findObstacle: async (): Promise<string | null> => null,
  openDump: async () => ({ stream: Readable.from(['a dump']), sizeBytes: 6 }),
  signContent: null as HttpContext['signContent'],
  limits: {
    bodyBytesMax: 20_000,
    promptCharsMax: 2500,
    imageBytesMax: UPLOAD_LIMITS.imageBytesMax,
    uploadMsMax: UPLOAD_LIMITS.uploadMsMax,
  },
  adminKeys: [ADMIN_KEY],
  isHttps: true,
  version: '1.2.3',
};

/** Sends one request into the application; `key: null` sends none. */
export function createCall(app: HttpApp, ownKey: string) {
  return async (method: Method, url: string, given: Call = {}) => {
    const key = given.key === undefined ? ownKey : given.key;
    return await app.inject({
      method,
      url,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...given.headers },
      ...(given.body === undefined ? {} : { payload: given.body }),
    });
  };
}

/** The body of a submit that is right in every field. */
export const BODY = {
  model: 'kling-v3-motion-control',
  image_url: 'https://example.com/ref-image.png',
  video_url: 'https://example.com/ref-video-8s.mp4',
  character_orientation: 'image',
  mode: 'std',
};

type StandInEngine = Engine & { failure: Failed | null };

function createStandInEngine(path: string): StandInEngine {
  return {
    name: 'stand-in',
    version: '1',
    capabilities: { modes: ['std', 'pro'], orientations: ['image', 'video'], nativeProgress: true },
    unwantedWork: 'costs-nothing',
    failure: null,
    start: async ({ taskId }) => ({ taskId }),
    async check() {
      if (this.failure) return this.failure;
      const facts = { width: 720, height: 1280, fps: 30, durationMs: 8008 };
      return { status: 'completed', result: { kind: 'file', path, facts }, warnings: [] };
    },
  };
}

const stored = (key: string, contentType: string) => ({
  storageKey: key,
  sizeBytes: 2000,
  sha256: 'b'.repeat(64),
  contentType,
});

const PICTURE_FACTS = { width: 720, height: 1280, format: 'png' };
const CLIP_FACTS = {
  durationMs: 8008,
  width: 720,
  height: 1280,
  fps: 29.97,
  videoCodec: 'avc',
  audioCodec: null,
  rotation: 0,
  sizeBytes: 2000,
  container: 'mp4',
};
const quoted = { sizeBytes: 2000, sha256: null, storageKey: null, parts: [] };

/** Says of every clip that it takes 8.008 s, and of every quote that it is of the same bytes. */
const standInInputs: Inputs = {
  fetchImage: async (_url, { taskId }, known) => ({
    ...stored(`tasks/${taskId}/picture.png`, 'image/png'),
    facts: PICTURE_FACTS,
    ...(known ? { isProbeReused: true } : {}),
  }),
  fetchVideo: async (_url, { taskId }, known) => ({
    ...stored(`tasks/${taskId}/reference.mp4`, 'video/mp4'),
    facts: CLIP_FACTS,
    ...(known ? { isProbeReused: true } : {}),
  }),
  quoteImage: async () => ({ ...quoted, facts: PICTURE_FACTS }),
  quoteVideo: async () => ({ ...quoted, facts: CLIP_FACTS }),
};
