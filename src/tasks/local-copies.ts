/**
 * Copies of stored inputs that lie on this machine while something looks at them, so that they are
 * not fetched from the storage again.
 */

import { rm } from 'node:fs/promises';

/** From the key in the storage to the path of the copy. */
export type LocalCopies = Map<string, string>;

/** Removes the copies when `work` has ended, however it ends. */
export async function withLocalCopies<T>(work: (copies: LocalCopies) => Promise<T>): Promise<T> {
  const copies: LocalCopies = new Map();
  try {
    return await work(copies);
  } finally {
    for (const file of copies.values()) await rm(file, { force: true });
  }
}
