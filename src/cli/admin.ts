/**
 * Does the operator's work in whichever way is possible now: by way of the running service, which
 * holds the embedded database, or on the database itself.
 */

import type { Config } from '../config.ts';
import { createLog } from '../kernel/log.ts';
import { type Books, openBooks } from '../main.ts';
import { callOwnService, isServiceRunning, type OwnRequest } from '../net/own-service.ts';
import { readServiceNote } from '../net/service-file.ts';

export type AdminWork<Result> = {
  /** The request to the running service. */
  request: OwnRequest;
  /** Reads the service's answer. */
  read(answer: unknown): Result;
  /** The same on an open database; `firstKey` is set when this was the very first start. */
  direct(books: Books, firstKey: string | null): Promise<Result>;
};

export async function doAdminWork<Result>(
  config: Config,
  work: AdminWork<Result>,
): Promise<Result> {
  const note = await readServiceNote(config.dataDir);
  if (note !== null && (await isServiceRunning(note))) {
    return work.read(await callOwnService(note, work.request));
  }
  const books = await openBooks(config, createLog('warn'));
  try {
    const first = await books.accounts.ensureFirstAccount();
    return await work.direct(books, first?.key ?? null);
  } finally {
    await books.db.close();
  }
}
