/** Fills a hole of a picture so that its colours flow in from the rim, along its lines. */

import { blurBox } from '../../model/blur.ts';
import { shrinkPlane } from '../../model/resize.ts';
import { createRgb, type Rgb } from '../../model/rgb.ts';
import { clamp } from '../../model/scalar.ts';
import { pullPush } from './pull-push.ts';

/**
 * Vertical conductance where the background has no direction (the horizontal one is 1). People are
 * tall: left and right neighbours explain what is behind them, and horizons continue.
 */
const VERTICAL_CONDUCTANCE = 0.08;
/**
 * Folds of a curtain run down: there the vertical conductance rises, at horizons it falls. What
 * goes on behind a figure ten times as tall as a fold is wide needs the square of that.
 */
const VERTICAL_RANGE = [0.02, 1000] as const;
/** Gradients are averaged over this share of the picture's longer side to find the direction. */
const DIRECTION_SHARE = 0.05;
/** Gradients of noise, which have no direction. */
const NOISE_GRADIENT = 0.75;
/** How strongly the direction counts. */
const DIRECTION_POWER = 4;
const SWEEPS = 40;
const OVER_RELAXATION = 1.5;
/** Below this size in pixels the pyramid stops. */
const COARSEST_SIZE = 24;

/**
 * Weighted Laplace equation solved by successive over-relaxation on a pyramid. The horizontal
 * conductance is 1, the vertical one follows the direction of the background around the hole.
 * `unknown` is 1 inside the hole; pixels outside of it are returned unchanged. `sweeps` is the work
 * spent a level.
 */
export function fillHarmonic(rgb: Rgb, unknown: Uint8Array, sweeps = SWEEPS): Rgb {
  if (!unknown.includes(1) || !unknown.includes(0)) return copyRgb(rgb);
  return solve(rgb, unknown, measureConductance(rgb, unknown), sweeps);
}

function solve(rgb: Rgb, unknown: Uint8Array, vertical: Float32Array, sweeps: number): Rgb {
  const { width, height } = rgb;
  const filled = copyRgb(rgb);
  const holes = listHoles(unknown);
  if (holes.length === 0 || holes.length === unknown.length) return filled;
  if (Math.min(width, height) <= COARSEST_SIZE) fillWithMean(filled, unknown, holes);
  else {
    const coarse = shrinkKnown(rgb, unknown);
    const coarseVertical = shrinkPlane(vertical, width, height, 2).data;
    takeOver(filled, holes, solve(coarse.rgb, coarse.unknown, coarseVertical, sweeps));
  }
  relax(filled, unknown, vertical, sweeps);
  return filled;
}

function copyRgb({ width, height, channels }: Rgb): Rgb {
  const [r, g, b] = channels;
  return { width, height, channels: [r.slice(), g.slice(), b.slice()] };
}

/**
 * Strong changes from left to right and weak ones from top to bottom mean that colours go on
 * downwards. Inside the hole the direction is that of the known pixels around.
 */
function measureConductance(rgb: Rgb, unknown: Uint8Array): Float32Array {
  const { width, height } = rgb;
  const gradients = createRgb(width, height);
  const [acrossX, acrossY] = gradients.channels;
  const known = new Float32Array(width * height);
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const i = y * width + x;
      if (unknown[i] === 1 || unknown[i + 1] === 1 || unknown[i + width] === 1) continue;
      known[i] = 1;
      for (const channel of rgb.channels) {
        acrossX[i]! += Math.abs(channel[i + 1]! - channel[i]!);
        acrossY[i]! += Math.abs(channel[i + width]! - channel[i]!);
      }
    }
  }
  const radius = DIRECTION_SHARE * Math.max(width, height);
  const share = blurBox(known, width, height, radius);
  for (const channel of [acrossX, acrossY]) {
    const sum = blurBox(channel, width, height, radius);
    for (let i = 0; i < sum.length; i++) channel[i] = sum[i]! / Math.max(1e-4, share[i]!);
  }
  const spread = pullPush(
    gradients,
    share.map((value) => (value > 0.05 ? 1 : 0)),
  );
  return spread.channels[0].map((across, i) => {
    const ratio = (across + NOISE_GRADIENT) / (spread.channels[1][i]! + NOISE_GRADIENT);
    return clamp(VERTICAL_CONDUCTANCE * ratio ** DIRECTION_POWER, ...VERTICAL_RANGE);
  });
}

function listHoles(unknown: Uint8Array): Uint32Array {
  let count = 0;
  for (const value of unknown) count += value;
  const holes = new Uint32Array(count);
  let next = 0;
  for (let i = 0; i < unknown.length; i++) if (unknown[i] === 1) holes[next++] = i;
  return holes;
}

function fillWithMean(rgb: Rgb, unknown: Uint8Array, holes: Uint32Array): void {
  for (const channel of rgb.channels) {
    let sum = 0;
    for (let i = 0; i < unknown.length; i++) sum += unknown[i] === 0 ? channel[i]! : 0;
    const mean = sum / (unknown.length - holes.length);
    for (const i of holes) channel[i] = mean;
  }
}

/** Starts the unknown pixels from the solution at half the size. */
function takeOver(rgb: Rgb, holes: Uint32Array, solved: Rgb): void {
  const { width } = rgb;
  for (let c = 0; c < 3; c++) {
    const from = solved.channels[c]!;
    const to = rgb.channels[c]!;
    for (const i of holes) {
      const x = i % width;
      const y = (i - x) / width;
      to[i] = from[(y >> 1) * solved.width + (x >> 1)]!;
    }
  }
}

/**
 * Halves a picture from its known pixels only; a coarse pixel is unknown when all four below it
 * are.
 */
function shrinkKnown(rgb: Rgb, unknown: Uint8Array): { rgb: Rgb; unknown: Uint8Array } {
  const { width, height } = rgb;
  const small = createRgb((width + 1) >> 1, (height + 1) >> 1);
  const counts = new Uint8Array(small.width * small.height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (unknown[i] === 1) continue;
      const j = (y >> 1) * small.width + (x >> 1);
      counts[j]!++;
      for (let c = 0; c < 3; c++) small.channels[c]![j]! += rgb.channels[c]![i]!;
    }
  }
  for (let j = 0; j < counts.length; j++) {
    if (counts[j] === 0) continue;
    for (let c = 0; c < 3; c++) small.channels[c]![j]! /= counts[j]!;
  }
  return { rgb: small, unknown: counts.map((count) => (count === 0 ? 1 : 0)) };
}

/**
 * Unknown pixels of one column without a gap, solved at once: where colours run down, single pixels
 * would have to hand them on from sweep to sweep.
 */
type Run = { start: number; length: number };

/** Eliminated rows of the run's tridiagonal system, a pixel each, in the order of the runs. */
type Elimination = { runs: readonly Run[]; pivot: Float32Array; carry: Float32Array };

/** Successive over-relaxation by whole runs (Young 1971), each solved by Thomas's algorithm. */
function relax(rgb: Rgb, unknown: Uint8Array, vertical: Float32Array, sweeps: number): void {
  const elimination = eliminate(rgb, unknown, vertical);
  const longest = elimination.runs.reduce((most, { length }) => Math.max(most, length), 0);
  const values = new Float32Array(longest);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const channel of rgb.channels) relaxRuns(channel, rgb, vertical, elimination, values);
  }
}

function eliminate(
  { width, height }: Rgb,
  unknown: Uint8Array,
  vertical: Float32Array,
): Elimination {
  const runs = listRuns(unknown, width, height);
  const count = runs.reduce((sum, { length }) => sum + length, 0);
  const pivot = new Float32Array(count);
  const carry = new Float32Array(count);
  let at = 0;
  for (const { start, length } of runs) {
    const x = start % width;
    const beside = (x > 0 ? 1 : 0) + (x < width - 1 ? 1 : 0);
    for (let k = 0; k < length; k++, at++) {
      const i = start + k * width;
      const ends = (i >= width ? 1 : 0) + (i < width * (height - 1) ? 1 : 0);
      const before = k > 0 ? vertical[i]! * carry[at - 1]! : 0;
      pivot[at] = 1 / (beside + ends * vertical[i]! - before);
      carry[at] = vertical[i]! * pivot[at]!;
    }
  }
  return { runs, pivot, carry };
}

function listRuns(unknown: Uint8Array, width: number, height: number): Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const start = y * width + x;
      while (y < height && unknown[y * width + x] === 1) y++;
      const length = y - Math.floor(start / width);
      if (length > 0) runs.push({ start, length });
    }
  }
  return runs;
}

function relaxRuns(
  channel: Float32Array,
  { width, height }: Rgb,
  vertical: Float32Array,
  { runs, pivot, carry }: Elimination,
  values: Float32Array,
): void {
  let first = 0;
  for (const { start, length } of runs) {
    const x = start % width;
    const last = start + (length - 1) * width;
    const above = start >= width ? vertical[start]! * channel[start - width]! : 0;
    const below = last < width * (height - 1) ? vertical[last]! * channel[last + width]! : 0;
    let value = 0;
    for (let k = 0; k < length; k++) {
      const i = start + k * width;
      let sum = (x > 0 ? channel[i - 1]! : 0) + (x < width - 1 ? channel[i + 1]! : 0);
      sum += k === 0 ? above : vertical[i]! * value;
      if (k === length - 1) sum += below;
      value = sum * pivot[first + k]!;
      values[k] = value;
    }
    for (let k = length - 1; k >= 0; k--) {
      if (k < length - 1) values[k]! += carry[first + k]! * values[k + 1]!;
      const i = start + k * width;
      channel[i]! += OVER_RELAXATION * (values[k]! - channel[i]!);
    }
    first += length;
  }
}
