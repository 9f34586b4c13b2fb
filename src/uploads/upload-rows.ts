/**
 * The rows of uploads. Whatever counts or compares the uploads of an account does so while it holds
 * the account's turn, so that two that arrive together cannot both take the last of something.
 */

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';
import { AppError } from '../kernel/errors.ts';
import { formatBytes } from '../net/format-bytes.ts';
import type { ArrivedFile } from './receive-file.ts';
import { readUpload, type Upload, type UploadsOptions } from './upload.ts';

/** How much longer than its longest time an upload is thought to be under way. */
const ARRIVAL_SLACK_MS = 10 * 60_000;

type Means = UploadsOptions;

export type OwnRow = { accountId: string; id: string };

/** Takes a place among the uploads under way. Throws `too_many_uploads`. */
export async function insertArriving(means: Means, accountId: string): Promise<OwnRow> {
  const { db, clock, limits } = means;
  const id = means.newId('upload');
  const nowMs = clock.now();
  const now = new Date(nowMs);
  await db.transaction(async (tx) => {
    await takeTurn(tx, accountId);
    const { seen } = await tx
      .selectFrom('upload')
      .select(({ fn }) => fn.countAll<bigint>().as('seen'))
      .where('account_id', '=', accountId)
      .where('state', '=', 'arriving')
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow();
    if (Number(seen) >= limits.perAccountMax) {
      throw new AppError('too_many_uploads', { seen: Number(seen), limit: limits.perAccountMax });
    }
    const expiresAt = new Date(nowMs + limits.uploadMsMax + ARRIVAL_SLACK_MS);
    await tx
      .insertInto('upload')
      .values({
        id,
        account_id: accountId,
        state: 'arriving',
        created_at: now,
        expires_at: expiresAt,
      })
      .execute();
  });
  return { accountId, id };
}

/**
 * Notes what has arrived and takes its space, before it is stored; or returns the upload that has
 * the same bytes, which makes this one needless. Throws `upload_space_full`.
 */
export async function reserveSpace(
  means: Means,
  own: OwnRow,
  file: ArrivedFile,
): Promise<Upload | null> {
  return await means.db.transaction(async (tx) => {
    await takeTurn(tx, own.accountId);
    const same = await keepSame(means, tx, own.accountId, file.sha256);
    if (same) return same;
    await checkSpace(means, tx, own.accountId, file.sizeBytes);
    await tx
      .updateTable('upload')
      .set({
        kind: file.kind,
        content_type: file.contentType,
        storage_key: `uploads/${own.id}/${file.kind}${file.ending}`,
        size_bytes: BigInt(file.sizeBytes),
        sha256: file.sha256,
      })
      .where('id', '=', own.id)
      .execute();
    return null;
  });
}

/** Null when the same bytes were stored meanwhile; then `keepSame` finds those. */
export async function markStored(means: Means, own: OwnRow, sha256: string): Promise<Upload> {
  return await means.db.transaction(async (tx) => {
    await takeTurn(tx, own.accountId);
    const same = await keepSame(means, tx, own.accountId, sha256);
    if (same) return same;
    const row = await tx
      .updateTable('upload')
      .set({ state: 'stored', expires_at: new Date(means.clock.now() + means.limits.keptMs) })
      .where('id', '=', own.id)
      .where('state', '=', 'arriving')
      .returningAll()
      .executeTakeFirst();
    if (!row) throw new Error(`the upload ${own.id} was given up before it was stored`);
    return readUpload(row);
  });
}

/** Same bytes are the same upload, which is then kept as long as a new one would be. */
async function keepSame(
  means: Means,
  tx: Tx,
  accountId: string,
  sha256: string,
): Promise<Upload | null> {
  const until = new Date(means.clock.now() + means.limits.keptMs);
  const row = await tx
    .updateTable('upload')
    .set({ expires_at: sql`GREATEST(expires_at, ${until}::timestamptz)` })
    .where('account_id', '=', accountId)
    .where('sha256', '=', sha256)
    .where('state', '=', 'stored')
    .returningAll()
    .executeTakeFirst();
  return row ? readUpload(row) : null;
}

async function checkSpace(
  { limits: { spaceBytesMax } }: Means,
  tx: Tx,
  accountId: string,
  wantedBytes: number,
): Promise<void> {
  const { taken } = await tx
    .selectFrom('upload')
    .select(sql<bigint>`coalesce(sum(size_bytes), 0)::bigint`.as('taken'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  if (Number(taken) + wantedBytes <= spaceBytesMax) return;
  const seen = `${formatBytes(Number(taken))} and this one ${formatBytes(wantedBytes)} more`;
  throw new AppError('upload_space_full', { seen, limit: formatBytes(spaceBytesMax) });
}

async function takeTurn(tx: Tx, accountId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.uploadsOfAccount}, hashtext(${accountId}))`.execute(
    tx,
  );
}
