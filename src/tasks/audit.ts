/**
 * What tasks say of their money against what the ledger says: the two agree in every row. All of it
 * on demand, and what was written since the last time at regular intervals.
 */

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import {
  type AuditScope,
  askAll,
  auditLedger,
  isInScope,
  type Violation,
} from '../billing/audit.ts';
import { createBalanceAudit } from '../billing/balance-audit.ts';
import type { Queryable } from '../db/database.ts';
import { createTurn, moveMark, readMark } from './chores.ts';
import type { TaskMeans } from './options.ts';

/** Reads what the scope says; without one every task, which is not for requests. */
export async function auditTasks(db: Queryable, scope: AuditScope = {}): Promise<Violation[]> {
  const tasks = sql`
    SELECT k.id, k.state, k.held_nanos, k.charged_nanos,
      coalesce(sum(t.amount_nanos) FILTER (WHERE t.kind = 'hold'), 0) AS held,
      coalesce(sum(t.amount_nanos) FILTER (WHERE t.kind = 'settle'), 0) AS settled,
      count(t.id) FILTER (WHERE t.kind = 'settle') AS settlements,
      count(t.id) FILTER (WHERE t.kind = 'release') AS releases
    FROM task k LEFT JOIN ledger_transfer t ON t.hold_id = k.hold_id AND t.account_id = k.account_id
    WHERE ${isTaskInScope(scope)}
    GROUP BY k.id`;
  return await askAll(db, [
    {
      invariant: 'a task resolves its hold exactly when it ends, and as its end says',
      query: sql`
        SELECT id AS subject,
          state || ' with ' || settlements || ' settlements and ' || releases || ' releases' AS detail
        FROM (${tasks}) k
        WHERE settlements <> CASE WHEN state = 'completed' THEN 1 ELSE 0 END
          OR releases <> CASE WHEN state IN ('failed', 'cancelled') THEN 1 ELSE 0 END`,
    },
    {
      invariant: 'what a task says was held and charged is what the ledger says',
      query: sql`
        SELECT id AS subject, 'held ' || held_nanos || ' against ' || held
          || ', charged ' || coalesce(charged_nanos, 0) || ' against ' || settled AS detail
        FROM (${tasks}) k
        WHERE held_nanos <> held OR coalesce(charged_nanos, 0) <> settled`,
    },
    {
      invariant: 'every hold belongs to a task',
      query: sql`
        SELECT t.hold_id AS subject, t.kind || ' for ' || t.reference AS detail
        FROM ledger_transfer t
        WHERE t.hold_id IS NOT NULL AND ${isInScope(scope, 't')}
          AND NOT EXISTS (SELECT 1 FROM task k WHERE k.hold_id = t.hold_id)`,
    },
  ]);
}

function isTaskInScope(scope: AuditScope): RawBuilder<SqlBool> {
  const { sinceMs = null } = scope;
  if (sinceMs === null) return sql<SqlBool>`true`;
  return sql<SqlBool>`k.hold_id IN (
    SELECT s.hold_id FROM ledger_transfer s WHERE s.hold_id IS NOT NULL AND ${isInScope(scope, 's')}
    UNION
    SELECT s.hold_id FROM task s WHERE s.completed_at >= ${new Date(sinceMs)}::timestamptz)`;
}

/** Every broken promise of ledger and tasks together. */
export async function auditBooks(db: Queryable, scope: AuditScope = {}): Promise<Violation[]> {
  return [...(await auditLedger(db, scope)), ...(await auditTasks(db, scope))];
}

export type AuditReport = {
  /** When it was made. */
  atMs: number;
  /** What was written before this was not looked at. */
  sinceMs: number;
  elapsedMs: number;
  violations: readonly Violation[];
};

const CHORE = 'audit';
/** The very first audit looks back so far, in milliseconds. */
const FIRST_SPAN_MS = 60 * 60_000;
/** Rows become visible a little after the time they carry, and clocks differ between processes. */
const OVERLAP_MS = 10 * 60_000;

export type Auditor = {
  /**
   * Audits what is new since the last audit of any process, when it is this one's turn; a violation
   * goes to the log as an error, once.
   */
  auditIfDue(): Promise<void>;
  /** The newest report of this process; null before the first, and once others make newer ones. */
  last(): AuditReport | null;
};

/** In intervals: how long a report is the newest as far as one process knows. */
const REPORT_KEPT = 2;

export function createAuditor({ db, clock, limits, log }: TaskMeans): Auditor {
  let report: AuditReport | null = null;
  const intervalMs = limits.auditIntervalMs;
  const takeTurn = createTurn({ db, clock }, { name: CHORE, intervalMs, firstDelayMs: 0 });
  const balances = createBalanceAudit();

  const makeReport = async (nowMs: number): Promise<AuditReport> => {
    const untilMs = await readMark(db.kysely, CHORE);
    const sinceMs = untilMs === null ? nowMs - FIRST_SPAN_MS : untilMs - OVERLAP_MS;
    const violations = [
      ...(await auditBooks(db.kysely, { sinceMs, isWithoutSums: true })),
      ...(await balances.audit(db.kysely, { sinceMs, settledMs: nowMs - OVERLAP_MS })),
    ];
    await moveMark(db.kysely, CHORE, nowMs);
    return { atMs: nowMs, sinceMs, elapsedMs: clock.now() - nowMs, violations };
  };

  return {
    async auditIfDue() {
      try {
        if (!(await takeTurn())) return;
        report = await makeReport(clock.now());
        for (const violation of report.violations)
          log.error(violation, 'the books are not in order');
      } catch (error) {
        // What could not be looked at now is part of the next audit, whoever makes it.
        log.error({ err: error }, 'an audit was not finished');
      }
    },
    last: () => (report && clock.now() - report.atMs <= REPORT_KEPT * intervalMs ? report : null),
  };
}
