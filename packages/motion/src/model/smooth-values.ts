/** Smooths a number over time without lag. */

/** The Gaussian is cut off this many sigmas from its middle. */
const KERNEL_REACH = 3;
/** A narrower Gaussian than this many samples changes nothing that could be measured. */
const SIGMA_MIN = 0.05;

/**
 * Zero-phase Gaussian smoothing: forward and backward alike, so that nothing lags. Beyond its ends
 * the series goes on as its own point reflection, so that a trend is not flattened there and the
 * first and last value stay put.
 *
 * @param values one number a sample
 * @param sigma of the Gaussian, in samples
 * @param weights how much each sample counts, above 0; all the same when left out
 */
export function smoothValues(
  values: Float64Array,
  sigma: number,
  weights?: Float64Array,
): Float64Array {
  const count = values.length;
  const reach = Math.min(Math.ceil(KERNEL_REACH * sigma), count - 1);
  if (sigma <= SIGMA_MIN || reach < 1) return Float64Array.from(values);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, k) =>
    Math.exp(-(k * k) / (2 * sigma * sigma)),
  );
  const last = count - 1;
  const result = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    let sum = 0;
    let total = 0;
    for (let k = -reach; k <= reach; k += 1) {
      const at = i + k;
      // The sample that the point reflection shows here.
      const real = at < 0 ? -at : at > last ? 2 * last - at : at;
      const value = at === real ? values[at]! : 2 * values[at < 0 ? 0 : last]! - values[real]!;
      const weight = kernel[k < 0 ? -k : k]! * (weights ? weights[real]! : 1);
      sum += weight * value;
      total += weight;
    }
    result[i] = sum / total;
  }
  return result;
}
