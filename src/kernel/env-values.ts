/**
 * The forms that a value of the environment may have, each with the sentence that refuses it.
 */

import { z } from 'zod';

/**
 * Dollars a second as text; six places make exactly one nano-dollar a millisecond the smallest
 * step.
 */
const RATE_PATTERN = /^\d{1,6}(\.\d{1,6})?$/;
const DOLLARS_PATTERN = /^\d{1,9}(\.\d{1,9})?$/;
const CIDR_PATTERN = /^[0-9a-fA-F.:]+\/\d{1,3}$/;

export function text() {
  return z.string();
}

export function wholeNumber(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, {
      error: (issue) => `${rule}, not "${String(issue.input)}"`,
    })
    .transform(Number);
}

export function decimalNumber(min: number, max: number) {
  return z
    .string()
    .refine(
      (value) =>
        /^\d{1,9}(\.\d{1,9})?$/.test(value) && Number(value) >= min && Number(value) <= max,
      { error: (issue) => `must be a number from ${min} to ${max}, not "${String(issue.input)}"` },
    )
    .transform(Number);
}

/** $0.10288 a second is 102_880n nano-dollars a millisecond; text keeps it exact. */
export function ratePerSecond() {
  return z
    .string()
    .regex(RATE_PATTERN, 'must be dollars a second with at most six decimals, such as 0.10288')
    .transform((value) => toUnits(value, 6))
    .refine((nanosPerMs) => nanosPerMs > 0n, 'must be more than zero');
}

export function dollars() {
  return z
    .string()
    .regex(DOLLARS_PATTERN, 'must be dollars with at most nine decimals, such as 10.00')
    .transform((value) => toUnits(value, 9));
}

/** Decimal text times 10^decimals, without a float in between. */
function toUnits(value: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = value.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

export function httpUrl() {
  return z
    .string()
    .refine(isPlainHttpUrl, 'must be an http or https address without a password or a query')
    .transform((value) => value.replace(/\/+$/, ''));
}

function isPlainHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return [url.username, url.password, url.search, url.hash].every((part) => part === '');
}

export function cidrList() {
  return z
    .string()
    .transform((value) => value.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every((entry) => CIDR_PATTERN.test(entry)), {
      error: 'must be ranges such as 127.0.0.0/8 separated by commas',
    });
}
