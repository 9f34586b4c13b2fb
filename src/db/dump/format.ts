/**
 * A dump is a gzip file of JSON lines: a head that says which tables, columns and how many rows
 * follow; the rows, table after table, each an array of the columns' values as PostgreSQL writes
 * them (so money stays a string of digits) or null; and a foot with the number of rows and the
 * SHA-256 of every byte before it. It holds no time and no name of a machine: the same rows give
 * the same bytes.
 */

import { z } from 'zod';

export const DUMP_FORMAT = 'understudy-database';
export const DUMP_VERSION = 1;

/** Longest line that is read; a row holds texts of a few kilobytes. */
export const LINE_CHARS_MAX = 16 * 1024 * 1024;

const count = z.number().int().nonnegative();

const head = z.object({
  format: z.literal(DUMP_FORMAT),
  version: z.literal(DUMP_VERSION),
  migrations: z.array(z.object({ number: z.number(), name: z.string(), checksum: z.string() })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: count })),
});

const foot = z.object({ rows: count, sha256: z.string().length(64) });

export type DumpHead = z.output<typeof head>;
export type DumpFoot = z.output<typeof foot>;

/** A file is not a dump, is damaged, or does not fit the database; the message says which. */
export class DumpError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DumpError';
  }
}

export function sumRows({ tables }: DumpHead): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

/** @throws {DumpError} */
export function parseHead(line: string, file: string): DumpHead {
  const parsed = head.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new DumpError(`"${file}" does not begin as a dump of version ${DUMP_VERSION} does.`);
}

/** @throws {DumpError} */
export function parseFoot(line: string, file: string): DumpFoot {
  const parsed = foot.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new DumpError(`"${file}" has more rows than its head names, or no end.`);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
