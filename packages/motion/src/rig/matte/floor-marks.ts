/**
 * Finds what a standing figure leaves on the floor around its feet, shadows and reflections, so
 * that they do not stay behind when the feet move away.
 */

import { blurBox } from '../../model/blur.ts';
import type { Box, Point } from '../../model/geometry.ts';
import { shrinkPlane } from '../../model/resize.ts';
import { type Rgb, shrinkRgb } from '../../model/rgb.ts';
import { clamp } from '../../model/scalar.ts';
import { dilate, labelComponents, maskAbove } from '../pixels/binary.ts';
import { cropPlane } from '../pixels/bounds.ts';
import { fillHarmonic } from '../pixels/harmonic-fill.ts';

/** Where a foot touches the floor, and how long it is seen from the front, in pixels. */
export type Sole = Point & { length: number };

/** Marks are looked for within so many lengths of a foot beside, above and below it; */
const REACH = { across: 2.4, above: 0.7, below: 1.3 } as const;
/** reflections right below it down to so many lengths. */
const REFLECTION = { across: 0.8, below: 4 } as const;
/** A mark differs from the floor by this much (0..255) and by this many times its unrest. */
const DIFFERENCE_MIN = 6;
const UNREST_FACTOR = 2.2;
/** A shadow takes at most this share of the light, and leaves the hue to within so much. */
const DARKEST = 0.65;
const HUE_MAX = 14;
/** A reflection differs so many times more clearly than a shadow. */
const REFLECTION_FACTOR = 2.5;
const ESTIMATE_SWEEPS = 16;
/** Soft ends of marks are this share of a foot's length wide. */
const SOFT_SHARE = 0.16;

/**
 * 1 for pixels of the floor that carry a mark. `hole` is 1 where the figure is, at the size of
 * `rgb`; the work is done at `1 / factor` of it, and only in the rows around the soles.
 */
export function findFloorMarks(
  rgb: Rgb,
  hole: Uint8Array,
  soles: readonly Sole[],
  factor: number,
): Uint8Array {
  const marks = new Uint8Array(hole.length);
  const band = boxAroundSoles(rgb, soles);
  if (band === null) return marks;
  const cropped: Rgb = {
    width: band.width,
    height: band.height,
    channels: rgb.channels.map((data) =>
      cropPlane({ width: rgb.width, data }, band),
    ) as Rgb['channels'],
  };
  const small = shrinkRgb(cropped, factor);
  const { width, height } = small;
  const covered = cropPlane({ width: rgb.width, data: new Float32Array(hole) }, band);
  const figure = maskAbove(shrinkPlane(covered, band.width, band.height, factor).data, 0.1);
  const places = soles.map(({ x, y, length }) => ({
    x: (x - band.x) / factor,
    y: (y - band.y) / factor,
    length: length / factor,
  }));
  const found = findInBand(small, figure, places);
  for (let y = 0; y < band.height; y++) {
    for (let x = 0; x < band.width; x++) {
      const from = Math.min(height - 1, Math.floor(y / factor)) * width;
      if (found[from + Math.min(width - 1, Math.floor(x / factor))] === 0) continue;
      marks[(y + band.y) * rgb.width + x + band.x] = 1;
    }
  }
  return marks;
}

function boxAroundSoles({ width, height }: Rgb, soles: readonly Sole[]): Box | null {
  if (soles.length === 0) return null;
  const top = Math.min(...soles.map(({ y, length }) => y - 2 * REACH.above * length));
  const y = Math.floor(clamp(top, 0, height - 1));
  return height - y < 16 ? null : { x: 0, y, width, height: height - y };
}

function findInBand(rgb: Rgb, figure: Uint8Array, soles: readonly Sole[]): Uint8Array {
  const { width, height } = rgb;
  const near = new Uint8Array(width * height);
  const below = new Uint8Array(width * height);
  for (const sole of soles) paintPlaces(near, below, width, sole);
  const unknown = figure.map((value, i) => Math.max(value, near[i]!, below[i]!));
  const floor = fillHarmonic(rgb, unknown, ESTIMATE_SWEEPS);
  const limit = Math.max(DIFFERENCE_MIN, UNREST_FACTOR * measureUnrest(rgb, unknown));
  const marked = near.map((value, i) => {
    if (figure[i] === 1 || (value === 0 && below[i] === 0)) return 0;
    return isMark(rgb, floor, i, limit, below[i] === 1) ? 1 : 0;
  });
  const touching = keepTouching(marked, figure, width, height);
  const length = Math.max(...soles.map((sole) => sole.length));
  const soft = dilate(touching, width, height, Math.max(1, Math.round(SOFT_SHARE * length)));
  return soft.map((value, i) => (value === 1 && unknown[i] === 1 ? 1 : 0));
}

function paintPlaces(near: Uint8Array, below: Uint8Array, width: number, sole: Sole): void {
  for (let i = 0; i < near.length; i++) {
    const x = (i % width) - sole.x;
    const y = Math.floor(i / width) - sole.y;
    const tall = (y < 0 ? REACH.above : REACH.below) * sole.length;
    if (Math.hypot(x / (REACH.across * sole.length), y / tall) < 1) near[i] = 1;
    const isUnder = Math.abs(x) < REFLECTION.across * sole.length;
    if (isUnder && y > 0 && y < REFLECTION.below * sole.length) below[i] = 1;
  }
}

/** Mean deviation of the known floor from its own blur. */
function measureUnrest(rgb: Rgb, unknown: Uint8Array): number {
  const green = rgb.channels[1];
  const smooth = blurBox(green, rgb.width, rgb.height, 4);
  let sum = 0;
  let count = 1;
  for (let i = 0; i < green.length; i++) {
    if (unknown[i] === 1) continue;
    sum += Math.abs(green[i]! - smooth[i]!);
    count++;
  }
  return sum / count;
}

function isMark(rgb: Rgb, floor: Rgb, i: number, limit: number, isBelow: boolean): boolean {
  const own = rgb.channels.map((channel) => channel[i]!);
  const bare = floor.channels.map((channel) => channel[i]!);
  const light = own[0]! + own[1]! + own[2]!;
  const bareLight = Math.max(1, bare[0]! + bare[1]! + bare[2]!);
  const share = light / bareLight;
  // A shadow scales all channels alike, whatever the colour of the floor.
  const hue = Math.hypot(...own.map((value, c) => value - share * bare[c]!));
  const isDarker = (bareLight - light) / 3 > limit && share > 1 - DARKEST;
  if (isDarker && hue < HUE_MAX) return true;
  if (!isBelow) return false;
  return Math.hypot(...own.map((value, c) => value - bare[c]!)) > REFLECTION_FACTOR * limit;
}

/** Keeps marks that begin at the figure. */
function keepTouching(
  marked: Uint8Array,
  figure: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  const { labels } = labelComponents(marked, width, height);
  const beside = dilate(figure, width, height, 2);
  const touching = new Set<number>();
  for (let i = 0; i < marked.length; i++) {
    if (marked[i] === 1 && beside[i] === 1) touching.add(labels[i]!);
  }
  return marked.map((value, i) => (value === 1 && touching.has(labels[i]!) ? 1 : 0));
}
