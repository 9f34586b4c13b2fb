/** What tasks say of their money against what the ledger says; the two agree in every row. */

import { sql } from 'kysely';
import type { Violation } from '../billing/audit.ts';
import type { Queryable } from '../db/database.ts';

type Row = { subject: string; detail: string };

const TASKS_WITH_LEDGER = sql`
  SELECT k.id, k.state, k.held_nanos, k.charged_nanos,
    coalesce(sum(t.amount_nanos) FILTER (WHERE t.kind = 'hold'), 0) AS held,
    coalesce(sum(t.amount_nanos) FILTER (WHERE t.kind = 'settle'), 0) AS settled,
    count(t.id) FILTER (WHERE t.kind IN ('settle', 'release')) AS resolutions
  FROM task k LEFT JOIN ledger_transfer t ON t.hold_id = k.hold_id AND t.account_id = k.account_id
  GROUP BY k.id`;

const INVARIANTS = [
  {
    invariant: 'a task has its hold, and resolves it exactly when it ends',
    query: sql<Row>`
      SELECT id AS subject, state || ' with ' || resolutions || ' resolutions' AS detail
      FROM (${TASKS_WITH_LEDGER}) x
      WHERE resolutions <> CASE WHEN state IN ('completed', 'failed', 'cancelled') THEN 1 ELSE 0 END`,
  },
  {
    invariant: 'what a task says was held and charged is what the ledger says',
    query: sql<Row>`
      SELECT id AS subject, 'held ' || held_nanos || ' against ' || held
        || ', charged ' || coalesce(charged_nanos, 0) || ' against ' || settled AS detail
      FROM (${TASKS_WITH_LEDGER}) x
      WHERE held_nanos <> held OR coalesce(charged_nanos, 0) <> settled`,
  },
  {
    invariant: 'every hold belongs to a task',
    query: sql<Row>`
      SELECT t.hold_id AS subject, 'held for ' || t.reference AS detail FROM ledger_transfer t
      WHERE t.kind = 'hold' AND NOT EXISTS (SELECT 1 FROM task k WHERE k.hold_id = t.hold_id)`,
  },
] as const;

/** Reads every task: for tests, `doctor` and operators, not for requests. */
export async function auditTasks(db: Queryable): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { invariant, query } of INVARIANTS) {
    const { rows } = await query.execute(db);
    violations.push(...rows.map((row) => ({ invariant, ...row })));
  }
  return violations;
}
