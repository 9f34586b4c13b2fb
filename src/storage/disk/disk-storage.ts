/**
 * Blobs as files below one folder. A blob appears under its key by a rename, after its bytes have
 * reached the disk, so a reader sees all of it or nothing.
 */

import { constants } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { randomBase58 } from '../../kernel/ids.ts';
import { sumFile } from '../file-sum.ts';
import { blobNotFound, checkKey } from '../keys.ts';
import type { ListedBlob, Storage } from '../storage.ts';

/** The ending of a key says what the blob is: files carry no content type of their own. */
const CONTENT_TYPES: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.json': 'application/json',
};
const UNKNOWN_TYPE = 'application/octet-stream';

/** A draft that is this old belongs to a process that ended before it had finished. */
const DRAFT_AGE_MS_MAX = 24 * 3600 * 1000;

/** @param folder Created when it is missing; several processes may share it. */
export async function createDiskStorage(folder: string, clock: Clock): Promise<Storage> {
  const blobs = join(folder, 'blobs');
  const incoming = join(folder, 'incoming');
  await mkdir(blobs, { recursive: true });
  await mkdir(incoming, { recursive: true });
  await removeOldDrafts(incoming, clock);

  function pathOf(key: string): string {
    checkKey(key);
    return join(blobs, key);
  }

  return {
    async putFile(key, path, contentType) {
      const target = pathOf(key);
      const draft = join(incoming, randomBase58());
      try {
        await copyFile(path, draft, constants.COPYFILE_FICLONE);
        await flushToDisk(draft);
        const sum = await sumFile(draft);
        await mkdir(dirname(target), { recursive: true });
        await rename(draft, target);
        return { key, ...sum, contentType };
      } finally {
        await rm(draft, { force: true });
      }
    },

    async stat(key) {
      const facts = await stat(pathOf(key)).catch(nullWhenMissing);
      if (facts === null || !facts.isFile()) return null;
      return { sizeBytes: facts.size, contentType: CONTENT_TYPES[extname(key)] ?? UNKNOWN_TYPE };
    },

    async open(key, range) {
      const file = await open(pathOf(key)).catch(nullWhenMissing);
      if (file === null) throw blobNotFound(key);
      return file.createReadStream(range ? { start: range.start, end: range.end } : {});
    },

    async getFile(key, path) {
      const source = pathOf(key);
      await rm(path, { force: true });
      // A link costs nothing, but works only on the same file system.
      const isLinked = await link(source, path).then(
        () => true,
        () => false,
      );
      if (isLinked) return;
      const copied = await copyFile(source, path).then(() => true, nullWhenMissing);
      if (copied === null) throw blobNotFound(key);
    },

    async delete(key) {
      const target = pathOf(key);
      await rm(target, { force: true });
      await removeEmptyFolder(dirname(target));
    },

    list: () => listFiles(blobs, ''),
  };
}

async function* listFiles(folder: string, prefix: string): AsyncGenerator<ListedBlob> {
  const entries = await opendir(join(folder, prefix)).catch(nullWhenMissing);
  if (entries === null) return;
  for await (const entry of entries) {
    const key = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* listFiles(folder, `${key}/`);
    const facts = entry.isFile() ? await stat(join(folder, key)).catch(nullWhenMissing) : null;
    if (facts !== null) yield { key, sizeBytes: facts.size, storedAtMs: facts.mtimeMs };
  }
}

async function removeOldDrafts(incoming: string, clock: Clock): Promise<void> {
  for (const name of await readdir(incoming)) {
    const draft = join(incoming, name);
    const facts = await stat(draft).catch(nullWhenMissing);
    if (facts === null || clock.now() - facts.mtimeMs < DRAFT_AGE_MS_MAX) continue;
    await rm(draft, { force: true });
  }
}

async function flushToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeEmptyFolder(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(nullWhenMissing);
  if (entries === null || entries.length > 0) return;
  // Another blob may arrive in the same moment; then the folder is not empty, which is just as
  // well.
  await rmdir(folder).catch(() => {});
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
