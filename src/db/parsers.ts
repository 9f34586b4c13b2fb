/**
 * How the two drivers hand out values, so that a row is the same row on both: int8 is always a
 * bigint.
 */

import { types } from 'pg';

const INT8 = 20;

/**
 * Parsers for PGlite, given with each query; its instance keeps its defaults for the libraries that
 * share it.
 */
export const PARSERS: Record<number, (text: string) => unknown> = {
  [INT8]: (text) => BigInt(text),
};

/** The same for one node-postgres pool. */
export const POOL_TYPES: { getTypeParser: typeof types.getTypeParser } = {
  getTypeParser: (oid, format) =>
    oid === INT8 ? (text: string) => BigInt(text) : types.getTypeParser(oid, format),
};

/** The one place where an amount of money leaves the database. */
export function readNanos(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  throw new Error(`broken promise: money came from the database as ${typeof value}`);
}
