/**
 * Files that customers send us instead of addresses: each is stored once an account, kept for a
 * while, and leaves nothing behind when it is given up, removed or expired.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Tx } from '../db/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type ArrivedFile, receiveFile } from './receive-file.ts';
import { dropUpload, removeUpload, sweepUploads } from './remove-upload.ts';
import { readUpload, type Upload, type UploadKind, type UploadsOptions } from './upload.ts';
import { insertArriving, markStored, type OwnRow, reserveSpace } from './upload-rows.ts';

export type { Upload, UploadKind, UploadLimits, UploadsOptions } from './upload.ts';

export type ReceivedUpload = {
  upload: Upload;
  /** False when the account had the same bytes already; then it is their upload, kept anew. */
  isNew: boolean;
};

export type UploadCount = { state: string; count: number; sizeBytes: number };

export type UploadPage = { uploads: Upload[]; hasMore: boolean };

export type Uploads = {
  /**
   * Takes a body to its end, straight to disk and then into storage. The body is destroyed when it
   * is refused. Throws `too_many_uploads`, `upload_kind_unsupported`, `upload_too_large`,
   * `upload_space_full`, `body_too_slow`, `body_incomplete`.
   *
   * @param declaredBytes What the sender says about the size, if anything.
   */
  receive(accountId: string, body: Readable, declaredBytes: number | null): Promise<ReceivedUpload>;
  /** The same for bytes at hand. */
  receiveBytes(accountId: string, bytes: Buffer): Promise<ReceivedUpload>;
  /** Throws `upload_not_found`, also for an upload of another account or an expired one. */
  find(accountId: string, id: string): Promise<Upload>;
  /** Newest first. */
  list(accountId: string, page: { limit: number; after: string | null }): Promise<UploadPage>;
  /** Throws `upload_not_found` and `upload_in_use`. */
  remove(accountId: string, id: string): Promise<void>;
  /**
   * Makes sure of an upload for the rest of the transaction, which must note that it is in use.
   * Throws `upload_not_found` and `upload_kind_wrong`, with the field as param.
   */
  claim(tx: Tx, accountId: string, wanted: WantedUpload): Promise<Upload>;
  /** Writes the bytes of a claimed upload to a path. Throws `upload_not_found`. */
  copyTo(accountId: string, id: string, path: string): Promise<Upload>;
  /** How many uploads of all accounts are in each state, and what they take together. */
  countByState(): Promise<UploadCount[]>;
  /** Removes what has expired and what was left behind. Safe to run in several processes. */
  sweep(): Promise<void>;
  /** For the one process an embedded database can have: nothing arrives before it starts. */
  dropInterrupted(): Promise<void>;
};

export type WantedUpload = { id: string; kind: UploadKind; field: string };

const UPLOAD_ID = /^upload_[1-9A-HJ-NP-Za-km-z]{22}$/;

export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

export function createUploads(options: UploadsOptions): Uploads {
  const { db, clock, storage } = options;

  async function receive(accountId: string, body: Readable, declaredBytes: number | null) {
    const own = await insertArriving(options, accountId);
    const file = join(options.workDir, options.newId('blob'));
    try {
      const arrived = await receiveFile(body, { ...options, toFile: file, declaredBytes });
      return await keepFile(options, own, file, arrived);
    } catch (error) {
      await dropUpload(options, own.id);
      throw error;
    } finally {
      await rm(file, { force: true });
    }
  }

  return {
    async receive(accountId, body, declaredBytes) {
      try {
        return await receive(accountId, body, declaredBytes);
      } finally {
        body.destroy();
      }
    },
    receiveBytes: (accountId, bytes) => receive(accountId, Readable.from([bytes]), bytes.length),
    async find(accountId, id) {
      const row = await db.kysely
        .selectFrom('upload')
        .selectAll()
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .where('state', '=', 'stored')
        .where('expires_at', '>', new Date(clock.now()))
        .executeTakeFirst();
      if (!row) throw new AppError('upload_not_found', { id });
      return readUpload(row);
    },
    list: (accountId, page) => listUploads(options, accountId, page),
    remove: (accountId, id) => removeUpload(options, accountId, id),
    claim: (tx, accountId, wanted) => claimUpload(options, tx, accountId, wanted),
    async copyTo(accountId, id, path) {
      // Expired ones too: a task that claimed one in time may come to it late.
      const row = await db.kysely
        .selectFrom('upload')
        .selectAll()
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .where('state', '=', 'stored')
        .executeTakeFirst();
      if (!row) throw new AppError('upload_not_found', { id });
      const upload = readUpload(row);
      await storage.getFile(upload.storageKey, path);
      return upload;
    },
    async countByState() {
      const rows = await options.db.kysely
        .selectFrom('upload')
        .groupBy('state')
        .select(({ fn }) => [
          'state',
          fn.countAll<string | number | bigint>().as('count'),
          fn.sum<string | number | bigint | null>('size_bytes').as('size'),
        ])
        .execute();
      return rows.map(({ state, count, size }) => ({
        state,
        count: Number(count),
        sizeBytes: Number(size ?? 0),
      }));
    },
    sweep: () => sweepUploads(options),
    async dropInterrupted() {
      await db.kysely
        .updateTable('upload')
        .set({ state: 'removing', expires_at: new Date(clock.now()) })
        .where('state', '=', 'arriving')
        .execute();
    },
  };
}

/** Into storage, unless the account has the same bytes already. */
async function keepFile(
  options: UploadsOptions,
  own: OwnRow,
  file: string,
  arrived: ArrivedFile,
): Promise<ReceivedUpload> {
  const same = await reserveSpace(options, own, arrived);
  if (same) {
    await dropUpload(options, own.id);
    return { upload: same, isNew: false };
  }
  const key = `uploads/${own.id}/${arrived.kind}${arrived.ending}`;
  await options.storage.putFile(key, file, arrived.contentType);
  const upload = await markStored(options, own, arrived.sha256);
  const isNew = upload.id === own.id;
  if (!isNew) await dropUpload(options, own.id);
  return { upload, isNew };
}

async function listUploads(
  { db, clock }: UploadsOptions,
  accountId: string,
  { limit, after }: { limit: number; after: string | null },
): Promise<UploadPage> {
  let query = db.kysely
    .selectFrom('upload')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('state', '=', 'stored')
    .where('expires_at', '>', new Date(clock.now()));
  if (after !== null) {
    const last = await db.kysely
      .selectFrom('upload')
      .select(['created_at', 'id'])
      .where('id', '=', after)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    if (!last) throw new AppError('upload_not_found', { id: after }, { param: 'after' });
    query = query.where(({ eb, or, and }) =>
      or([
        eb('created_at', '<', last.created_at),
        and([eb('created_at', '=', last.created_at), eb('id', '>', last.id)]),
      ]),
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  return { uploads: rows.slice(0, limit).map(readUpload), hasMore: rows.length > limit };
}

const KIND_NAMES: Readonly<Record<UploadKind, string>> = { image: 'an image', video: 'a video' };

async function claimUpload(
  { clock }: UploadsOptions,
  tx: Tx,
  accountId: string,
  { id, kind, field }: WantedUpload,
): Promise<Upload> {
  const row = await tx
    .selectFrom('upload')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('state', '=', 'stored')
    .where('expires_at', '>', new Date(clock.now()))
    .forShare()
    .executeTakeFirst();
  if (!row) throw new AppError('upload_not_found', { id }, { param: field });
  const upload = readUpload(row);
  if (upload.kind === kind) return upload;
  const values = { id, field, seen: KIND_NAMES[upload.kind], wanted: KIND_NAMES[kind] };
  throw new AppError('upload_kind_wrong', values, { param: field });
}
