/** Small functions on single numbers that every stage uses in the same way. */

/** Limits `value` to `low`..`high`. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}

/** The value at the share `amount` of the way. */
export function mix(from: number, to: number, amount: number): number {
  return from + (to - from) * amount;
}

/** Almost the value itself while it is small, never beyond `limit` in size. */
export function softLimit(value: number, limit: number): number {
  return limit <= 0 ? 0 : limit * Math.tanh(value / limit);
}

/**
 * Cubic step from 0 at `edge0` to 1 at `edge1`; falls instead of rising when `edge0` is the larger.
 */
export function smoothstep(edge0: number, edge1: number, value: number): number {
  const t = clamp((value - edge0) / (edge1 - edge0), 0, 1);
  return t * t * (3 - 2 * t);
}
