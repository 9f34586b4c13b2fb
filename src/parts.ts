/** The smaller parts of a service, made from the configuration; `main.ts` wires them together. */

import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { writeDump } from './db/dump/write-dump.ts';
import {
  createLocalEngine,
  type LocalEngine,
  type LocalEngineOptions,
} from './engines/local/engine.ts';
import type { HttpApp, OpenedDump } from './http/context.ts';
import { systemClock } from './kernel/clock.ts';
import { newId, randomBase58 } from './kernel/ids.ts';
import type { Log } from './kernel/log.ts';
import {
  createGuardedFetch,
  FETCH_LIMITS_DEFAULT,
  type GuardedFetch,
} from './net/guarded-fetch.ts';
import { nameFileKind } from './probe/sniff.ts';
import { isUploadInUse } from './tasks/upload-use.ts';
import { createUploads, type Uploads, type UploadsOptions } from './uploads/uploads.ts';

export type Folders = Awaited<ReturnType<typeof prepareFolders>>;

const NODE_FOLDERS = ['inputs', 'scratch', 'engine'];

/**
 * Processes may share a data directory, so each has folders of its own. On the embedded database
 * there is only one, and the next one finds there what its renders have finished.
 */
export async function prepareFolders(config: Config, nodeId: string) {
  const own = config.databaseUrl === null ? '' : nodeId;
  const folders = {
    /** Downloads under way. */
    inputs: join(config.dataDir, 'inputs', nodeId),
    scratch: join(config.dataDir, 'scratch', own),
    engine: join(config.dataDir, 'engine', own),
    cache: join(config.dataDir, 'cache'),
  };
  if (config.databaseUrl === null) {
    await rm(join(config.dataDir, 'inputs'), { recursive: true, force: true });
  }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
}

/** What a node that left has no more use for. */
export async function removeFolders(config: Config, folders: Folders): Promise<void> {
  await rm(folders.inputs, { recursive: true, force: true });
  if (config.databaseUrl === null) return;
  await rm(folders.scratch, { recursive: true, force: true });
  await rm(folders.engine, { recursive: true, force: true });
}

/** Folders of nodes that died here and that nobody knows any more. */
export async function removeLeftFolders(config: Config, nodeIds: readonly string[]): Promise<void> {
  const known = new Set(nodeIds);
  for (const kind of NODE_FOLDERS) {
    const names = await readdir(join(config.dataDir, kind)).catch(() => []);
    for (const name of names) {
      if (!name.startsWith('node_') || known.has(name)) continue;
      await rm(join(config.dataDir, kind, name), { recursive: true, force: true });
    }
  }
}

export function openLocalEngine(
  { engine, tasks }: Config,
  means: { folders: Folders; log: Log } & Pick<LocalEngineOptions, 'onStages'>,
): LocalEngine {
  const { cacheBytesMax, memoryMb, runMsMax: timeoutMs, concurrency } = engine;
  return createLocalEngine({
    ...means,
    workDir: means.folders.engine,
    clock: systemClock,
    score: engine.score,
    cache:
      cacheBytesMax === 0
        ? null
        : { folder: means.folders.cache, bytesMax: cacheBytesMax, unusedMsMax: tasks.retentionMs },
    limits: { memoryMb, timeoutMs, concurrency },
  });
}

type UploadParts = Pick<UploadsOptions, 'db' | 'storage' | 'log' | 'workDir'>;

export function openUploads({ limits, uploads }: Config, parts: UploadParts): Uploads {
  return createUploads({
    ...parts,
    clock: systemClock,
    newId,
    limits: { ...limits, ...uploads },
    nameKind: nameFileKind,
    isInUse: isUploadInUse,
  });
}

export function openGuardedFetch({ net }: Config, onBytes: (count: number) => void): GuardedFetch {
  return createGuardedFetch({
    allowCidrs: net.allowCidrs,
    limits: {
      ...FETCH_LIMITS_DEFAULT,
      redirectsMax: net.redirectsMax,
      downloadMsMax: net.downloadMsMax,
      bytesPerSecondMin: net.bytesPerSecondMin,
    },
    clock: systemClock,
    onBytes,
  });
}

/** It is on the disk before any of it is sent: a slow reader must not hold the database. */
export async function openDump(db: Database, folder: string): Promise<OpenedDump> {
  const file = join(folder, `dump-${randomBase58()}`);
  const { sizeBytes } = await writeDump(db, file);
  const stream = createReadStream(file);
  stream.once('close', () => void rm(file, { force: true }));
  return { stream, sizeBytes };
}

/** Requests under way may end; one that takes too long, such as a slow download, is cut. */
export async function closeServer(app: HttpApp, drainMsMax: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), drainMsMax);
  await app.close();
  clearTimeout(timer);
}

export async function findObstacle(db: Database, isStopping: boolean): Promise<string | null> {
  if (isStopping) return 'it is stopping';
  return await db.ping().then(
    () => null,
    () => 'the database does not answer',
  );
}

/** An address that means "every interface" is reached by the loopback one. */
export function describeAddress(address: AddressInfo | string | null, host: string): string {
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `http://${everywhere[host] ?? bracketed}:${address.port}`;
}
