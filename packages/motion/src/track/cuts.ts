/**
 * Notices where a clip cuts to another shot, so that nothing is smoothed, bridged or followed from
 * one shot into the next.
 */

import type { Finding } from '../model/finding.ts';
import type { RgbaImage } from '../model/image.ts';
import type { Pose } from '../model/pose.ts';
import { isSamePerson } from './clean-paths.ts';
import type { Series } from './series.ts';

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
const ALONE_FACTOR = 2;

/** Times named in one sentence, at most. */
const TIMES_NAMED_MAX = 5;

export function mayBeCut(colourChange: number | null): boolean {
  return colourChange !== null && colourChange >= CUT_CHANGE_MIN;
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

/** What a frame must tell to be judged. */
export type CutEvidence = { colourChange: number | null; pose: Pose | null };

/**
 * Frames that begin another shot: the colours jump and the body does too, or there is none on one
 * side. A flash of light moves nobody and is no cut.
 */
export function findCuts(frames: readonly (CutEvidence | null)[]): number[] {
  const cuts: number[] = [];
  // A repeated frame was not looked at and tells nothing.
  const looked = frames.flatMap((frame, index) =>
    frame !== null && (frame.colourChange !== null || index === 0) ? [{ ...frame, index }] : [],
  );
  const changeAt = (i: number): number => looked[i]?.colourChange ?? 0;
  for (let i = 1; i < looked.length; i += 1) {
    const change = changeAt(i);
    const around = Math.max(changeAt(i - 1), changeAt(i + 1));
    const stands = change >= CUT_CHANGE_SURE || change >= ALONE_FACTOR * around;
    if (!mayBeCut(change) || !stands) continue;
    if (hasJumped(looked[i - 1]!.pose, looked[i]!.pose)) cuts.push(looked[i]!.index);
  }
  return cuts;
}

function hasJumped(before: Pose | null, after: Pose | null): boolean {
  return before === null || after === null || !isSamePerson(before, after);
}

/** Runs `clean` on the frames of each shot alone. */
export function cleanShots(
  series: Series,
  cuts: readonly number[],
  clean: (shot: Series, from: number) => Series,
): Series {
  const edges = [0, ...cuts, series.length];
  return edges
    .slice(1)
    .flatMap((to, i) => (to > edges[i]! ? clean(series.slice(edges[i]!, to), edges[i]!) : []));
}

/** Says when the clip cuts, in seconds; nothing when it never does. */
export function tellCuts(timesSeconds: readonly number[]): Finding[] {
  if (timesSeconds.length === 0) return [];
  const named = timesSeconds.slice(0, TIMES_NAMED_MAX).map((time) => `${time.toFixed(2)} s`);
  const more = timesSeconds.length - named.length;
  return [
    {
      code: 'cut',
      severity: 'warning',
      message:
        `The clip cuts to another shot at ${named.join(', ')}${more > 0 ? ` and ${more} times more` : ''}; ` +
        'the character holds its pose until then and goes on at the same place. Use one shot for ' +
        'an unbroken movement.',
      value: Math.round(timesSeconds[0]! * 100) / 100,
    },
  ];
}
