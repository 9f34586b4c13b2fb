/** Fills a hole of a picture so that its colours flow in from the rim, along its lines. */

import { shrinkPlane } from '../../model/resize.ts';
import { createRgb, type Rgb } from '../../model/rgb.ts';
import { measureConductance } from './conductance.ts';

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
  if (!unknown.includes(1)) return filled;
  if (Math.min(width, height) <= COARSEST_SIZE) fillWithMean(filled, unknown);
  else {
    const coarse = shrinkKnown(rgb, unknown);
    const coarseVertical = shrinkPlane(vertical, width, height, 2).data;
    takeOver(filled, unknown, solve(coarse.rgb, coarse.unknown, coarseVertical, sweeps));
  }
  relax(filled, unknown, vertical, sweeps);
  return filled;
}

function copyRgb({ width, height, channels }: Rgb): Rgb {
  const [r, g, b] = channels;
  return { width, height, channels: [r.slice(), g.slice(), b.slice()] };
}

function fillWithMean(rgb: Rgb, unknown: Uint8Array): void {
  for (const channel of rgb.channels) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < unknown.length; i++) {
      if (unknown[i] === 1) continue;
      sum += channel[i]!;
      count++;
    }
    const mean = sum / count;
    for (let i = 0; i < unknown.length; i++) if (unknown[i] === 1) channel[i] = mean;
  }
}

/** Starts the unknown pixels from the solution at half the size. */
function takeOver({ width, height, channels }: Rgb, unknown: Uint8Array, solved: Rgb): void {
  for (const [c, to] of channels.entries()) {
    for (let y = 0; y < height; y++) {
      const from = solved.channels[c]!.subarray((y >> 1) * solved.width);
      takeOverRow(to, unknown, y * width, width, from);
    }
  }
}

function takeOverRow(
  to: Float32Array,
  unknown: Uint8Array,
  row: number,
  width: number,
  from: Float32Array,
): void {
  for (let x = 0; x < width; x++) if (unknown[row + x] === 1) to[row + x] = from[x >> 1]!;
}

/**
 * Halves a picture from its known pixels only; a coarse pixel is unknown when all four below it
 * are.
 */
function shrinkKnown(rgb: Rgb, unknown: Uint8Array): { rgb: Rgb; unknown: Uint8Array } {
  const { width, height } = rgb;
  const small = createRgb((width + 1) >> 1, (height + 1) >> 1);
  const counts = new Float32Array(small.width * small.height);
  for (let y = 0; y < height; y++) {
    const to = (y >> 1) * small.width;
    countKnown(unknown, y * width, width, counts, to);
    for (const [c, sums] of small.channels.entries()) {
      addKnown(rgb.channels[c]!, unknown, y * width, width, sums, to);
    }
  }
  for (const sums of small.channels) {
    for (let j = 0; j < sums.length; j++) sums[j]! /= Math.max(1, counts[j]!);
  }
  return { rgb: small, unknown: Uint8Array.from(counts, (count) => (count === 0 ? 1 : 0)) };
}

function countKnown(
  unknown: Uint8Array,
  row: number,
  width: number,
  counts: Float32Array,
  to: number,
): void {
  for (let x = 0; x < width; x++) counts[to + (x >> 1)]! += 1 - unknown[row + x]!;
}

function addKnown(
  channel: Float32Array,
  unknown: Uint8Array,
  row: number,
  width: number,
  sums: Float32Array,
  to: number,
): void {
  for (let x = 0; x < width; x++) {
    if (unknown[row + x] === 0) sums[to + (x >> 1)]! += channel[row + x]!;
  }
}

/**
 * A picture column by column with a border of zeros, the three colours of each pixel beside each
 * other: runs lie together in memory, and nothing has to be asked at the edges.
 */
type Columns = { stride: number; colours: Float32Array };

/**
 * Unknown pixels of one column without a gap, solved at once: where colours run down, single pixels
 * would have to hand them on from sweep to sweep. `at` is the place of the first one in columns,
 * `first` that of its row in the elimination.
 */
type Run = { at: number; first: number; length: number };

/** Eliminated rows of the tridiagonal systems of all runs, a pixel each, and what rows weigh. */
type Elimination = {
  vertical: Float32Array;
  pivot: Float32Array;
  carry: Float32Array;
};

/** Successive over-relaxation by whole runs (Young 1971), each solved by Thomas's algorithm. */
function relax(rgb: Rgb, unknown: Uint8Array, vertical: Float32Array, sweeps: number): void {
  const { width, height } = rgb;
  const columns = toColumns(rgb);
  const runs = listRuns(unknown, width, height);
  const elimination = eliminate(runs, rgb, vertical);
  const longest = runs.reduce((most, { length }) => Math.max(most, length), 0);
  const values = new Float32Array(3 * longest);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const run of runs) {
      solveDown(columns, elimination, run, values);
      solveUp(columns, elimination, run, values);
    }
  }
  for (const run of runs) takeRun(columns, run, rgb);
}

function toColumns({ width, height, channels }: Rgb): Columns {
  const stride = height + 2;
  const colours = new Float32Array(3 * stride * (width + 2));
  for (const [c, channel] of channels.entries()) {
    for (let x = 0; x < width; x++) {
      copyColumn(channel, x, width, colours, 3 * ((x + 1) * stride + 1) + c, height);
    }
  }
  return { stride, colours };
}

function copyColumn(
  channel: Float32Array,
  from: number,
  width: number,
  colours: Float32Array,
  to: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) colours[to + 3 * k] = channel[from + k * width]!;
}

function takeRun({ stride, colours }: Columns, { at, length }: Run, rgb: Rgb): void {
  const { width, channels } = rgb;
  const [red, green, blue] = channels;
  const start = ((at % stride) - 1) * width + Math.floor(at / stride) - 1;
  for (let k = 0; k < length; k++) {
    const [from, to] = [3 * (at + k), start + k * width];
    red[to] = colours[from]!;
    green[to] = colours[from + 1]!;
    blue[to] = colours[from + 2]!;
  }
}

function listRuns(unknown: Uint8Array, width: number, height: number): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const start = y;
      while (y < height && unknown[y * width + x] === 1) y++;
      const length = y - start;
      if (length === 0) continue;
      runs.push({ at: (x + 1) * (height + 2) + start + 1, first, length });
      first += length;
    }
  }
  return runs;
}

function eliminate(runs: readonly Run[], rgb: Rgb, conductance: Float32Array): Elimination {
  const count = runs.reduce((sum, { length }) => sum + length, 0);
  const blank = () => new Float32Array(count);
  const elimination = { vertical: blank(), pivot: blank(), carry: blank() };
  for (const run of runs) eliminateRun(run, rgb, conductance, elimination);
  return elimination;
}

function eliminateRun(
  { at, first, length }: Run,
  { width, height }: Rgb,
  conductance: Float32Array,
  { vertical, pivot, carry }: Elimination,
): void {
  const x = Math.floor(at / (height + 2)) - 1;
  const top = (at % (height + 2)) - 1;
  const beside = (x > 0 ? 1 : 0) + (x < width - 1 ? 1 : 0);
  let before = 0;
  for (let k = 0; k < length; k++) {
    const y = top + k;
    const own = conductance[y * width + x]!;
    const ends = (y > 0 ? 1 : 0) + (y < height - 1 ? 1 : 0);
    const scale = 1 / (beside + ends * own - own * before);
    before = own * scale;
    vertical[first + k] = own;
    pivot[first + k] = scale;
    carry[first + k] = before;
  }
}

function solveDown(
  { stride, colours }: Columns,
  { vertical, pivot }: Elimination,
  { at, first, length }: Run,
  values: Float32Array,
): void {
  const left = 3 * (at - stride);
  const right = 3 * (at + stride);
  let red = colours[3 * at - 3]!;
  let green = colours[3 * at - 2]!;
  let blue = colours[3 * at - 1]!;
  for (let k = 0, n = 0; k < length; k++, n += 3) {
    const own = vertical[first + k]!;
    const scale = pivot[first + k]!;
    red = (colours[left + n]! + colours[right + n]! + own * red) * scale;
    green = (colours[left + n + 1]! + colours[right + n + 1]! + own * green) * scale;
    blue = (colours[left + n + 2]! + colours[right + n + 2]! + own * blue) * scale;
    values[n] = red;
    values[n + 1] = green;
    values[n + 2] = blue;
  }
}

function solveUp(
  { colours }: Columns,
  { carry }: Elimination,
  { at, first, length }: Run,
  values: Float32Array,
): void {
  const below = 3 * (at + length);
  let red = colours[below]!;
  let green = colours[below + 1]!;
  let blue = colours[below + 2]!;
  for (let k = length - 1; k >= 0; k--) {
    const n = 3 * k;
    const i = 3 * at + n;
    const share = carry[first + k]!;
    red = values[n]! + share * red;
    green = values[n + 1]! + share * green;
    blue = values[n + 2]! + share * blue;
    colours[i]! += OVER_RELAXATION * (red - colours[i]!);
    colours[i + 1]! += OVER_RELAXATION * (green - colours[i + 1]!);
    colours[i + 2]! += OVER_RELAXATION * (blue - colours[i + 2]!);
  }
}
