/**
 * The seam behind which bytes are kept. Keys are ours (`tasks/task_…/result.mp4`), never a
 * stranger's.
 */

import type { Readable } from 'node:stream';

export type StoredBlob = { key: string; sizeBytes: number; sha256: string; contentType: string };

export type ListedBlob = {
  key: string;
  sizeBytes: number;
  /** By the clock of the store. */
  storedAtMs: number;
};

export type ByteRange = { start: number /** Inclusive. */; end: number };

export type Storage = {
  /** Stores a file; afterwards either all of it is there under the key or nothing is. */
  putFile(key: string, path: string, contentType: string): Promise<StoredBlob>;
  /** Facts of a blob, or null when there is none. */
  stat(key: string): Promise<{ sizeBytes: number; contentType: string } | null>;
  /** Streams the blob or a part of it. Rejects with `blob not found` when there is none. */
  open(key: string, range?: ByteRange): Promise<Readable>;
  /** Copies the blob to a local path (hard link where that is possible). */
  getFile(key: string, path: string): Promise<void>;
  /** Removes the blob; removing what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Every blob there is, in no order; one that comes or goes meanwhile may be missing. */
  list(): AsyncIterable<ListedBlob>;
};

/** What a store may do beside: hand out addresses that are good without our help, for a while. */
export type SignedBlob = {
  /** @returns an address that answers GET with the blob, ranges included. */
  signAddress(
    key: string,
    options: { lifetimeMs: number; contentType: string; fileName: string },
  ): Promise<string>;
};
