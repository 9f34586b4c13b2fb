/**
 * The ledger's promises as questions to the database; a ledger in order answers none of them. Each
 * is one statement, so that money which moves meanwhile is seen wholly or not at all.
 */

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Queryable } from '../db/database.ts';

export type Violation = {
  /** The promise that does not hold. */
  invariant: string;
  /** Id of the account, transfer, hold or task. */
  subject: string;
  detail: string;
};

/** What an audit looks at. */
export type AuditScope = {
  /**
   * Only what was written since then, and the accounts and holds it belongs to. @default null, all
   */
  sinceMs?: number | null;
  /**
   * Leaves out the sums of all lines of an account; `balance-audit.ts` does that for less when it
   * is done again and again. @default false
   */
  isWithoutSums?: boolean;
};

export type Invariant = { invariant: string; query: RawBuilder<ViolationRow> };
type ViolationRow = { subject: string; detail: string };

/** Violations of one invariant that are told; there is no use in a million of them. */
const TOLD_MAX = 100;

/** Reads what the scope says; without one the whole ledger, which is not for requests. */
export async function auditLedger(db: Queryable, scope: AuditScope = {}): Promise<Violation[]> {
  return await askAll(db, [...listTransferInvariants(scope), ...listAccountInvariants(scope)]);
}

export async function askAll(
  db: Queryable,
  invariants: readonly Invariant[],
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { invariant, query } of invariants) {
    const { rows } = await sql<ViolationRow>`SELECT * FROM (${query}) x LIMIT ${TOLD_MAX}`.execute(
      db,
    );
    violations.push(...rows.map((row) => ({ invariant, ...row })));
  }
  return violations;
}

/** A condition on transfers, with the name that a query gives their table. */
export function isInScope({ sinceMs = null }: AuditScope, table: string): RawBuilder<SqlBool> {
  if (sinceMs === null) return sql<SqlBool>`true`;
  return sql<SqlBool>`${sql.ref(`${table}.created_at`)} >= ${new Date(sinceMs)}::timestamptz`;
}

/** The same for the holds of those transfers. */
function isHoldInScope(scope: AuditScope, column: string): RawBuilder<SqlBool> {
  if ((scope.sinceMs ?? null) === null) return sql<SqlBool>`true`;
  return sql<SqlBool>`${sql.ref(column)} IN (
    SELECT s.hold_id FROM ledger_transfer s WHERE s.hold_id IS NOT NULL AND ${isInScope(scope, 's')})`;
}

function listTransferInvariants(scope: AuditScope): Invariant[] {
  return [
    {
      invariant: 'every transfer sums to zero',
      query: sql`
        SELECT t.id AS subject, 'sum is ' || coalesce(sum(e.amount_nanos), 0) || ' nanos' AS detail
        FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id
        WHERE ${isInScope(scope, 't')}
        GROUP BY t.id HAVING coalesce(sum(e.amount_nanos), 0) <> 0 OR count(e.transfer_id) < 2`,
    },
    {
      invariant: 'the lines of a transfer are those of its kind and of its account',
      query: sql`
        SELECT t.id AS subject, t.kind || ' of ' || t.amount_nanos || ' nanos' AS detail
        FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id
        WHERE ${isInScope(scope, 't')}
        GROUP BY t.id
        HAVING count(*) FILTER (WHERE e.account_id <> t.account_id) > 0 OR t.amount_nanos
          <> coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = CASE t.kind
            WHEN 'hold' THEN 'customer_held' WHEN 'settle' THEN 'revenue'
            ELSE 'customer_available' END), 0)`,
    },
    {
      invariant: 'a hold has at most one resolution, which leaves nothing of it',
      query: sql`
        SELECT t.hold_id AS subject, count(DISTINCT t.id) FILTER (WHERE t.kind <> 'hold')
          || ' resolutions, ' || coalesce(sum(e.amount_nanos), 0) || ' nanos remain' AS detail
        FROM ledger_transfer t LEFT JOIN ledger_entry e
          ON e.transfer_id = t.id AND e.book = 'customer_held'
        WHERE t.hold_id IS NOT NULL AND ${isHoldInScope(scope, 't.hold_id')}
        GROUP BY t.hold_id
        HAVING count(DISTINCT t.id) FILTER (WHERE t.kind <> 'hold') > 1
          OR sum(e.amount_nanos) < 0
          OR (count(*) FILTER (WHERE t.kind <> 'hold') > 0 AND sum(e.amount_nanos) <> 0)`,
    },
    {
      invariant: 'nothing is charged or given back beyond what was held',
      query: sql`
        SELECT t.hold_id AS subject, 'held ' || sum(t.amount_nanos) FILTER (WHERE t.kind = 'hold')
          || ', resolved ' || sum(t.amount_nanos) FILTER (WHERE t.kind <> 'hold') AS detail
        FROM ledger_transfer t
        WHERE t.hold_id IS NOT NULL AND ${isHoldInScope(scope, 't.hold_id')}
        GROUP BY t.hold_id
        HAVING coalesce(sum(t.amount_nanos) FILTER (WHERE t.kind <> 'hold'), 0)
          > coalesce(sum(t.amount_nanos) FILTER (WHERE t.kind = 'hold'), 0)`,
    },
  ];
}

function listAccountInvariants(scope: AuditScope): Invariant[] {
  const isWhole = (scope.sinceMs ?? null) === null;
  const isTouched = isWhole
    ? sql<SqlBool>`true`
    : sql<SqlBool>`a.id IN (SELECT s.account_id FROM ledger_transfer s WHERE ${isInScope(scope, 's')})`;
  const wholeLedger: Invariant = {
    invariant: 'the whole ledger sums to zero',
    query: sql`
      SELECT 'ledger' AS subject, 'sum is ' || sum(amount_nanos) || ' nanos' AS detail
      FROM ledger_entry HAVING sum(amount_nanos) <> 0`,
  };
  const negative: Invariant = {
    invariant: 'no balance is negative',
    query: sql`
      SELECT a.id AS subject, 'available ' || a.available_nanos || ', held ' || a.held_nanos AS detail
      FROM account a WHERE a.available_nanos < 0 OR a.held_nanos < 0`,
  };
  if (scope.isWithoutSums) return [negative];
  return [
    negative,
    // Follows from the transfers, which a smaller scope looks at one by one.
    ...(isWhole ? [wholeLedger] : []),
    compareBalances(isTouched),
    {
      invariant: 'what is held and what holds say is the same',
      query: sql`
        SELECT a.id AS subject, 'held ' || a.held_nanos || ' against ' || s.open AS detail
        FROM account a CROSS JOIN LATERAL (
          SELECT coalesce(sum(h.amount_nanos), 0) AS open FROM ledger_transfer h
          WHERE h.account_id = a.id AND h.kind = 'hold' AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer r
            WHERE r.hold_id = h.hold_id AND r.kind IN ('settle', 'release'))) s
        WHERE ${isTouched} AND a.held_nanos <> s.open`,
    },
  ];
}

/** Reads every line of these accounts. */
export async function findWrongBalances(
  db: Queryable,
  accountIds: readonly string[],
): Promise<Violation[]> {
  const isWanted = sql<SqlBool>`a.id = ANY(${[...accountIds]}::text[])`;
  return await askAll(db, [compareBalances(isWanted)]);
}

function compareBalances(isWanted: RawBuilder<SqlBool>): Invariant {
  return {
    invariant: 'the cached balances are the sums of the lines',
    query: sql`
      SELECT a.id AS subject, 'available ' || a.available_nanos || ' against ' || s.available
        || ', held ' || a.held_nanos || ' against ' || s.held AS detail
      FROM account a CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_available'), 0) AS available,
          coalesce(sum(e.amount_nanos) FILTER (WHERE e.book = 'customer_held'), 0) AS held
        FROM ledger_entry e WHERE e.account_id = a.id) s
      WHERE ${isWanted} AND (a.available_nanos <> s.available OR a.held_nanos <> s.held)`,
  };
}
