/**
 * Finds where the opening of a mouth really ends: the network lays the inner rim of the lips partly
 * over their flesh, most of all over a rounded lower lip and in the corners of a crooked mouth, and
 * flesh inside a borrowed mouth looks like a second lip.
 */

import { INNER_LIPS } from '../model/performance.ts';
import type { Surface } from './raster.ts';

/** The way from the rim to the middle of the opening is searched up to this part, in steps. */
const SEARCH = 0.95;
const STEPS = 30;
/** Flesh differs from the lip beside it by less than this part of the lip's brightness. */
const LIKE = 0.2;
/** An opening that fills less of the rim is not one. */
const OPEN_MIN = 0.02;
/** The lip beside the rim is looked at this far outside it, in ways from the middle. */
const OUTSIDE = [1.1, 1.2, 1.3] as const;
/** Neighbours on the rim whose lips are averaged, and whose ways are, on either side. */
const LIP_REACH = 2;
const CALM_REACH = 1;
/**
 * So much of the flesh is left out: what stays is seen as the inside of a lip. Without any of it
 * the opening is measured worse (correlation with the driver's on a painting 0.90, not 0.93).
 */
const FLESH_PART = 0.75;
/** A rim is always drawn in by this part, so that its blurred edge is not shown. */
const TUCK = 0.03;

type Colour = readonly [number, number, number];
type Place = readonly [x: number, y: number];

/**
 * Draws the inner rim in to where flesh ends, in place.
 *
 * @param places x and y of the face points in pixels of `picture`; only the inner lips are read
 */
export function tightenRim(picture: Surface, places: Float32Array): void {
  const rim = INNER_LIPS.map((point): Place => [places[point * 2]!, places[point * 2 + 1]!]);
  const middle = meanPlace(rim);
  const lips = rim.map((from) =>
    mean(OUTSIDE.map((way) => pixelAt(picture, between(middle, from, way)))),
  );
  const lip = rim.map((_, i) => mean(around(lips, i, LIP_REACH)));
  const opening = findOpening(picture, rim, middle, lip);
  const centre = opening ?? middle;
  const ways = rim.map((from, i) => (opening ? fleshFrom(picture, from, opening, lip[i]!) : 0));
  for (const [i, point] of INNER_LIPS.entries()) {
    const near = around(ways, i, CALM_REACH);
    const flesh = near.reduce((sum, way) => sum + way, 0) / near.length;
    const share = 1 - TUCK - FLESH_PART * flesh;
    const [x, y] = between(centre, rim[i]!, share);
    places[point * 2] = x;
    places[point * 2 + 1] = y;
  }
}

/** The middle of all that is no flesh within the rim; null when there is hardly any. */
function findOpening(
  picture: Surface,
  rim: readonly Place[],
  middle: Place,
  lip: readonly Colour[],
): Place | null {
  let [x, y, open, all] = [0, 0, 0, 0];
  for (const [i, from] of rim.entries()) {
    for (let step = 0; step < STEPS; step += 1) {
      const way = 1 - (step + 0.5) / STEPS;
      const place = between(middle, from, way);
      all += way;
      if (isLike(pixelAt(picture, place), lip[i]!)) continue;
      open += way;
      x += way * place[0];
      y += way * place[1];
    }
  }
  return open > OPEN_MIN * all ? [x / open, y / open] : null;
}

/** How far flesh reaches from the rim to the middle of the opening, as a share of the way. */
function fleshFrom(picture: Surface, from: Place, to: Place, lip: Colour): number {
  for (let step = 0; step < STEPS; step += 1) {
    const way = (SEARCH * step) / STEPS;
    if (!isLike(pixelAt(picture, between(to, from, 1 - way)), lip)) return way;
  }
  // Flesh without an end is a tongue against the lip.
  return 0;
}

function between([x, y]: Place, [toX, toY]: Place, way: number): Place {
  return [x + way * (toX - x), y + way * (toY - y)];
}

function meanPlace(places: readonly Place[]): Place {
  const sum = (axis: 0 | 1): number => places.reduce((total, place) => total + place[axis], 0);
  return [sum(0) / places.length, sum(1) / places.length];
}

function around<T>(ring: readonly T[], at: number, reach: number): T[] {
  return Array.from(
    { length: 2 * reach + 1 },
    (_, i) => ring[(at + i - reach + ring.length) % ring.length]!,
  );
}

function isLike(colour: Colour, lip: Colour): boolean {
  const bright = Math.max(lip[0], lip[1], lip[2], 1);
  return lip.every((value, i) => Math.abs(colour[i]! - value) < LIKE * bright);
}

function mean(colours: readonly Colour[]): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  for (const colour of colours) {
    for (let i = 0; i < 3; i += 1) sum[i]! += colour[i]! / colours.length;
  }
  return sum;
}

function pixelAt({ width, height, pixels }: Surface, [x, y]: Place): Colour {
  const column = Math.min(Math.max(Math.round(x - 0.5), 0), width - 1);
  const row = Math.min(Math.max(Math.round(y - 0.5), 0), height - 1);
  const pixel = pixels[row * width + column]!;
  return [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
}
