/** The places that the service writes to and listens at. */

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import type { Config } from '../../config.ts';
import type { Database } from '../../db/database.ts';
import { readApplied } from '../../db/dump/catalog.ts';
import { randomBase58 } from '../../kernel/ids.ts';
import { createLog } from '../../kernel/log.ts';
import { openBooks, openStorage } from '../../main.ts';
import { isServiceRunning } from '../../net/own-service.ts';
import { readServiceNote } from '../../net/service-file.ts';
import type { Warning } from './check.ts';

const GIGABYTE = 1024 ** 3;
/** Below this a render may not find room for its own files. */
const FREE_BYTES_MIN = GIGABYTE;
/** Inputs and results of some hundred tasks. */
const FREE_BYTES_WISE = 10 * GIGABYTE;

/** Before it this program was not written. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
const SKEW_MS_MAX = 5_000;

/** The service that uses this data folder now, or null. */
async function findRunning({ dataDir }: Config): Promise<string | null> {
  const note = await readServiceNote(dataDir);
  return note !== null && (await isServiceRunning(note)) ? note.url : null;
}

export async function examineDataFolder({ dataDir }: Config): Promise<string | Warning> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, `doctor-${randomBase58()}`);
  await writeFile(file, 'a file that may be removed');
  await rm(file);
  const { bavail, bsize } = await statfs(dataDir);
  return describeSpace(resolve(dataDir), bavail * bsize);
}

/** @throws {Error} when there is too little for a single render. */
export function describeSpace(folder: string, freeBytes: number): string | Warning {
  const free = `${(freeBytes / GIGABYTE).toFixed(1)} GB are free`;
  if (freeBytes < FREE_BYTES_MIN) throw new Error(`only ${free} at ${folder}`);
  const seen = `${folder} can be written, ${free}`;
  if (freeBytes >= FREE_BYTES_WISE) return seen;
  return { seen, advice: 'Some hundred tasks fill that. Lower RETENTION_DAYS, or use S3_BUCKET.' };
}

export async function examineDatabase(config: Config): Promise<string> {
  const url = await findRunning(config);
  if (config.databaseUrl === null && url !== null) return `the service at ${url} uses it`;
  const { db } = await openBooks(config, createLog('silent'));
  try {
    return await describeDatabase(db);
  } finally {
    await db.close();
  }
}

async function describeDatabase(db: Database): Promise<string> {
  const { rows: versions } = await db.executeSql('SHOW server_version');
  // What follows the number names the maker of the binaries.
  const version = String(versions[0]?.['server_version']).split(' ')[0];
  const applied = await readApplied(db.kysely);
  await compareClocks(db);
  const kind = db.kind === 'pglite' ? 'the embedded one' : 'a server';
  return `${kind} opens (PostgreSQL ${version}); its ${applied.length} migrations are those of this version`;
}

/** Deadlines and leases are written by one clock and read by another. */
async function compareClocks(db: Database): Promise<void> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db.kysely);
  const skewMs = Math.abs((rows[0]?.now.getTime() ?? 0) - Date.now());
  if (skewMs <= SKEW_MS_MAX) return;
  const seconds = (skewMs / 1_000).toFixed(0);
  throw new Error(`its clock and that of this machine are ${seconds} s apart; set both by NTP`);
}

/** @throws {Error} for a clock that nobody has set. */
export async function examineClock(_config: Config, nowMs = Date.now()): Promise<string> {
  const shown = new Date(nowMs).toISOString();
  if (nowMs < EARLIEST_MS) throw new Error(`it says ${shown}, which is over`);
  return shown;
}

export async function examineStorage(config: Config): Promise<string> {
  const storage = await openStorage(config);
  const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
  const key = `doctor/${randomBase58()}.json`;
  try {
    const bytes = randomBytes(1000);
    await writeFile(join(folder, 'bytes'), bytes);
    await storage.putFile(key, join(folder, 'bytes'), 'application/json');
    const read = await buffer(await storage.open(key));
    if (!read.equals(bytes)) throw new Error('what was stored did not come back the same');
    return config.s3 === null
      ? 'the local disk keeps files'
      : `the bucket ${config.s3.bucket} does`;
  } finally {
    await storage.delete(key);
    await rm(folder, { recursive: true });
  }
}

export async function examinePort(config: Config): Promise<string> {
  const { port, host } = config.http;
  const url = await findRunning(config);
  if (url !== null) return `the service runs at ${url}`;
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(port, host, listening.resolve);
  await listening.promise;
  await new Promise((closed) => server.close(closed));
  return port === 0 ? `${host}, any that is free` : `${host}:${port} is free`;
}
