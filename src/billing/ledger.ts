/** Double-entry money movements that happen exactly once; the database refuses what this file would get wrong. */

import type { Tx } from '../db/database.ts';

export type Ledger = {
  /** Puts money from outside on an account. The same reference moves money once. */
  deposit(
    tx: Tx,
    deposit: { accountId: string; amountNanos: bigint; reference: string },
  ): Promise<{ transferId: string; isRepeat: boolean }>;
};
