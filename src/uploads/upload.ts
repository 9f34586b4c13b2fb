/** What an upload is, and what the folder needs from the rest of the service. */

import type { Selectable } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { UploadTable } from '../db/tables.ts';
import { assert } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Storage } from '../storage/storage.ts';

export type UploadKind = 'image' | 'video';

/** One file of an account, all of whose bytes are stored. */
export type Upload = {
  id: string;
  kind: UploadKind;
  /** What the bytes are, whatever they were called. */
  contentType: string;
  storageKey: string;
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
  createdAtMs: number;
  expiresAtMs: number;
};

export type UploadLimits = {
  imageBytesMax: number;
  videoBytesMax: number;
  /** Of all uploads of one account together. */
  spaceBytesMax: number;
  /** How long an upload is kept, in milliseconds. */
  keptMs: number;
  /** Uploads of one account that may arrive at the same time. */
  perAccountMax: number;
  /** Longest time for one upload, in milliseconds. */
  uploadMsMax: number;
  /** Lowest mean rate within a window; 0 turns the rule off. */
  bytesPerSecondMin: number;
};

export type UploadsOptions = {
  db: Database;
  storage: Pick<Storage, 'putFile' | 'getFile' | 'delete'>;
  clock: Clock;
  newId: NewId;
  log: Log;
  /** Local directory for uploads under way, of this process alone. */
  workDir: string;
  limits: UploadLimits;
  /** Names a file by its first bytes, with an article: "a PNG image". */
  nameKind(head: Buffer): string;
  /** Whether something still has to read the upload; asked while its row is locked. */
  isInUse(tx: Tx, uploadId: string): Promise<boolean>;
};

export function readUpload(row: Selectable<UploadTable>): Upload {
  const { kind, content_type: contentType, storage_key: storageKey, sha256 } = row;
  assert(kind && contentType && storageKey && sha256 && row.size_bytes, 'a stored upload is whole');
  return {
    id: row.id,
    kind,
    contentType,
    storageKey,
    sizeBytes: Number(row.size_bytes),
    sha256,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  };
}
