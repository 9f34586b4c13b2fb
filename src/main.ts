/**
 * The composition root: the only file that knows everyone. It wires the parts together and decides
 * nothing else.
 */

import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { type Billing, createBilling } from './billing/billing.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { writeDump } from './db/dump/write-dump.ts';
import { openDatabase } from './db/open.ts';
import type { Engine } from './engines/engine.ts';
import { createLocalEngine } from './engines/local/engine.ts';
import { createEngineRegistry } from './engines/registry.ts';
import { createApp } from './http/app.ts';
import type { HttpApp, OpenedDump } from './http/context.ts';
import { createUrlSigner } from './http/signed-url.ts';
import { loadSigningSecret } from './http/signing-secret.ts';
import { systemClock } from './kernel/clock.ts';
import { newId, randomBase58 } from './kernel/ids.ts';
import { createLog, type Log } from './kernel/log.ts';
import { VERSION } from './kernel/version.ts';
import {
  createGuardedFetch,
  FETCH_LIMITS_DEFAULT,
  type GuardedFetch,
} from './net/guarded-fetch.ts';
import { removeServiceNote, writeServiceNote } from './net/service-file.ts';
import { createProbe } from './probe/probe.ts';
import { nameFileKind } from './probe/sniff.ts';
import { createQueue } from './queue/queue.ts';
import { createDiskStorage } from './storage/disk/disk-storage.ts';
import { createS3Storage } from './storage/s3/s3-storage.ts';
import type { SignedBlob, Storage } from './storage/storage.ts';
import { DEFAULT_TASK_LIMITS } from './tasks/options.ts';
import { createStoredInputs } from './tasks/stored-inputs.ts';
import { createTasks, type Tasks } from './tasks/tasks.ts';
import { isUploadInUse } from './tasks/upload-use.ts';
import { createUploads, type Uploads, type UploadsOptions } from './uploads/uploads.ts';

export type Service = {
  app: HttpApp;
  /**
   * The key of the account that the very first start makes, known after `start`; null ever after.
   * It is shown here and nowhere else.
   */
  readonly firstKey: string | null;
  /** Where it listens, as seen from this machine. Known after `start`. */
  readonly url: string;
  /** Listens, takes up work, and leaves its note for the command line. */
  start(): Promise<void>;
  /**
   * Takes no more requests, lets those under way end, stops engines, and closes everything. Safe to
   * call twice.
   */
  stop(): Promise<void>;
};

export type ServiceOptions = {
  /** @default JSON lines on standard error at the level of the configuration */
  log?: Log;
  /**
   * Engines instead of the local one; the first is the default. They are not closed with the
   * service.
   */
  engines?: readonly Engine[];
  /** How long a stop waits for downloads under way before it cuts them. @default 5000 */
  drainMsMax?: number;
};

const MILLISECONDS_PER_SECOND = 1000;
const QUEUE_STOP_MS_MAX = 10_000;
const DRAIN_MS_MAX = 5_000;
const WAITING_QUOTES_PER_TURN = 8;

/** Accounts and money alone, for commands that need no server. */
export type Books = { db: Database; accounts: Accounts; billing: Billing };

/** @throws {DataDirInUseError} when a service runs on the same embedded database. */
export async function openBooks(config: Config, log: Log): Promise<Books> {
  await mkdir(config.dataDir, { recursive: true });
  const { databaseUrl, dataDir } = config;
  const db = await openDatabase({ databaseUrl, dataDir, log });
  const means = { db, clock: systemClock, newId };
  const { referenceSecondsMin, referenceSecondsMax } = config.limits;
  const billing = createBilling({
    ...means,
    prices: {
      rateNanosPerMs: config.billing.rateNanosPerMs,
      rule: config.billing.rounding,
      billableMsMin: referenceSecondsMin * MILLISECONDS_PER_SECOND,
      billableMsMax: {
        image: referenceSecondsMax.image * MILLISECONDS_PER_SECOND,
        video: referenceSecondsMax.video * MILLISECONDS_PER_SECOND,
      },
    },
  });
  const accounts = createAccounts({
    ...means,
    ledger: billing.ledger,
    firstDepositNanos: config.billing.firstCreditNanos,
  });
  return { db, accounts, billing };
}

/** Opens everything a service needs; nothing is listened to and no work is taken before `start`. */
export async function createService(
  config: Config,
  options: ServiceOptions = {},
): Promise<Service> {
  const log = options.log ?? createLog(config.logLevel);
  const { db, accounts, billing } = await openBooks(config, log);
  try {
    return await assemble(config, options, { log, db, accounts, billing });
  } catch (error) {
    await db.close();
    throw error;
  }
}

type Parts = Books & Awaited<ReturnType<typeof openParts>> & { log: Log };

/** What has a lifetime of its own, apart from the books. */
async function openParts(config: Config, db: Database, log: Log) {
  const folders = await prepareFolders(config);
  const localEngine = createLocalEngine({
    workDir: folders.engine,
    log,
    clock: systemClock,
    score: config.engine.score,
    cache:
      config.engine.cacheBytesMax === 0
        ? null
        : {
            folder: folders.cache,
            bytesMax: config.engine.cacheBytesMax,
            unusedMsMax: config.tasks.retentionMs,
          },
    limits: {
      memoryMb: config.engine.memoryMb,
      timeoutMs: config.engine.runMsMax,
      concurrency: config.engine.concurrency,
    },
  });
  const storage = await openStorage(config);
  return {
    folders,
    localEngine,
    storage,
    uploads: openUploads(config, { db, storage, log, workDir: folders.inputs }),
    guarded: openGuardedFetch(config),
    probe: createProbe({ workDir: join(folders.inputs, 'probe'), limits: config.limits, log }),
    queue: await createQueue({ db, log }),
    signingSecret: config.http.signingSecret ?? (await loadSigningSecret(config.dataDir)),
  };
}

async function assemble(
  config: Config,
  options: ServiceOptions,
  books: Books & { log: Log },
): Promise<Service> {
  const parts: Parts = { ...books, ...(await openParts(config, books.db, books.log)) };
  const state = {
    baseUrl: config.http.publicUrl ?? '',
    localUrl: '',
    firstKey: null as string | null,
    isStopping: false,
  };
  const adminToken = randomBase58();
  const signer = createUrlSigner({
    secret: parts.signingSecret,
    getBaseUrl: () => state.baseUrl,
    clock: systemClock,
  });
  const tasks = buildTasks(config, parts, { engines: options.engines, signUrl: signer.sign });
  const app = await createApp({
    ...parts,
    tasks,
    signer,
    clock: systemClock,
    newId,
    findObstacle: () => findObstacle(parts.db, state.isStopping),
    openDump: () => openDump(parts.db, parts.folders.scratch),
    signContent: config.s3?.presignedRedirects ? (parts.storage.signAddress ?? null) : null,
    limits: {
      bodyBytesMax: config.http.bodyBytesMax,
      promptCharsMax: config.limits.promptCharsMax,
      imageBytesMax: config.limits.imageBytesMax,
      uploadMsMax: config.uploads.uploadMsMax,
    },
    adminKeys: config.http.adminKey ? [config.http.adminKey, adminToken] : [adminToken],
    isHttps: config.http.publicUrl?.startsWith('https:') ?? false,
    version: VERSION,
  });

  async function stop(): Promise<void> {
    state.isStopping = true;
    await removeServiceNote(config.dataDir, process.pid);
    // Waiting polls are woken first, or closing the server would wait for them.
    await tasks.stop();
    await closeServer(app, options.drainMsMax ?? DRAIN_MS_MAX);
    await closeParts(parts);
  }

  let stopped: Promise<void> | null = null;
  return {
    app,
    get firstKey() {
      return state.firstKey;
    },
    get url() {
      return state.localUrl;
    },
    async start() {
      const { port, host } = config.http;
      await app.listen({ port, host });
      state.localUrl = describeAddress(app.server.address(), host);
      state.baseUrl ||= state.localUrl;
      // Only now, so that a start that fails over its port does not use up the one showing of the
      // key.
      state.firstKey = (await parts.accounts.ensureFirstAccount())?.key ?? null;
      await tasks.startWorkers();
      const note = { url: state.localUrl, pid: process.pid, adminToken };
      await writeServiceNote(config.dataDir, note);
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

type TaskWiring = {
  engines: readonly Engine[] | undefined;
  signUrl(taskId: string, expiresAtMs: number): string;
};

function buildTasks(config: Config, parts: Parts, { engines, signUrl }: TaskWiring): Tasks {
  return createTasks({
    ...parts,
    engines: createEngineRegistry(engines ?? [parts.localEngine]),
    inputs: createStoredInputs({
      ...parts,
      workDir: parts.folders.inputs,
      limits: config.limits,
      newId,
    }),
    clock: systemClock,
    newId,
    limits: {
      ...DEFAULT_TASK_LIMITS,
      deadlineMs: config.tasks.deadlineMs,
      retentionMs: config.tasks.retentionMs,
      urlLifetimeMs: config.http.signedUrlMs,
      engineAttemptsMax: config.engine.attemptsMax,
      quoteKeptMs: config.quotes.keptMs,
      quoteMsMax: config.quotes.quoteMsMax,
      quoteConcurrency: config.quotes.concurrency,
      quotesWaitingMax: WAITING_QUOTES_PER_TURN * config.quotes.concurrency,
      quotesPerAccountMax: config.quotes.perAccountMax,
    },
    scratchDir: parts.folders.scratch,
    signUrl,
  });
}

/** Requests under way may end; one that takes too long, such as a slow download, is cut. */
async function closeServer(app: HttpApp, drainMsMax: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), drainMsMax);
  await app.close();
  clearTimeout(timer);
}

/** In the reverse of the order in which they lean on each other. */
async function closeParts(parts: Parts): Promise<void> {
  const { queue, localEngine, probe, guarded, db, folders } = parts;
  await queue.stop({ timeoutMs: QUEUE_STOP_MS_MAX });
  await localEngine.close();
  await probe.close();
  await guarded.close();
  await db.close();
  await rm(folders.inputs, { recursive: true, force: true });
}

async function prepareFolders(config: Config) {
  const inputs = join(config.dataDir, 'inputs', randomBase58());
  const folders = {
    /** Downloads under way, of this process alone. */
    inputs,
    scratch: join(config.dataDir, 'scratch'),
    engine: join(config.dataDir, 'engine'),
    cache: join(config.dataDir, 'cache'),
  };
  // The embedded database belongs to one process, so whatever lies here is left over from one that
  // was killed.
  if (config.databaseUrl === null) {
    await rm(join(config.dataDir, 'inputs'), { recursive: true, force: true });
  }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
}

/** The store that the configuration names: a bucket, or a folder of the data directory. */
export async function openStorage(config: Config): Promise<Storage & Partial<SignedBlob>> {
  return config.s3 === null ? await openDiskStorage(config) : createS3Storage(config.s3);
}

/** The folder of the data directory, also where the configuration names a bucket. */
export async function openDiskStorage({ dataDir }: Config): Promise<Storage> {
  return await createDiskStorage(join(dataDir, 'storage'), systemClock);
}

type UploadParts = Pick<UploadsOptions, 'db' | 'storage' | 'log' | 'workDir'>;

function openUploads({ limits, uploads }: Config, parts: UploadParts): Uploads {
  return createUploads({
    ...parts,
    clock: systemClock,
    newId,
    limits: { ...limits, ...uploads },
    nameKind: nameFileKind,
    isInUse: isUploadInUse,
  });
}

function openGuardedFetch({ net }: Config): GuardedFetch {
  return createGuardedFetch({
    allowCidrs: net.allowCidrs,
    limits: {
      ...FETCH_LIMITS_DEFAULT,
      redirectsMax: net.redirectsMax,
      downloadMsMax: net.downloadMsMax,
      bytesPerSecondMin: net.bytesPerSecondMin,
    },
    clock: systemClock,
  });
}

/** A dump that is on the disk before any of it is sent: a slow reader must not hold the database. */
async function openDump(db: Database, folder: string): Promise<OpenedDump> {
  const file = join(folder, `dump-${randomBase58()}`);
  const { sizeBytes } = await writeDump(db, file);
  const stream = createReadStream(file);
  stream.once('close', () => void rm(file, { force: true }));
  return { stream, sizeBytes };
}

async function findObstacle(db: Database, isStopping: boolean): Promise<string | null> {
  if (isStopping) return 'it is stopping';
  return await db.ping().then(
    () => null,
    () => 'the database does not answer',
  );
}

/** An address that means "every interface" is reached by the loopback one. */
function describeAddress(address: AddressInfo | string | null, host: string): string {
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `http://${everywhere[host] ?? bracketed}:${address.port}`;
}
