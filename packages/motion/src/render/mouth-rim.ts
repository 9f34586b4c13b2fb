/**
 * Finds where the opening of a mouth really ends: the network lays the inner rim of the lips partly
 * over their flesh, most of all over a rounded lower lip and in the corners of a crooked mouth, and
 * flesh inside a borrowed mouth looks like a second lip.
 */

import { BLACK, type Colour, meanColour } from '../model/colour.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { colourAt } from './colour.ts';
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
/** Corners of the rim, and the middles of its lips, by their places in `INNER_LIPS`. */
const CORNERS = [0, 10] as const;
const MIDDLES = [5, 15] as const;

type Place = readonly [x: number, y: number];

/** Where the opening of a mouth lies within the inner rim of its lips. */
export type Opening = {
  /** Its middle off that of the rim, in widths of the rim across and heights of it down. */
  centre: Place;
  /** How far of the way from the middle of the opening to each point of the rim it reaches. */
  shares: readonly number[];
};

/**
 * Reads how far the opening reaches within the inner rim.
 *
 * @param places x and y of the face points in pixels of `picture`; only the inner lips are read
 */
export function readOpening(picture: Surface, places: Float32Array): Opening {
  const rim = rimOf(places);
  const middle = meanPlace(rim);
  const lips = rim.map((from) => {
    const colours = OUTSIDE.map((way) => colourAt(picture, ...between(middle, from, way)));
    return meanColour(colours) ?? BLACK;
  });
  const lip = rim.map((_, i) => meanColour(around(lips, i, LIP_REACH)) ?? BLACK);
  const opening = findOpening(picture, rim, middle, lip);
  const ways = rim.map((from, i) => (opening ? fleshFrom(picture, from, opening, lip[i]!) : 0));
  const shares = ways.map((_, i) => {
    const near = around(ways, i, CALM_REACH);
    return 1 - (FLESH_PART * near.reduce((sum, way) => sum + way, 0)) / near.length;
  });
  return { centre: toRim(rim, opening ?? middle), shares };
}

/**
 * Draws the inner rim in to the opening, in place.
 *
 * @param part how much of the flesh is left out along the mouth and from lip to lip, 1 for all
 */
export function tightenRim(
  places: Float32Array,
  { centre, shares }: Opening,
  part: { along: number; down: number } = { along: 1, down: 1 },
): void {
  const rim = rimOf(places);
  const [x, y] = fromRim(rim, centre);
  const { across } = frameOf(rim);
  const width = Math.max(Math.hypot(...across), 1e-6);
  const [ux, uy] = [across[0] / width, across[1] / width];
  for (const [i, point] of INNER_LIPS.entries()) {
    const flesh = 1 - shares[i]!;
    const [dx, dy] = [rim[i]![0] - x, rim[i]![1] - y];
    const along = (1 - part.along * flesh) * (dx * ux + dy * uy);
    const down = (1 - part.down * flesh) * (dy * ux - dx * uy);
    places[point * 2] = x + along * ux - down * uy;
    places[point * 2 + 1] = y + along * uy + down * ux;
  }
}

const rimOf = (places: Float32Array): Place[] =>
  INNER_LIPS.map((point) => [places[point * 2]!, places[point * 2 + 1]!]);

/** The rim's middle, and the ways from corner to corner and from lip to lip. */
function frameOf(rim: readonly Place[]): { middle: Place; across: Place; down: Place } {
  const middle = meanPlace(rim);
  const [right, left] = [rim[CORNERS[0]]!, rim[CORNERS[1]]!];
  const [top, bottom] = [rim[MIDDLES[0]]!, rim[MIDDLES[1]]!];
  return {
    middle,
    across: [left[0] - right[0], left[1] - right[1]],
    down: [bottom[0] - top[0], bottom[1] - top[1]],
  };
}

function toRim(rim: readonly Place[], [x, y]: Place): Place {
  const { middle, across, down } = frameOf(rim);
  const area = across[0] * down[1] - across[1] * down[0];
  if (Math.abs(area) < 1e-6) return [0, 0];
  const [dx, dy] = [x - middle[0], y - middle[1]];
  return [(dx * down[1] - dy * down[0]) / area, (across[0] * dy - across[1] * dx) / area];
}

function fromRim(rim: readonly Place[], [u, v]: Place): Place {
  const { middle, across, down } = frameOf(rim);
  return [middle[0] + u * across[0] + v * down[0], middle[1] + u * across[1] + v * down[1]];
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
      if (isLike(colourAt(picture, ...place), lip[i]!)) continue;
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
    if (!isLike(colourAt(picture, ...between(to, from, 1 - way)), lip)) return way;
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
