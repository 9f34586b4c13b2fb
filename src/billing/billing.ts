/**
 * The door of billing: prices, balances, credit and receipts for the outside, the ledger for tasks.
 */

import type { Database } from '../db/database.ts';
import { readNanos } from '../db/parsers.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { NewId } from '../kernel/ids.ts';
import { auditLedger, type Violation } from './audit.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { PriceList } from './prices.ts';
import { type Receipt, type ReceiptSubject, readReceipt } from './receipt.ts';

export type Balance = { availableNanos: bigint; heldNanos: bigint };

export type Billing = {
  /** Today's prices; a task keeps those of its submit. */
  prices: PriceList;
  ledger: Ledger;
  /** Throws `invalid_request` for an account that does not exist. */
  balanceOf(accountId: string): Promise<Balance>;
  /** Adds credit; repeating a reference with the same amount adds nothing and says so. */
  creditAccount(
    accountId: string,
    amountNanos: bigint,
    reference: string,
  ): Promise<{ transferId: string; isRepeat: boolean }>;
  receipt(subject: ReceiptSubject): Promise<Receipt>;
  /** Of all accounts together. */
  sumBalances(): Promise<Balance>;
  /** Every broken promise of the ledger; none in a ledger in order. Reads all of it. */
  audit(): Promise<Violation[]>;
};

export type BillingOptions = { db: Database; clock: Clock; newId: NewId; prices: PriceList };

export function createBilling({ db, clock, newId, prices }: BillingOptions): Billing {
  const ledger = createLedger({ clock, newId });
  return {
    prices,
    ledger,
    async balanceOf(accountId) {
      const row = await db.kysely
        .selectFrom('account')
        .select(['available_nanos', 'held_nanos'])
        .where('id', '=', accountId)
        .executeTakeFirst();
      if (!row) {
        throw new AppError('invalid_request', { reason: `There is no account "${accountId}".` });
      }
      return {
        availableNanos: readNanos(row.available_nanos),
        heldNanos: readNanos(row.held_nanos),
      };
    },
    creditAccount: (accountId, amountNanos, reference) =>
      db.transaction((tx) => ledger.deposit(tx, { accountId, amountNanos, reference })),
    async sumBalances() {
      const row = await db.kysely
        .selectFrom('account')
        .select(({ fn }) => [
          fn.sum<string | null>('available_nanos').as('available'),
          fn.sum<string | null>('held_nanos').as('held'),
        ])
        .executeTakeFirstOrThrow();
      return { availableNanos: BigInt(row.available ?? 0), heldNanos: BigInt(row.held ?? 0) };
    },
    receipt: (subject) => readReceipt(db.kysely, subject),
    audit: () => auditLedger(db.kysely),
  };
}
