/** What an account was charged in a span of time, summed up from the ledger's settlements. */

import { type RawBuilder, sql } from 'kysely';
import type { Caller } from '../accounts/accounts.ts';
import { readNanos } from '../db/parsers.ts';
import type { TaskMeans } from './options.ts';

export type UsageGroup = 'day' | 'mode' | 'key';

export type UsageQuery = {
  fromMs: number;
  /** Not part of the span. */
  toMs: number;
  groupBy: UsageGroup;
};

export type UsageRow = {
  /** A day of UTC such as `2026-11-23`, a mode, or the id of a key. */
  group: string;
  videos: number;
  billableMs: number;
  chargedNanos: bigint;
};

const GROUPS: Readonly<Record<UsageGroup, RawBuilder<string>>> = {
  day: sql<string>`to_char(t.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  mode: sql<string>`k.mode`,
  key: sql<string>`k.key_id`,
};

/** Deleted tasks are part of it: what was charged stays charged. */
export async function sumUsage(
  { db }: Pick<TaskMeans, 'db'>,
  { accountId }: Caller,
  { fromMs, toMs, groupBy }: UsageQuery,
): Promise<UsageRow[]> {
  const { rows } = await sql<{ group: string; videos: bigint; ms: bigint; nanos: bigint }>`
    SELECT ${GROUPS[groupBy]} AS "group", count(*) AS videos,
      sum(k.billable_ms)::bigint AS ms, sum(t.amount_nanos)::bigint AS nanos
    FROM ledger_transfer t JOIN task k ON k.hold_id = t.hold_id
    WHERE t.kind = 'settle' AND t.account_id = ${accountId}
      AND t.created_at >= ${new Date(fromMs)}::timestamptz
      AND t.created_at < ${new Date(toMs)}::timestamptz
    GROUP BY 1 ORDER BY 1`.execute(db.kysely);
  return rows.map(({ group, videos, ms, nanos }) => ({
    group,
    videos: Number(videos),
    billableMs: Number(ms),
    chargedNanos: readNanos(nanos),
  }));
}
