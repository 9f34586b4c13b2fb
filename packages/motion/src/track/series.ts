/**
 * Cleans paths of points over time: fills short gaps, smooths without lag, and adds frames in
 * between.
 */

import { smoothValues } from '../model/smooth-values.ts';

/** A point that is not seen at all still counts this much, so that its path never breaks. */
const WEIGHT_MIN = 0.05;

/**
 * One entry a frame: the points of that frame, all of one length, or null where nothing was found.
 */
export type Series = (Float32Array | null)[];

export type SmoothOptions = {
  /** Numbers per point. */
  stride: number;
  /**
   * Gaussian sigma in frames of the `point`-th point's `component`-th number; 0 leaves it as it is.
   */
  sigma: (point: number, component: number) => number;
  /** Component that weighs its point (visibility, 0..1), or null when all frames count the same. */
  weightComponent: number | null;
};

/**
 * Bridges gaps of at most `gapMax` frames: linearly between the frames around them, and by standing
 * still at both ends of the series. Longer gaps stay.
 */
export function fillGaps(series: Series, gapMax: number): Series {
  const filled = series.slice();
  let from = 0;
  while (from < series.length) {
    let to = from;
    while (to < series.length && series[to] === null) to += 1;
    if (to > from && to - from <= gapMax) {
      bridge(filled, from, to);
    }
    from = Math.max(to, from) + 1;
  }
  return filled;
}

/**
 * Puts frames that only repeat the one before on the straight way to the next real one, which turns
 * the stutter of a converted film back into movement. Where there is no next one, they stay with
 * the one before.
 */
export function bridgeRepeats(series: Series, isRepeat: readonly boolean[]): Series {
  const bridged = series.slice();
  for (const { from, to } of findRuns(isRepeat.map((repeat) => repeat || null))) {
    const before = series[from - 1] ?? null;
    if (before === null) continue;
    if (series[to]) bridge(bridged, from, to);
    else bridged.fill(before, from, to);
  }
  return bridged;
}

function bridge(series: Series, from: number, to: number): void {
  const before = series[from - 1] ?? series[to] ?? null;
  const after = series[to] ?? before;
  if (before === null || after === null) return;
  for (let i = from; i < to; i += 1) {
    const part = (i - from + 1) / (to - from + 1);
    series[i] = before.map((value, n) => value + (after[n]! - value) * part);
  }
}

/** Smooths every number along time, each run of found frames by itself; {@link smoothValues}. */
export function smoothSeries(series: Series, options: SmoothOptions): Series {
  const smooth: Series = series.slice();
  for (const { from, to } of findRuns(series)) {
    const run = series.slice(from, to) as Float32Array[];
    const result = run.map((points) => points.slice());
    const length = run[0]!.length;
    for (let n = 0; n < length; n += 1) {
      smoothNumber(run, result, n, options);
    }
    for (let i = from; i < to; i += 1) smooth[i] = result[i - from]!;
  }
  return smooth;
}

/** Ranges of frames in a row that are not null. */
export function findRuns(series: readonly unknown[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let from: number | null = null;
  for (let i = 0; i <= series.length; i += 1) {
    const found = i < series.length && series[i] !== null;
    if (found) from ??= i;
    if (!found && from !== null) {
      runs.push({ from, to: i });
      from = null;
    }
  }
  return runs;
}

function smoothNumber(
  run: Float32Array[],
  result: Float32Array[],
  n: number,
  { stride, sigma, weightComponent }: SmoothOptions,
): void {
  const component = n % stride;
  const width = sigma(Math.floor(n / stride), component);
  const column = (at: number): Float64Array => Float64Array.from(run, (points) => points[at]!);
  const weights =
    weightComponent === null || component === weightComponent
      ? undefined
      : column(n - component + weightComponent).map((seen) => WEIGHT_MIN + seen);
  const smooth = smoothValues(column(n), width, weights);
  for (let i = 0; i < run.length; i += 1) result[i]![n] = smooth[i]!;
}

/**
 * Adds frames between those of a series that holds only every `step`-th one (centripetal
 * neighbours, uniform Catmull-Rom 1974). After the last one it stands still. A frame between a
 * found and a lost one takes the nearer of the two; so does one between two shots, which begin at
 * the entries of `series` that `cuts` lists.
 */
export function densifySeries(
  series: Series,
  step: number,
  length: number,
  cuts: readonly number[] = [],
): Series {
  if (step === 1) return series.slice(0, length);
  return Array.from({ length }, (_, i) => {
    const at = Math.min(Math.floor(i / step), series.length - 1);
    const part = Math.min(1, i / step - at);
    if (part > 0 && cuts.includes(at + 1)) {
      return series[i < firstOfShot(at + 1, step) ? at : at + 1] ?? null;
    }
    const [a, b] = [series[at] ?? null, series[at + 1] ?? null];
    if (part === 0 || a === null || b === null)
      return part < 0.5 || at + 1 >= series.length ? a : b;
    const before = cuts.includes(at) ? a : (series[at - 1] ?? a);
    const after = cuts.includes(at + 2) ? b : (series[at + 2] ?? b);
    return interpolate(before, a, b, after, part);
  });
}

/** Where, among the frames in between, the shot begins that starts with entry `cut`. */
export function firstOfShot(cut: number, step: number): number {
  return Math.ceil((cut - 0.5) * step);
}

function interpolate(
  before: Float32Array,
  a: Float32Array,
  b: Float32Array,
  after: Float32Array,
  t: number,
): Float32Array {
  return a.map((value, n) => {
    const slopeA = (b[n]! - before[n]!) / 2;
    const slopeB = (after[n]! - value) / 2;
    const rise = b[n]! - value;
    return (
      value + t * (slopeA + t * (3 * rise - 2 * slopeA - slopeB + t * (slopeA + slopeB - 2 * rise)))
    );
  });
}
