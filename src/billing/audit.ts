/** The ledger's promises as questions to the database; a ledger in order answers none of them. */

import { sql } from 'kysely';
import type { Queryable } from '../db/database.ts';

export type Violation = { invariant: string; subject: string; detail: string };

const INVARIANTS = [
  {
    invariant: 'every transfer sums to zero',
    query: sql<Row>`
      SELECT t.id AS subject, 'sum is ' || coalesce(sum(e.amount_nanos), 0) || ' nanos' AS detail
      FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id
      GROUP BY t.id HAVING coalesce(sum(e.amount_nanos), 0) <> 0 OR count(e.transfer_id) < 2`,
  },
  {
    invariant: 'the whole ledger sums to zero',
    query: sql<Row>`
      SELECT 'ledger' AS subject, 'sum is ' || sum(amount_nanos) || ' nanos' AS detail
      FROM ledger_entry HAVING sum(amount_nanos) <> 0`,
  },
  {
    invariant: 'the cached balances are the sums of the lines',
    query: sql<Row>`
      SELECT a.id AS subject, 'available ' || a.available_nanos || ' against ' || s.available
        || ', held ' || a.held_nanos || ' against ' || s.held AS detail
      FROM account a CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_available'), 0) AS available,
          coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_held'), 0) AS held
        FROM ledger_entry e WHERE e.account_id = a.id) s
      WHERE a.available_nanos <> s.available OR a.held_nanos <> s.held`,
  },
  {
    invariant: 'a hold has at most one resolution, which leaves nothing of it',
    query: sql<Row>`
      SELECT t.hold_id AS subject, count(DISTINCT t.id) FILTER (WHERE t.kind <> 'hold')
        || ' resolutions, ' || sum(e.amount_nanos) || ' nanos remain' AS detail
      FROM ledger_transfer t JOIN ledger_entry e
        ON e.transfer_id = t.id AND e.book = 'customer_held'
      WHERE t.hold_id IS NOT NULL
      GROUP BY t.hold_id
      HAVING count(DISTINCT t.id) FILTER (WHERE t.kind <> 'hold') > 1
        OR sum(e.amount_nanos) < 0
        OR (count(*) FILTER (WHERE t.kind <> 'hold') > 0 AND sum(e.amount_nanos) <> 0)`,
  },
  {
    invariant: 'what is held and what holds say is the same',
    query: sql<Row>`
      SELECT a.id AS subject, 'held ' || a.held_nanos || ' against ' || s.open AS detail
      FROM account a CROSS JOIN LATERAL (
        SELECT coalesce(sum(h.amount_nanos), 0) AS open FROM ledger_transfer h
        WHERE h.account_id = a.id AND h.kind = 'hold' AND NOT EXISTS (
          SELECT 1 FROM ledger_transfer r
          WHERE r.hold_id = h.hold_id AND r.kind IN ('settle', 'release'))) s
      WHERE a.held_nanos <> s.open`,
  },
] as const;

type Row = { subject: string; detail: string };

/** Reads the whole ledger: for tests, `doctor` and operators, not for requests. */
export async function auditLedger(db: Queryable): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { invariant, query } of INVARIANTS) {
    const { rows } = await query.execute(db);
    violations.push(...rows.map((row) => ({ invariant, ...row })));
  }
  return violations;
}
