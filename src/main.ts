/**
 * The composition root: the only file that knows everyone. It wires the parts together and decides
 * nothing else.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { type Billing, createBilling } from './billing/billing.ts';
import { type Config, ConfigError } from './config.ts';
import type { Database } from './db/database.ts';
import { openDatabase } from './db/open.ts';
import type { Engine } from './engines/engine.ts';
import { createEngineRegistry } from './engines/registry.ts';
import { countReadings, countStored, describePage, listSecrets, watchParts } from './figures.ts';
import { createApp } from './http/app.ts';
import type { HttpApp } from './http/context.ts';
import { gaugeStrain } from './http/shed-load.ts';
import { createUrlSigner } from './http/signed-url.ts';
import { loadSigningSecret } from './http/signing-secret.ts';
import { systemClock } from './kernel/clock.ts';
import { newId, randomBase58 } from './kernel/ids.ts';
import { createLog, type Log } from './kernel/log.ts';
import { VERSION } from './kernel/version.ts';
import { createMetrics } from './metrics/metrics.ts';
import { removeServiceNote, writeServiceNote } from './net/service-file.ts';
import { createNodes, type NodeRole } from './nodes/nodes.ts';
import {
  closeServer,
  describeAddress,
  findObstacle,
  openDump,
  openGuardedFetch,
  openLocalEngine,
  openUploads,
  prepareFolders,
  removeFolders,
  removeLeftFolders,
} from './parts.ts';
import { createPreflight } from './probe/preflight.ts';
import { createProbe, type Probe } from './probe/probe.ts';
import { createQueue } from './queue/queue.ts';
import { createDiskStorage } from './storage/disk/disk-storage.ts';
import { createS3Storage } from './storage/s3/s3-storage.ts';
import type { SignedBlob, Storage } from './storage/storage.ts';
import type { DrainOptions } from './tasks/drain.ts';
import { DEFAULT_TASK_LIMITS } from './tasks/options.ts';
import { createStoredInputs } from './tasks/stored-inputs.ts';
import { createTasks, type Tasks } from './tasks/tasks.ts';

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
   * Takes up no more work, lets renders and requests under way end, gives unfinished tasks back,
   * and closes everything. Safe to call twice.
   *
   * @param enough Gives back what is still rendered without waiting any longer.
   */
  stop(enough?: AbortSignal): Promise<void>;
};

export type ServiceOptions = {
  /** @default JSON lines on standard error at the level of the configuration */
  log?: Log;
  /**
   * Engines instead of the local one; the first is the default. They are not closed with the
   * service.
   */
  engines?: readonly Engine[];
  /** What reads the facts of pictures and clips. @default children in a jail */
  probe?: Probe;
  /** What this process does of the service's work. @default all */
  role?: NodeRole;
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
  refuseImpossibleRole(config, options.role ?? 'all');
  const log = options.log ?? createLog(config.logLevel, undefined, listSecrets(config));
  const { db, accounts, billing } = await openBooks(config, log);
  try {
    const role = options.role ?? 'all';
    const opened = await openParts(config, role, { db, log });
    const probe = options.probe ?? opened.probe;
    const parts = { ...opened, probe, log, db, accounts, billing };
    return await assemble(config, options, parts).catch(async (error: unknown) => {
      await closeParts(config, parts);
      throw error;
    });
  } catch (error) {
    await db.close();
    throw error;
  }
}

function refuseImpossibleRole({ databaseUrl, http }: Config, role: NodeRole): void {
  if (role === 'all') return;
  if (databaseUrl === null) {
    const why = 'the embedded database serves one process, which has to do everything';
    throw new ConfigError([`--role ${role} needs DATABASE_URL: ${why}`]);
  }
  if (role === 'api' && http.signingSecret === null) {
    const why = 'an address that one process signs is checked by another';
    throw new ConfigError([`--role api needs SIGNING_SECRET, the same for all: ${why}`]);
  }
}

type Parts = Books & Awaited<ReturnType<typeof openParts>> & { log: Log };

/** What has a lifetime of its own, apart from the books. */
async function openParts(config: Config, role: NodeRole, { db, log }: { db: Database; log: Log }) {
  const nodes = createNodes({
    db,
    clock: systemClock,
    log,
    id: newId('node'),
    role,
    silenceMsMax: config.tasks.leaseMs,
  });
  const metrics = createMetrics({ clock: systemClock, log, version: VERSION });
  const folders = await prepareFolders(config, nodes.id);
  const storage = countStored(await openStorage(config), metrics);
  return {
    metrics,
    folders,
    localEngine: openLocalEngine(config, { folders, log, onStages: metrics.media.stagesReused }),
    storage,
    uploads: openUploads(config, { db, storage, log, workDir: folders.inputs }),
    guarded: openGuardedFetch(config, metrics.media.bytesFetched),
    probe: createProbe({
      workDir: join(folders.inputs, 'probe'),
      limits: config.limits,
      log,
      onOutcome: countReadings(metrics),
    }),
    preflight:
      config.preflight &&
      createPreflight({ ...config.preflight, workDir: join(folders.inputs, 'preflight'), log }),
    nodes,
    strain: gaugeStrain(() => db.ping()),
    signingSecret: config.http.signingSecret ?? (await loadSigningSecret(config.dataDir)),
    // The last one, because it runs from here on and must be stopped.
    queue: await createQueue({ db, log, supervises: role !== 'api' }),
  };
}

async function assemble(config: Config, options: ServiceOptions, parts: Parts): Promise<Service> {
  const role = options.role ?? 'all';
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
  const adminKeys = config.http.adminKey ? [config.http.adminKey, adminToken] : [adminToken];
  watchParts(parts.metrics, { ...parts, tasks });
  const app = await createApp({
    ...parts,
    figures: parts.metrics.http,
    metrics: describePage(config, parts.metrics, adminKeys),
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
    adminKeys,
    rates: config.rates,
    readStrain: parts.strain.read,
    hasOnlyHealth: role === 'worker',
    isHttps: config.http.publicUrl?.startsWith('https:') ?? false,
    version: VERSION,
    findBaseUrl: () => state.baseUrl || null,
  });

  async function stop(enough?: AbortSignal): Promise<void> {
    state.isStopping = true;
    await removeServiceNote(config.dataDir, process.pid);
    await drain(tasks, parts, { timeoutMs: config.tasks.drainMs, ...(enough ? { enough } : {}) });
    // Waiting polls are woken first, or closing the server would wait for them.
    await tasks.stop();
    await closeServer(app, options.drainMsMax ?? DRAIN_MS_MAX);
    await closeParts(config, parts);
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
      await parts.nodes.join();
      await app.listen({ port, host });
      state.localUrl = describeAddress(app.server.address(), host);
      state.baseUrl ||= state.localUrl;
      await removeLeftFolders(config, await parts.nodes.listIds());
      if (role !== 'api') await tasks.startWorkers();
      if (role === 'worker') return;
      // Only now, so that a start that fails over its port does not use up the one showing of the
      // key.
      state.firstKey = (await parts.accounts.ensureFirstAccount())?.key ?? null;
      const note = { url: state.localUrl, pid: process.pid, adminToken };
      await writeServiceNote(config.dataDir, note);
    },
    stop(enough) {
      stopped ??= stop(enough);
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
    figures: parts.metrics.tasks,
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
      taskKeptMs: config.tasks.taskKeptMs,
      storageSweepIntervalMs: config.tasks.storageSweepIntervalMs,
      auditIntervalMs: config.tasks.auditIntervalMs,
      urlLifetimeMs: config.http.signedUrlMs,
      engineAttemptsMax: config.engine.attemptsMax,
      quoteKeptMs: config.quotes.keptMs,
      quoteMsMax: config.quotes.quoteMsMax,
      quoteConcurrency: config.quotes.concurrency,
      quotesWaitingMax: WAITING_QUOTES_PER_TURN * config.quotes.concurrency,
      quotesPerAccountMax: config.quotes.perAccountMax,
      leaseMs: config.tasks.leaseMs,
      runningPerAccountMax: config.tasks.runningPerAccountMax,
      unfinishedPerAccountMax: config.tasks.unfinishedPerAccountMax,
      waitsMax: config.tasks.waitsMax,
    },
    scratchDir: parts.folders.scratch,
    signUrl,
  });
}

/** What cannot be given back now is taken up when this node has been silent for long enough. */
async function drain(tasks: Tasks, { nodes, log }: Parts, options: DrainOptions): Promise<void> {
  try {
    await tasks.drain(options);
    await nodes.leave();
  } catch (error) {
    log.error({ err: error }, 'unfinished tasks were not given back');
  }
}

/** In the reverse of the order in which they lean on each other. */
async function closeParts(config: Config, parts: Parts): Promise<void> {
  const { strain, queue, localEngine, probe, preflight, guarded, db, folders } = parts;
  strain.close();
  await queue.stop({ timeoutMs: QUEUE_STOP_MS_MAX });
  await localEngine.close();
  await probe.close();
  await preflight?.close();
  await guarded.close();
  parts.metrics.close();
  await db.close();
  await removeFolders(config, folders);
}

/** The store that the configuration names: a bucket, or a folder of the data directory. */
export async function openStorage(config: Config): Promise<Storage & Partial<SignedBlob>> {
  return config.s3 === null ? await openDiskStorage(config) : createS3Storage(config.s3);
}

/** The folder of the data directory, also where the configuration names a bucket. */
export async function openDiskStorage({ dataDir }: Config): Promise<Storage> {
  return await createDiskStorage(join(dataDir, 'storage'), systemClock);
}
