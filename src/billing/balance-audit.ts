/**
 * Compares cached balances with the sums of their lines again and again, at a cost that grows with
 * what is new and not with what an account has ever done: sums up to a moment in the past are
 * remembered, and only the lines since then are read.
 */

import { sql } from 'kysely';
import type { Queryable } from '../db/database.ts';
import { readNanos } from '../db/parsers.ts';
import { findWrongBalances, type Violation } from './audit.ts';

export type BalanceAudit = {
  /**
   * Looks at the accounts with transfers since `sinceMs`.
   *
   * @param settledMs Every transfer that carries an earlier time is visible by now.
   */
  audit(db: Queryable, times: { sinceMs: number; settledMs: number }): Promise<Violation[]>;
};

type Sums = { untilMs: number; availableNanos: bigint; heldNanos: bigint };

/** Accounts whose sums are remembered; those that were looked at longest ago are forgotten. */
const REMEMBERED_MAX = 10_000;
/** Accounts that one statement looks at. */
const BATCH_MAX = 20;

export function createBalanceAudit(): BalanceAudit {
  const remembered = new Map<string, Sums>();
  const remember = (id: string, sums: Sums) => {
    remembered.delete(id);
    remembered.set(id, sums);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
  };

  return {
    async audit(db, { sinceMs, settledMs }) {
      const ids = await listTouched(db, sinceMs);
      const suspects: string[] = [];
      for (let first = 0; first < ids.length; first += BATCH_MAX) {
        const batch = ids.slice(first, first + BATCH_MAX);
        const known = batch.map((id) => ({ id, sums: remembered.get(id) ?? null }));
        for (const { id, sums, isRight } of await sumNew(db, known, settledMs)) {
          if (isRight) remember(id, sums);
          else suspects.push(id);
        }
      }
      for (const id of suspects) remembered.delete(id);
      // A clock that went wrong may have hidden a line, so a suspicion is proved before it is told.
      return suspects.length === 0 ? [] : await findWrongBalances(db, suspects);
    },
  };
}

async function listTouched(db: Queryable, sinceMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom('ledger_transfer')
    .select('account_id')
    .distinct()
    .where('created_at', '>=', new Date(sinceMs))
    .execute();
  return rows.map(({ account_id }) => account_id);
}

/** Without sums where the account was not looked at before. */
type Known = { id: string; sums: Sums | null };
type SumRow = { id: string } & Record<
  | 'available'
  | 'held'
  | 'all_available'
  | 'all_held'
  | 'old_available'
  | 'old_held'
  | 'new_available'
  | 'new_held',
  unknown
>;

async function sumNew(db: Queryable, known: readonly Known[], settledMs: number) {
  const settled = new Date(settledMs);
  const accounts = known.map(
    ({ id, sums }) => sql`(${id}::text, ${new Date(sums?.untilMs ?? settledMs)}::timestamptz,
      ${sums === null}::boolean)`,
  );
  const sumOf = (book: string, condition = sql`true`) => sql`coalesce(sum(e.amount_nanos) FILTER (
    WHERE e.book = ${book} AND ${condition}), 0)::bigint`;
  const isOld = sql`t.created_at < ${settled}::timestamptz`;
  const isNew = sql`t.created_at >= ${settled}::timestamptz`;
  const { rows } = await sql<SumRow>`
    SELECT a.id, a.available_nanos AS available, a.held_nanos AS held, every.*, since.*
    FROM (VALUES ${sql.join(accounts)}) AS k (id, from_at, is_first) JOIN account a ON a.id = k.id
    CROSS JOIN LATERAL (
      SELECT ${sumOf('customer_available')} AS all_available, ${sumOf('customer_held')} AS all_held
      FROM ledger_entry e WHERE e.account_id = a.id AND k.is_first) every
    CROSS JOIN LATERAL (
      SELECT ${sumOf('customer_available', isOld)} AS old_available,
        ${sumOf('customer_held', isOld)} AS old_held,
        ${sumOf('customer_available', isNew)} AS new_available,
        ${sumOf('customer_held', isNew)} AS new_held
      FROM ledger_transfer t JOIN ledger_entry e ON e.transfer_id = t.id
      WHERE t.account_id = a.id AND e.account_id = a.id AND t.created_at >= k.from_at) since`.execute(
    db,
  );
  const before = new Map(known.map(({ id, sums }) => [id, sums]));
  return rows.map((row) => addUp(row, before.get(row.id) ?? null, settledMs));
}

function addUp(row: SumRow, before: Sums | null, settledMs: number) {
  const add = (name: 'available' | 'held', beforeNanos: bigint | undefined) => {
    const newNanos = readNanos(row[`new_${name}`]);
    const oldNanos =
      beforeNanos === undefined
        ? readNanos(row[`all_${name}`]) - newNanos
        : beforeNanos + readNanos(row[`old_${name}`]);
    return { oldNanos, isRight: oldNanos + newNanos === readNanos(row[name]) };
  };
  const available = add('available', before?.availableNanos);
  const held = add('held', before?.heldNanos);
  const sums: Sums = {
    untilMs: Math.max(settledMs, before?.untilMs ?? 0),
    availableNanos: available.oldNanos,
    heldNanos: held.oldNanos,
  };
  return { id: row.id, sums, isRight: available.isRight && held.isRight };
}
