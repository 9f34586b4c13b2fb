/**
 * Rows and blobs that have lost each other are found from both sides. A blob is an orphan only when
 * it is old, its key is one that this service makes, and no row can still want it.
 */

import { basename } from 'node:path/posix';
import { type SqlBool, sql } from 'kysely';
import type { Queryable } from '../db/database.ts';
import type { ListedBlob, Storage } from '../storage/storage.ts';
import { isMediaName, isResultName } from './media-keys.ts';

/**
 * Rows come before their blobs, so an hour would do for clocks that differ. A day also spares what
 * was stored after the backup that somebody tries out on the same bucket.
 */
export const ORPHAN_GRACE_MS = 24 * 60 * 60_000;

/** Blobs whose rows are asked for together, and rows that are read together. */
const BATCH_SIZE = 500;

/** Lost results that are looked for; more than that is one trouble, not many. */
const MISSING_MAX = 1_000;

/** A result whose time is over so soon may be removed while it is looked for. */
const ENDING_MS = 60 * 60_000;

export type StorageReport = {
  blobCount: number;
  /** Stored too lately to be judged. */
  youngCount: number;
  /** Under keys that this service does not make; never touched. */
  strangeCount: number;
  orphanCount: number;
  orphanBytes: number;
  /** The first of them, as many as were asked for. */
  orphans: readonly ListedBlob[];
  /** Tasks whose kept result is not there, at most `MISSING_MAX`. */
  missingTaskIds: readonly string[];
};

export type LookOptions = { nowMs: number; orphansMax: number };

/** Reads every key of the storage and the rows that name them; changes nothing. */
export async function compareStorage(
  db: Queryable,
  storage: Pick<Storage, 'list' | 'stat'>,
  { nowMs, orphansMax }: LookOptions,
): Promise<StorageReport> {
  const counts = { blobCount: 0, youngCount: 0, strangeCount: 0, orphanCount: 0, orphanBytes: 0 };
  const orphans: ListedBlob[] = [];
  const resultKeys = new Set<string>();
  let batch: OwnedBlob[] = [];

  const judgeBatch = async () => {
    for (const blob of await findOrphans(db, batch)) {
      counts.orphanCount += 1;
      counts.orphanBytes += blob.sizeBytes;
      if (orphans.length < orphansMax) orphans.push(blob);
    }
    batch = [];
  };

  for await (const blob of storage.list()) {
    counts.blobCount += 1;
    const owner = findOwner(blob.key);
    if (isResultName(basename(blob.key))) resultKeys.add(blob.key);
    if (owner === null) counts.strangeCount += 1;
    else if (blob.storedAtMs > nowMs - ORPHAN_GRACE_MS) counts.youngCount += 1;
    else batch.push({ ...owner, blob });
    if (batch.length === BATCH_SIZE) await judgeBatch();
  }
  await judgeBatch();
  const missingTaskIds = await findMissing(db, storage, { nowMs, resultKeys });
  return { ...counts, orphans, missingTaskIds };
}

type OwnerTable = 'task' | 'quote' | 'upload';

type Owner = { table: OwnerTable; id: string };

type OwnedBlob = Owner & { blob: ListedBlob };

const OWNED_KEY =
  /^(task|quote|upload)s\/((task|quote|upload)_[A-Za-z0-9]+)\/([a-z]+\d*\.[a-z0-9]+)$/;

/** Null for a key of somebody else's, who may share the bucket. */
function findOwner(key: string): Owner | null {
  const [, folder, id = '', kind, name = ''] = OWNED_KEY.exec(key) ?? [];
  if (folder === undefined || folder !== kind) return null;
  if (folder === 'upload') return { table: folder, id };
  const isOurs = (folder === 'task' || folder === 'quote') && isMediaName(name);
  return isOurs ? { table: folder, id } : null;
}

async function findOrphans(db: Queryable, batch: readonly OwnedBlob[]): Promise<ListedBlob[]> {
  const wanted = new Set<string>();
  for (const table of ['task', 'quote', 'upload'] as const) {
    const ids = new Set(batch.filter((one) => one.table === table).map(({ id }) => id));
    if (ids.size === 0) continue;
    for (const id of await listOwners(db, table, [...ids])) wanted.add(id);
  }
  return batch.filter(({ id }) => !wanted.has(id)).map(({ blob }) => blob);
}

/** Of these owners, those whose media may still be wanted. */
async function listOwners(db: Queryable, table: OwnerTable, ids: string[]): Promise<string[]> {
  if (table === 'task') {
    // What is there after the removal was written by a worker that noticed the end too late.
    const tasks = db.selectFrom('task').select('id').where('purged_at', 'is', null);
    return (await tasks.where('id', 'in', ids).execute()).map(({ id }) => id);
  }
  const rows = await db.selectFrom(table).select('id').where('id', 'in', ids).execute();
  return rows.map(({ id }) => id);
}

type Listed = { nowMs: number; resultKeys: ReadonlySet<string> };

async function findMissing(
  db: Queryable,
  storage: Pick<Storage, 'stat'>,
  { nowMs, resultKeys }: Listed,
): Promise<string[]> {
  const missing: string[] = [];
  let after = { at: new Date(nowMs + ENDING_MS), id: '' };
  while (missing.length < MISSING_MAX) {
    const rows = await selectKept(db)
      // The first of the two lets the index be used, the second goes on where the last page ended.
      .where('expires_at', '>=', after.at)
      .where(sql<SqlBool>`(expires_at, id) > (${after.at}::timestamptz, ${after.id})`)
      .orderBy('expires_at')
      .orderBy('id')
      .limit(BATCH_SIZE)
      .execute();
    for (const { id, key } of rows) {
      // What came while the keys were listed is not among them, so the storage has the last word.
      if (key === null || resultKeys.has(key) || (await storage.stat(key)) !== null) continue;
      if (missing.length < MISSING_MAX) missing.push(id);
    }
    const last = rows.at(-1);
    if (!last?.expires_at || rows.length < BATCH_SIZE) break;
    after = { at: last.expires_at, id: last.id };
  }
  if (missing.length === 0) return [];
  // Some may have been deleted by their owners since.
  const kept = await selectKept(db).where('id', 'in', missing).execute();
  return kept.map(({ id }) => id).toSorted();
}

function selectKept(db: Queryable) {
  return db
    .selectFrom('task')
    .select(['id', 'expires_at', sql<string | null>`result->>'storageKey'`.as('key')])
    .where('state', '=', 'completed')
    .where('deleted_at', 'is', null)
    .where('purged_at', 'is', null);
}
