/** Small functions on single numbers that every stage uses in the same way. */

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}

export function mix(from: number, to: number, amount: number): number {
  return from + (to - from) * amount;
}

/**
 * Cubic step from 0 at `edge0` to 1 at `edge1`; falls instead of rising when `edge0` is the larger.
 */
export function smoothstep(edge0: number, edge1: number, value: number): number {
  const t = clamp((value - edge0) / (edge1 - edge0), 0, 1);
  return t * t * (3 - 2 * t);
}
