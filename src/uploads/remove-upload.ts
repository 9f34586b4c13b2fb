/**
 * Removes uploads: marked first, so that nobody begins to use them, then their bytes, then the row.
 * A crash on the way leaves a marked row, which the sweep finishes.
 */

import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../kernel/errors.ts';
import type { UploadsOptions } from './upload.ts';

/** Uploads that one sweep removes; the next sweep takes the rest. */
const SWEPT_MAX = 100;

/** A file that is this much older than the longest upload belongs to a process that is gone. */
const STALE_MS = 60 * 60_000;

/** Throws `upload_not_found`, also for one of another account, and `upload_in_use`. */
export async function removeUpload(
  means: UploadsOptions,
  accountId: string,
  id: string,
): Promise<void> {
  await means.db.transaction(async (tx) => {
    // The lock makes a submit that wants this upload wait, or makes this wait for the submit.
    const row = await tx
      .selectFrom('upload')
      .select('id')
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .where('state', '=', 'stored')
      .where('expires_at', '>', new Date(means.clock.now()))
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new AppError('upload_not_found', { id });
    if (await means.isInUse(tx, id)) throw new AppError('upload_in_use', { id });
    await tx.updateTable('upload').set(marked(means)).where('id', '=', id).execute();
  });
  await removeMarked(means, id);
}

/** Gives up an upload that did not get to its end; what cannot be removed now, the sweep will. */
export async function dropUpload(means: UploadsOptions, id: string): Promise<void> {
  try {
    await means.db.kysely
      .updateTable('upload')
      .set(marked(means))
      .where('id', '=', id)
      .where('state', '=', 'arriving')
      .execute();
    await removeMarked(means, id);
  } catch (error) {
    means.log.warn({ uploadId: id, err: error }, 'a given up upload is left to the sweep');
  }
}

/** Removes what has expired, what was given up, and what processes left that are gone. */
export async function sweepUploads(means: UploadsOptions): Promise<void> {
  const rows = await means.db.kysely
    .selectFrom('upload')
    .select('id')
    .where('expires_at', '<=', new Date(means.clock.now()))
    .orderBy('expires_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const { id } of rows) {
    await removeExpired(means, id).catch((error: unknown) => {
      means.log.error({ uploadId: id, err: error }, 'an upload could not be removed');
    });
  }
  await removeStaleFiles(means);
}

async function removeExpired(means: UploadsOptions, id: string): Promise<void> {
  const isMarked = await means.db.transaction(async (tx) => {
    const row = await tx
      .selectFrom('upload')
      .select('state')
      .where('id', '=', id)
      .where('expires_at', '<=', new Date(means.clock.now()))
      .forUpdate()
      .executeTakeFirst();
    if (!row || (row.state === 'stored' && (await means.isInUse(tx, id)))) return false;
    await tx.updateTable('upload').set(marked(means)).where('id', '=', id).execute();
    return true;
  });
  if (isMarked) await removeMarked(means, id);
}

function marked(means: UploadsOptions) {
  return { state: 'removing' as const, expires_at: new Date(means.clock.now()) };
}

async function removeMarked(means: UploadsOptions, id: string): Promise<void> {
  const row = await means.db.kysely
    .selectFrom('upload')
    .select('storage_key')
    .where('id', '=', id)
    .where('state', '=', 'removing')
    .executeTakeFirst();
  if (!row) return;
  if (row.storage_key !== null) await means.storage.delete(row.storage_key);
  await means.db.kysely.deleteFrom('upload').where('id', '=', id).execute();
}

/** Several processes may share a data directory, each with a folder of its own for what arrives. */
async function removeStaleFiles(means: UploadsOptions): Promise<void> {
  const parent = dirname(means.workDir);
  const oldestMs = means.clock.now() - means.limits.uploadMsMax - STALE_MS;
  for (const folder of await readdir(parent, { withFileTypes: true })) {
    const path = join(parent, folder.name);
    if (!folder.isDirectory() || path === means.workDir) continue;
    for (const name of await readdir(path).catch(() => [])) {
      const facts = await stat(join(path, name)).catch(() => null);
      if (facts?.isFile() && facts.mtimeMs < oldestMs) await rm(join(path, name));
    }
  }
}
