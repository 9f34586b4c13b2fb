/**
 * What the database says of its own tables, so that a dump carries every table and column that any
 * migration has made, and none is forgotten.
 */

import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

export type Column = { name: string; type: string };

export type Table = {
  name: string;
  columns: readonly Column[];
  /** Columns of the primary key in its order: rows are dumped in the order of their values. */
  key: readonly string[];
};

export type AppliedMigration = { number: number; name: string; checksum: string };

const MIGRATIONS_TABLE = 'schema_migration';

type ColumnRow = { table_name: string; name: string; type: string; key_place: number | null };

/**
 * Tables of our own schema, each after those it refers to; the queue's are not among them.
 *
 * @throws {Error} for a schema that a dump could not carry: a table without a primary key, or
 *   tables that refer to each other in a circle.
 */
export async function readTables(db: Queryable): Promise<Table[]> {
  const { rows } = await sql<ColumnRow>`
    SELECT c.relname AS table_name, a.attname AS name,
      format_type(a.atttypid, a.atttypmod) AS type,
      array_position(i.indkey::int2[], a.attnum) AS key_place
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND c.relname <> ${MIGRATIONS_TABLE} AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum`.execute(db);
  const tables = [...Map.groupBy(rows, (row) => row.table_name)].map(([name, columns]) => {
    const key = columns
      .filter(({ key_place }) => key_place !== null)
      .toSorted((a, b) => (a.key_place ?? 0) - (b.key_place ?? 0))
      .map((column) => column.name);
    if (key.length === 0) throw new Error(`broken promise: the table ${name} has no primary key`);
    return { name, columns: columns.map(({ name, type }) => ({ name, type })), key };
  });
  return sortByReferences(tables, await readReferences(db));
}

type Reference = { from: string; to: string };

async function readReferences(db: Queryable): Promise<Reference[]> {
  const { rows } = await sql<Reference>`
    SELECT f.relname AS "from", t.relname AS "to"
    FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
    WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace`.execute(db);
  return rows;
}

/** Takes whatever refers to nothing that is left, again and again (Kahn 1962), by name. */
function sortByReferences(tables: readonly Table[], references: readonly Reference[]): Table[] {
  const sorted: Table[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const isFree = ({ name }: Table) =>
      !references.some(({ from, to }) => from === name && names.has(to));
    const free = left.filter(isFree);
    if (free.length === 0) {
      throw new Error(`broken promise: ${[...names].join(', ')} refer to each other`);
    }
    sorted.push(...free);
    left = left.filter((table) => !isFree(table));
  }
  return sorted;
}

/** In their order; empty when the database has never been migrated. */
export async function readApplied(db: Queryable): Promise<AppliedMigration[]> {
  const { rows } = await sql<AppliedMigration>`
    SELECT number, name, checksum FROM ${sql.table(MIGRATIONS_TABLE)} ORDER BY number`.execute(db);
  return rows;
}

export async function countRows(db: Queryable, table: string): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    SELECT count(*) AS count FROM ${sql.table(table)}`.execute(db);
  return Number(rows[0]?.count ?? 0);
}
