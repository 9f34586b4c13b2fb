/**
 * Watches the colours of a clip from frame to frame, which jump where it cuts to another shot.
 */

import type { RgbaImage } from './image.ts';

/** Colours are counted in this many zones a side, on this many samples a side of each zone. */
const ZONES = 3;
const SAMPLES = 24;
const BINS = 16;
const CHANNELS = 3;
const LEVELS_A_BIN = 256 / BINS;

/**
 * Successive pictures whose colours differ by this many levels may belong to two shots; see
 * {@link makeColourWatch}. Measured: people dancing at 5 to 25 fps below 4, dark, noisy and blurred
 * ones below 3, cuts to another crop of the same room above 10.
 */
const CUT_CHANGE_MIN = 7;
/** A smaller change than this must stand alone: a swinging camera changes many frames in a row. */
const CUT_CHANGE_SURE = 25;
/** It stands alone when it is this many times as large as those before and after it. */
const ALONE_FACTOR = 2;

export function mayBeCut(colourChange: number | null): boolean {
  return colourChange !== null && colourChange >= CUT_CHANGE_MIN;
}

/** Whether the change between two frames stands out from those just before and after it. */
export function standsOut(change: number, before: number, after: number): boolean {
  return change >= CUT_CHANGE_SURE || change >= ALONE_FACTOR * Math.max(before, after);
}

/**
 * Returns a function that is fed frame after frame and gives the distance, in levels of 0..255, of
 * its colours to those of the frame before: the mean over zones and channels of the earth mover's
 * distance of their histograms (Rubner et al. 2000). Null for the first frame.
 */
export function makeColourWatch(): (image: RgbaImage) => number | null {
  let last: Float32Array | null = null;
  return (image) => {
    const colours = sumColours(image);
    const change = last && meanDistance(colours, last);
    last = colours;
    return change;
  };
}

/** Cumulative histograms, 0..1, of each channel in each zone. */
function sumColours({ width, height, data }: RgbaImage): Float32Array {
  const counts = new Float32Array(ZONES * ZONES * CHANNELS * BINS);
  const side = ZONES * SAMPLES;
  for (let row = 0; row < side; row += 1) {
    const y = Math.floor(((row + 0.5) / side) * height);
    for (let column = 0; column < side; column += 1) {
      const x = Math.floor(((column + 0.5) / side) * width);
      const zone = Math.floor(row / SAMPLES) * ZONES + Math.floor(column / SAMPLES);
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        const level = data[(y * width + x) * 4 + channel]!;
        counts[(zone * CHANNELS + channel) * BINS + Math.floor(level / LEVELS_A_BIN)]! += 1;
      }
    }
  }
  const total = SAMPLES * SAMPLES;
  for (let i = 0; i < counts.length; i += 1) {
    const below = i % BINS === 0 ? 0 : counts[i - 1]!;
    counts[i] = below + counts[i]! / total;
  }
  return counts;
}

function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += Math.abs(a[i]! - b[i]!);
  return (LEVELS_A_BIN * sum) / (ZONES * ZONES * CHANNELS);
}
