/** Order statistics: what most values are like, whatever a few of them do. */

/**
 * The value below which `fraction` of the values lie, by linear interpolation; NaN values are
 * ignored, 0 when none are left.
 */
export function percentile(values: ArrayLike<number>, fraction: number): number {
  const sorted = Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const place = Math.min(Math.max(fraction, 0), 1) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/** The middle value. */
export function median(values: ArrayLike<number>): number {
  return percentile(values, 0.5);
}
