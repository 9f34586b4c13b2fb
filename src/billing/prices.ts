/**
 * What a second costs and how much of a clip is billed: every rounding of a length happens in
 * `computeBillableMs`.
 */

import { assert } from '../kernel/assert.ts';

export type PriceMode = 'std' | 'pro';
export type PriceOrientation = 'image' | 'video';
export type BillingRule = 'nearest' | 'exact' | 'ceil';

export type PriceList = {
  rateNanosPerMs: Readonly<Record<PriceMode, bigint>>;
  rule: BillingRule;
  /** Shortest billed length, in milliseconds. */
  billableMsMin: number;
  /** Longest billed length, in milliseconds, by orientation. */
  billableMsMax: Readonly<Record<PriceOrientation, number>>;
};

export const DEFAULT_PRICES: PriceList = {
  rateNanosPerMs: { std: 102_880n, pro: 137_120n },
  rule: 'nearest',
  billableMsMin: 3_000,
  billableMsMax: { image: 10_000, video: 30_000 },
};

export type BillableRange = { minMs: number; maxMs: number };

const MS_PER_SECOND = 1_000;

const ROUND: Readonly<Record<BillingRule, (referenceMs: number) => number>> = {
  nearest: (ms) => Math.floor((ms + MS_PER_SECOND / 2) / MS_PER_SECOND) * MS_PER_SECOND,
  exact: (ms) => ms,
  ceil: (ms) => Math.ceil(ms / MS_PER_SECOND) * MS_PER_SECOND,
};

const BILLING_RULES = Object.keys(ROUND) as BillingRule[];

/** The rule in words, for the receipt. */
export const RULE_SENTENCES: Readonly<Record<BillingRule, string>> = {
  nearest: 'The probed length is rounded to the nearest whole second, half a second up.',
  exact: 'The probed length is billed to the millisecond.',
  ceil: 'The probed length is rounded up to the next whole second.',
};

/**
 * Milliseconds that are billed for a clip of `referenceMs`. Nearest is the default because an "8 s"
 * clip at 29.97 frames a second probes as 8008 ms, and customers were told the price of 8 s.
 */
export function computeBillableMs(
  referenceMs: number,
  rule: BillingRule,
  range: BillableRange,
): number {
  assert(Number.isSafeInteger(referenceMs) && referenceMs >= 0, 'a length is whole milliseconds');
  return clamp(ROUND[rule](referenceMs), range);
}

/**
 * Milliseconds that are held before the clip is known: the client's estimate within the range, else
 * the most it can be.
 */
export function computeHoldMs(durationSeconds: number | null, range: BillableRange): number {
  return durationSeconds === null ? range.maxMs : clamp(durationSeconds * MS_PER_SECOND, range);
}

export function computeAmountNanos(rateNanosPerMs: bigint, lengthMs: number): bigint {
  return rateNanosPerMs * BigInt(lengthMs);
}

function clamp(lengthMs: number, range: BillableRange): number {
  return Math.min(Math.max(lengthMs, range.minMs), range.maxMs);
}

/** A rule name that came out of the database. */
export function readBillingRule(name: string): BillingRule {
  const rule = BILLING_RULES.find((known) => known === name);
  assert(rule, `"${name}" is a billing rule`);
  return rule;
}
