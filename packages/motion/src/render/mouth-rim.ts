/**
 * Finds where the opening of a mouth really ends: the network lays the inner rim of the lips partly
 * over their flesh, most of all in the corners of a crooked mouth, and flesh inside a borrowed mouth
 * looks like a second lip.
 */

import { INNER_LIPS } from '../model/performance.ts';
import type { Surface } from './raster.ts';

/** The way from the rim to the middle of the mouth is searched up to this part, in so many steps. */
const SEARCH = 0.6;
const STEPS = 20;
/** Flesh differs from the lip beside it by less than this part of the lip's brightness. */
const LIKE = 0.2;
/** The lip beside the rim is looked at this far outside it, in ways from the middle. */
const OUTSIDE = [1.1, 1.2, 1.3] as const;
/** Neighbours on the rim whose lips are averaged, and whose ways are, on either side. */
const LIP_REACH = 2;
const CALM_REACH = 1;
/** A rim is always drawn in by this part, so that its blurred edge is not shown. */
const TUCK = 0.03;

type Colour = readonly [number, number, number];

/**
 * Draws the inner rim in to where flesh ends, in place.
 *
 * @param places x and y of the face points in pixels of `picture`; only the inner lips are read
 */
export function tightenRim(picture: Surface, places: Float32Array): void {
  const rim = INNER_LIPS.map((point) => [places[point * 2]!, places[point * 2 + 1]!] as const);
  const x = rim.reduce((sum, [at]) => sum + at, 0) / rim.length;
  const y = rim.reduce((sum, [, at]) => sum + at, 0) / rim.length;
  const colourAt = (i: number, way: number): Colour => {
    const [rimX, rimY] = rim[i]!;
    return pixelAt(picture, x + way * (rimX - x), y + way * (rimY - y));
  };
  const lips = rim.map((_, i) => mean(OUTSIDE.map((way) => colourAt(i, way))));
  const ways = rim.map((_, i) => {
    const lip = mean(around(lips, i, LIP_REACH));
    let step = 0;
    while (step < STEPS && isLike(colourAt(i, 1 - (SEARCH * step) / STEPS), lip)) step += 1;
    // Flesh without an end is a tongue against the lip, or a shut mouth.
    return step === STEPS ? 0 : (SEARCH * step) / STEPS;
  });
  for (const [i, point] of INNER_LIPS.entries()) {
    const near = around(ways, i, CALM_REACH);
    const share = 1 - TUCK - near.reduce((sum, way) => sum + way, 0) / near.length;
    places[point * 2] = x + share * (rim[i]![0] - x);
    places[point * 2 + 1] = y + share * (rim[i]![1] - y);
  }
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

function pixelAt({ width, height, pixels }: Surface, x: number, y: number): Colour {
  const column = Math.min(Math.max(Math.round(x - 0.5), 0), width - 1);
  const row = Math.min(Math.max(Math.round(y - 0.5), 0), height - 1);
  const pixel = pixels[row * width + column]!;
  return [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
}
