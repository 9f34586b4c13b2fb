/** The door of billing: balances, credit and receipts for the outside, the ledger for tasks. */

import type { Database } from '../db/database.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Ledger } from './ledger.ts';
import type { PriceList } from './prices.ts';

export type Balance = { availableNanos: bigint; heldNanos: bigint };

export type Billing = {
  prices: PriceList;
  ledger: Ledger;
  balanceOf(accountId: string): Promise<Balance>;
  /** Adds credit; repeating a reference adds nothing and says so. */
  creditAccount(
    accountId: string,
    amountNanos: bigint,
    reference: string,
  ): Promise<{ transferId: string; isRepeat: boolean }>;
};

export declare function createBilling(options: {
  db: Database;
  clock: Clock;
  newId: NewId;
  prices: PriceList;
}): Billing;
