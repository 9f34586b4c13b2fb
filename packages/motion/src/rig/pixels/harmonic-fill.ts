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
/** Folds of a curtain run down: there the vertical conductance rises, at horizons it falls. */
const VERTICAL_RANGE = [0.02, 6] as const;
/** Gradients are averaged over this share of the picture's longer side to find the direction. */
const DIRECTION_SHARE = 0.05;
/** Gradients of noise, which have no direction. */
const NOISE_GRADIENT = 1.5;
/** How strongly the direction counts. */
const DIRECTION_POWER = 3;
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
  relax(filled, holes, vertical, sweeps);
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
 * The three channels go together: each value waits for its neighbour, and three of them wait at the
 * same time.
 */
function relax(rgb: Rgb, holes: Uint32Array, vertical: Float32Array, sweeps: number): void {
  const { width } = rgb;
  const [red, green, blue] = rgb.channels;
  const rates = measureRates(rgb, holes, vertical);
  const kept = OVER_RELAXATION - 1;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let k = 0; k < holes.length; k++) {
      const i = holes[k]!;
      const conductance = vertical[i]!;
      const rate = rates[k]!;
      if (rate === AT_BORDER) {
        for (const channel of rgb.channels) relaxAtBorder(channel, i, conductance, rgb);
        continue;
      }
      const above = i - width;
      const below = i + width;
      red[i] =
        rate * (red[i - 1]! + red[i + 1]! + conductance * (red[above]! + red[below]!)) -
        kept * red[i]!;
      green[i] =
        rate * (green[i - 1]! + green[i + 1]! + conductance * (green[above]! + green[below]!)) -
        kept * green[i]!;
      blue[i] =
        rate * (blue[i - 1]! + blue[i + 1]! + conductance * (blue[above]! + blue[below]!)) -
        kept * blue[i]!;
    }
  }
}

const AT_BORDER = 0;

/** The share of the neighbours' sum that a pixel takes, for pixels that have all four. */
function measureRates(
  { width, height }: Rgb,
  holes: Uint32Array,
  vertical: Float32Array,
): Float32Array {
  const lastRow = width * (height - 1);
  const rates = new Float32Array(holes.length);
  for (let k = 0; k < holes.length; k++) {
    const i = holes[k]!;
    const x = i % width;
    const isInside = x > 0 && x < width - 1 && i >= width && i < lastRow;
    rates[k] = isInside ? OVER_RELAXATION / (2 + 2 * vertical[i]!) : AT_BORDER;
  }
  return rates;
}

function relaxAtBorder(
  channel: Float32Array,
  i: number,
  conductance: number,
  { width, height }: Rgb,
): void {
  const x = i % width;
  let sum = 0;
  let weight = 0;
  const take = (at: number, share: number): void => {
    sum += share * channel[at]!;
    weight += share;
  };
  if (x > 0) take(i - 1, 1);
  if (x < width - 1) take(i + 1, 1);
  if (i >= width) take(i - width, conductance);
  if (i < width * (height - 1)) take(i + width, conductance);
  const value = channel[i]!;
  channel[i] = value + OVER_RELAXATION * (sum / weight - value);
}
