/**
 * Keeps finished work in a folder, so that it need not be done twice: entries appear whole or not
 * at all, damaged ones count as absent, and the folder stays below its limits.
 */

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Where finished work is kept, and how much of it. */
export type CacheOptions = {
  /** Made when it is missing. Several jobs and processes may share it. */
  folder: string;
  /** Above this many bytes the entries that were not used for the longest time are removed. */
  bytesMax: number;
  /** Entries that were not used for this many milliseconds are removed. @default never */
  unusedMsMax?: number;
};

/** A folder of entries, each a folder of files that a person can open. */
export type CacheFolder = {
  /**
   * What `read` makes of the folder of an entry; null when there is none, when a file of it has
   * changed since it was written, or when `read` throws.
   */
  take<T>(name: string, read: (folder: string) => Promise<T>): Promise<T | null>;
  /**
   * Adds an entry, whose files `write` puts into the folder it is given, in place of a damaged one;
   * then removes what exceeds the limits.
   */
  keep(name: string, write: (folder: string) => Promise<void>): Promise<void>;
};

/** Checksums of all files of an entry; written last, so an entry without it is not whole. */
const SEAL = 'seal.json';
/** Its time is when the entry was last used. */
const USED = 'used';
const PARTIAL = '.partial';

/** What a job that was killed has left is removed after this time. */
const PARTIAL_MS_MAX = 3_600_000;

/** Opens a cache; nothing is read or written before it is used. */
export function openCacheFolder({ folder, bytesMax, unusedMsMax }: CacheOptions): CacheFolder {
  return {
    async take(name, read) {
      const entry = join(folder, name);
      if (!(await isWhole(entry))) return null;
      try {
        const found = await read(entry);
        await touch(entry);
        return found;
      } catch {
        // Damaged in a way the checksums do not show, or removed meanwhile: it is made again.
        return null;
      }
    },
    async keep(name, write) {
      const partial = join(folder, `${name}.${randomUUID()}${PARTIAL}`);
      try {
        await mkdir(partial, { recursive: true });
        await write(partial);
        await writeFile(join(partial, SEAL), JSON.stringify(await hashFiles(partial), null, 1));
        await touch(partial);
        await replace(partial, join(folder, name));
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
      await removeSurplus(folder, name, bytesMax, unusedMsMax ?? Infinity);
    },
  };
}

/** Hexadecimal SHA-256 of the bytes of a file. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function isWhole(entry: string): Promise<boolean> {
  try {
    const sealed: unknown = JSON.parse(await readFile(join(entry, SEAL), 'utf8'));
    return JSON.stringify(sealed) === JSON.stringify(await hashFiles(entry));
  } catch {
    return false;
  }
}

/** Name and checksum of each file of an entry but our own two, in order of their names. */
async function hashFiles(entry: string): Promise<Record<string, string>> {
  const names = (await readdir(entry)).filter((name) => name !== SEAL && name !== USED).sort();
  const hashes = await Promise.all(names.map((name) => hashFile(join(entry, name))));
  return Object.fromEntries(names.map((name, i) => [name, hashes[i]!]));
}

async function touch(entry: string): Promise<void> {
  await writeFile(join(entry, USED), '');
}

/** Whoever was here first may stay when his entry is whole: it holds the same. */
async function replace(partial: string, entry: string): Promise<void> {
  if (await isWhole(entry)) return;
  await rm(entry, { recursive: true, force: true });
  await rename(partial, entry).catch((error: unknown) => {
    if (!isTaken(error)) throw error;
  });
}

/** Another job has made the same entry between our look and our renaming. */
function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}

type Entry = { path: string; bytes: number; usedAtMs: number; isPartial: boolean };

/** The entry just written gives the time: nothing here reads a clock. */
async function removeSurplus(
  folder: string,
  newest: string,
  bytesMax: number,
  unusedMsMax: number,
): Promise<void> {
  const names = await readdir(folder);
  const entries = await Promise.all(names.map((name) => measure(join(folder, name))));
  const nowMs = entries.find(({ path }) => path === join(folder, newest))?.usedAtMs ?? 0;
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const entry of entries.toSorted((a, b) => a.usedAtMs - b.usedAtMs)) {
    const unusedMs = nowMs - entry.usedAtMs;
    const isOld = unusedMs > (entry.isPartial ? PARTIAL_MS_MAX : unusedMsMax);
    if (!isOld && (total <= bytesMax || entry.isPartial)) continue;
    await rm(entry.path, { recursive: true, force: true });
    total -= entry.bytes;
  }
}

async function measure(path: string): Promise<Entry> {
  const isPartial = path.endsWith(PARTIAL);
  const files = await readdir(path).catch((): string[] => []);
  const facts = await Promise.all(files.map((name) => stat(join(path, name)).catch(() => null)));
  const bytes = facts.reduce((sum, fact) => sum + (fact?.size ?? 0), 0);
  const used = facts[files.indexOf(USED)] ?? (await stat(path).catch(() => null));
  return { path, bytes, usedAtMs: used?.mtimeMs ?? 0, isPartial };
}
