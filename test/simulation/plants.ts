/**
 * Bugs that are planted at the seams on purpose, to see that each is caught. The code that is under
 * test stays as it is.
 */

import type { CompiledQuery } from 'kysely';
import type { Billing } from '../../src/billing/billing.ts';
import type { NewId } from '../../src/kernel/ids.ts';
import type { Storage } from '../../src/storage/storage.ts';
import type { Tamper } from './simulated-database.ts';

export type Plant = {
  tamper?: Tamper;
  billing?(billing: Billing, newId: NewId): Billing;
  storage?(storage: Storage): Storage;
  /** Before the commit that they belong to. */
  sendsJobsAtOnce?: boolean;
  /** The engine begins anew with each start. */
  forgetsIds?: boolean;
};

export const PLANTS = {
  'settle-twice': {
    billing: (billing, newId) =>
      changeSettle(billing, async (settle, tx, hold, amountNanos) => {
        const settled = await settle(tx, hold, amountNanos);
        const again = { ...hold, holdId: newId('hold') };
        await billing.ledger.hold(tx, again, amountNanos);
        await settle(tx, again, amountNanos);
        return settled;
      }),
  },
  'settle-twice-on-one-hold': {
    billing: (billing) =>
      changeSettle(billing, async (settle, tx, hold, amountNanos) => {
        await settle(tx, hold, amountNanos);
        return await settle(tx, hold, amountNanos);
      }),
  },
  'release-without-status': {
    tamper: (query) => (isMoveTo(query, 'failed') ? { rows: [], numAffectedRows: 1n } : null),
  },
  'job-outside-transaction': { sendsJobsAtOnce: true },
  'lease-ignored': {
    tamper: (query) =>
      replaceSql(
        query,
        /AND state = (\$\d+) AND lease_id = (\$\d+)/,
        'AND ($1::text IS NOT NULL) AND ($2::text IS NOT NULL)',
      ),
  },
  'start-forgets-task': { forgetsIds: true },
  'media-kept': {
    storage: (storage) => ({ ...storage, delete: async () => undefined }),
  },
} as const satisfies Record<string, Plant>;

export type PlantName = keyof typeof PLANTS;

type Settle = Billing['ledger']['settle'];
type Changed = (settle: Settle, ...args: Parameters<Settle>) => ReturnType<Settle>;

function changeSettle(billing: Billing, change: Changed): Billing {
  const settle: Settle = (...args) => change(billing.ledger.settle, ...args);
  return { ...billing, ledger: { ...billing.ledger, settle } };
}

function isMoveTo({ sql, parameters }: CompiledQuery, state: string): boolean {
  return (
    sql.startsWith('update "task"') && sql.includes('"state" = ') && parameters.includes(state)
  );
}

/** `$1` in the text stands for the first parameter that was found. */
function replaceSql(query: CompiledQuery, found: RegExp, text: string): CompiledQuery | null {
  return found.test(query.sql) ? { ...query, sql: query.sql.replace(found, text) } : null;
}
