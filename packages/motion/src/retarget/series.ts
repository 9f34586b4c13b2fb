/** Numbers over time: smoothing without delay, order statistics, angles that never jump. */

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

/**
 * Zero-phase Gaussian smoothing, `sigma` in samples, with odd reflection at the ends so that a
 * trend is not flattened there.
 */
export function smoothSeries(values: Float64Array, sigma: number): Float64Array {
  const count = values.length;
  if (sigma <= 0.05 || count < 3) return Float64Array.from(values);
  const radius = Math.min(Math.ceil(sigma * 3), count - 1);
  const kernel = new Float64Array(radius + 1);
  for (let i = 0; i <= radius; i += 1) kernel[i] = Math.exp((-0.5 * i * i) / (sigma * sigma));
  const first = values[0]!;
  const last = values[count - 1]!;
  const at = (i: number): number => {
    if (i < 0) return 2 * first - values[-i]!;
    if (i >= count) return 2 * last - values[2 * (count - 1) - i]!;
    return values[i]!;
  };
  const result = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    let sum = values[i]! * kernel[0]!;
    let weight = kernel[0]!;
    for (let k = 1; k <= radius; k += 1) {
      sum += kernel[k]! * (at(i - k) + at(i + k));
      weight += 2 * kernel[k]!;
    }
    result[i] = sum / weight;
  }
  return result;
}

/** Brings an angle into (-pi, pi]. */
export function wrapAngle(angle: number): number {
  const turned = angle % (2 * Math.PI);
  if (turned > Math.PI) return turned - 2 * Math.PI;
  if (turned <= -Math.PI) return turned + 2 * Math.PI;
  return turned;
}

/** The direction that most of the angles have: the angle of the sum of unit vectors, weighted. */
export function meanAngle(angles: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let x = 0;
  let y = 0;
  for (let i = 0; i < angles.length; i += 1) {
    const weight = weights ? weights[i]! : 1;
    x += weight * Math.cos(angles[i]!);
    y += weight * Math.sin(angles[i]!);
  }
  return Math.atan2(y, x);
}

/** Adds whole turns so that neighbours differ by less than half a turn. */
export function unwrapAngles(angles: Float64Array): Float64Array {
  const result = Float64Array.from(angles);
  for (let i = 1; i < result.length; i += 1) {
    result[i] = result[i - 1]! + wrapAngle(angles[i]! - result[i - 1]!);
  }
  return result;
}

/** 0 below `from`, 1 above `to`, a smooth cubic between; `from` may be larger than `to`. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return t * t * (3 - 2 * t);
}

/** Limits `value` to `low`..`high`. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Almost the value itself while it is small, never beyond `limit` in size. */
export function softLimit(value: number, limit: number): number {
  return limit <= 0 ? 0 : limit * Math.tanh(value / limit);
}
