/**
 * Fills a hole of a picture so that its colours flow in from the rim, more from the sides than from
 * above and below.
 */

import { createRgb, type Rgb } from './rgb.ts';

/**
 * People are tall: left and right neighbours explain what is behind them, and horizons continue.
 */
const VERTICAL_CONDUCTANCE = 0.08;
const SWEEPS = 40;
const OVER_RELAXATION = 1.5;
/** Below this size in pixels the pyramid stops. */
const COARSEST_SIZE = 24;

/**
 * Weighted Laplace equation solved by successive over-relaxation on a pyramid, horizontal
 * conductance 1. `unknown` is 1 inside the hole; pixels outside of it are returned unchanged.
 * `sweeps` is the work spent a level.
 */
export function fillHarmonic(rgb: Rgb, unknown: Uint8Array, sweeps = SWEEPS): Rgb {
  const { width, height } = rgb;
  const filled = createRgb(width, height);
  for (let c = 0; c < 3; c++) filled.channels[c]!.set(rgb.channels[c]!);
  const holes = listHoles(unknown);
  if (holes.length === 0) return filled;
  if (holes.length === width * height) return filled;
  if (Math.min(width, height) <= COARSEST_SIZE) fillWithMean(filled, unknown, holes);
  else startFromCoarse(filled, unknown, holes, sweeps);
  for (const channel of filled.channels) relax(channel, holes, width, height, sweeps);
  return filled;
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

function startFromCoarse(rgb: Rgb, unknown: Uint8Array, holes: Uint32Array, sweeps: number): void {
  const { width } = rgb;
  const coarse = shrinkKnown(rgb, unknown);
  const solved = fillHarmonic(coarse.rgb, coarse.unknown, sweeps);
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

function relax(
  channel: Float32Array,
  holes: Uint32Array,
  width: number,
  height: number,
  sweeps: number,
): void {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let k = 0; k < holes.length; k++) {
      const i = holes[k]!;
      const x = i % width;
      let sum = 0;
      let weight = 0;
      if (x > 0) {
        sum += channel[i - 1]!;
        weight += 1;
      }
      if (x < width - 1) {
        sum += channel[i + 1]!;
        weight += 1;
      }
      if (i >= width) {
        sum += VERTICAL_CONDUCTANCE * channel[i - width]!;
        weight += VERTICAL_CONDUCTANCE;
      }
      if (i < width * (height - 1)) {
        sum += VERTICAL_CONDUCTANCE * channel[i + width]!;
        weight += VERTICAL_CONDUCTANCE;
      }
      const value = channel[i]!;
      channel[i] = value + OVER_RELAXATION * (sum / weight - value);
    }
  }
}
