/** Nano-dollars inside, decimal dollars at the JSON edge; nothing in between is a float. */

import { AppError } from '../kernel/errors.ts';

const NANOS_PER_DOLLAR = 1_000_000_000n;
const DECIMALS = 9;
const DECIMALS_SHOWN_MIN = 5;
const DOLLARS_PATTERN = /^(\d{1,9})(?:\.(\d{1,9}))?$/;

/** `823_040_000n` -> `"0.82304"`: at least five decimals, more only where they are not zero. */
export function formatDollars(amountNanos: bigint): string {
  const sign = amountNanos < 0n ? '-' : '';
  const absolute = amountNanos < 0n ? -amountNanos : amountNanos;
  const decimals = String(absolute % NANOS_PER_DOLLAR)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '')
    .padEnd(DECIMALS_SHOWN_MIN, '0');
  return `${sign}${absolute / NANOS_PER_DOLLAR}.${decimals}`;
}

/**
 * `"10"`, `"0.5"`, `"1.234567891"` -> nanos. Throws `invalid_request` for anything else, signs and
 * exponents included.
 */
export function parseDollars(text: string): bigint {
  const match = DOLLARS_PATTERN.exec(text);
  if (!match) {
    throw new AppError('invalid_request', {
      reason: `"${text}" is not an amount of dollars such as 10 or 0.82304.`,
    });
  }
  const [, whole = '0', decimals = ''] = match;
  return BigInt(whole) * NANOS_PER_DOLLAR + BigInt(decimals.padEnd(DECIMALS, '0'));
}

/**
 * Dollars as a JSON number, for the one field (`cost`) that clients read so: the double nearest to
 * the exact amount.
 */
export function toDollarNumber(amountNanos: bigint): number {
  return Number(formatDollars(amountNanos));
}
