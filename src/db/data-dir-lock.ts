/**
 * One process at a time in a data directory. The lock is the operating system's own file lock
 * (taken by an exclusive SQLite transaction that never writes), so it ends with the process however
 * that dies, and no stale lock can remain.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOCK_FILE = 'database.lock';
const OWNER_FILE = 'database.owner.json';
const SQLITE_BUSY = 5;

export type LockOwner = { pid: number; host: string };

/** Another process holds the data directory. */
export class DataDirInUseError extends Error {
  readonly dataDir: string;
  /** Who holds it, as far as it has said so. */
  readonly owner: LockOwner | null;

  constructor(dataDir: string, owner: LockOwner | null) {
    const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
    super(
      `The data directory ${dataDir} is in use by ${who}. The embedded database serves one process at a time: ` +
        'stop that process, choose another DATA_DIR, or set DATABASE_URL to share a PostgreSQL.',
    );
    this.name = 'DataDirInUseError';
    this.dataDir = dataDir;
    this.owner = owner;
  }
}

export type DataDirLock = { release(): void };

/** Takes the lock or throws `DataDirInUseError` at once. */
export function lockDataDir(dataDir: string): DataDirLock {
  mkdirSync(dataDir, { recursive: true });
  const lock = new DatabaseSync(join(dataDir, LOCK_FILE));
  const ownerFile = join(dataDir, OWNER_FILE);
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw new DataDirInUseError(dataDir, readOwner(ownerFile));
    throw error;
  }
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, host: hostname() }));
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      rmSync(ownerFile, { force: true });
      lock.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/**
 * The owner's note is only for the message: it may be missing, half written or of an earlier owner.
 */
function readOwner(ownerFile: string): LockOwner | null {
  try {
    const owner: unknown = JSON.parse(readFileSync(ownerFile, 'utf8'));
    if (typeof owner !== 'object' || owner === null) return null;
    if (!('pid' in owner) || typeof owner.pid !== 'number') return null;
    if (!('host' in owner) || typeof owner.host !== 'string') return null;
    return { pid: owner.pid, host: owner.host };
  } catch {
    return null;
  }
}
