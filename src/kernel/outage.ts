/**
 * Tells when what the service itself stands on is away or full. That is nobody's fault who asked,
 * and what was asked can be done later.
 */

import { isAppError } from './errors.ts';

/** What a disk says that is full, over its quota, broken, or set to be read only. */
const DISK_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];
/** What a process says that has no more files to open. */
const PROCESS_CODES: readonly unknown[] = ['EMFILE', 'ENFILE'];

/** Errors of a store or the like say it of themselves. */
type Outage = Error & { isOutage: true };

export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isAppError(error, 'not_ready') || saysSo(error)) return true;
  const code = 'code' in error ? error.code : null;
  return DISK_CODES.includes(code) || PROCESS_CODES.includes(code);
}

function saysSo(error: Error): error is Outage {
  return 'isOutage' in error && error.isOutage === true;
}
