/**
 * A database that is away, busy or full is no fault of what was asked: it may be asked again, and
 * whoever asked is told so.
 */

import { AppError } from '../kernel/errors.ts';

/**
 * Connection exceptions (08), resources that are used up, such as the disk (53), a server that
 * stops, starts or ends a connection (57P0), a disk that fails (58), a server that may only be
 * read, as after a failover, and what waited too long for others or stood in their way: limits of
 * statements and locks, deadlocks. Names of errors as in the SQL standard and PostgreSQL's manual.
 */
const AWAY = /^(08...|53...|57P0.|58...|25006|57014|55P03|40P01|40001)$/;

/** Throws `not_ready` for what the server says of itself, and all else as it is. */
export function tellAway(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  throw typeof code === 'string' && AWAY.test(code) ? databaseAway(error) : error;
}

export function databaseAway(cause: unknown): AppError {
  return new AppError('not_ready', { reason: 'the database does not answer in time' }, { cause });
}
