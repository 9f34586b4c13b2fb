/** What a second costs and how many seconds are billed: the rounding rule lives in one function. */

import type { Mode, Orientation } from '../engines/engine.ts';

export type BillingRule = 'nearest' | 'exact' | 'ceil';

export type PriceList = {
  rateNanosPerMs: Readonly<Record<Mode, bigint>>;
  rule: BillingRule;
  /** Shortest billed length. */
  billableMsMin: number;
  /** Longest billed length, by orientation. */
  billableMsMax: Readonly<Record<Orientation, number>>;
};

export const DEFAULT_PRICES: PriceList = {
  rateNanosPerMs: { std: 102_880n, pro: 137_120n },
  rule: 'nearest',
  billableMsMin: 3_000,
  billableMsMax: { image: 10_000, video: 30_000 },
};
