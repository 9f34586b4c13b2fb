/**
 * Draws the dark line of the lashes where lids have met: the picture shows it as the shade over an
 * open eye, and a shut eye without it looks like smooth skin.
 */

import { luminanceOfPacked } from '../model/colour.ts';
import { EYE_RIMS, EYE_SIDES, type EyeSide } from '../model/eyes.ts';
import { mix, smoothstep } from '../model/scalar.ts';
import type { Surface } from './raster.ts';
import { laySoftly, mixColours, partWithin } from './soft-edge.ts';

/**
 * The line comes between these shares of the opening in the picture, and lies on the edge of the
 * upper lid, this part of the opening lower.
 */
const THIN = { shut: [0.3, 0.9], below: 0.15 } as const;
/** A line that the picture shows within the rim goes under the lid as soon as that comes down. */
const DRAWN = { shut: [0.92, 1.05], below: 0.05 } as const;
/** It lies so deep, in parts of the opening, and is so much darker than what lies at `BENEATH`. */
const DRAWN_DEPTHS = [0, 0.04, 0.08, 0.12] as const;
const BENEATH = 0.3;
const DRAWN_LIGHT = 0.4;
/** And along so much of the lid. */
const DRAWN_SHARE = 0.7;
/** Its height in its middle, in widths of the eye, and how much of its colour is laid on. */
const HEIGHT = 0.07;
const STRENGTH = 0.85;
/** Its colour is that of the darkest part of what lies below the upper lid, down to this depth. */
const DEPTHS = [0.1, 0.2, 0.3, 0.4, 0.5] as const;
const DARK_PART = 0.25;

/** Draws the lines over the face that was painted into `surface` with its points at `target`. */
export type LashLines = (surface: Surface, target: Float32Array) => void;

/** Prepares the lines of a face whose points have the places `source` in `own`. */
export function createLashLines(own: Surface, source: Float32Array): LashLines {
  const lines = EYE_SIDES.map((side) => readLine(own, source, side));
  const openings = EYE_SIDES.map((side) => openingOf(source, side));
  return (surface, target) => {
    for (const [i, side] of EYE_SIDES.entries()) {
      const share = openingOf(target, side) / Math.max(openings[i]!, 1e-6);
      const { colour, shut, below } = lines[i]!;
      const strength = STRENGTH * (1 - smoothstep(...shut, share));
      if (strength > 0) drawLine(surface, lineOf(target, side, below), colour, strength);
    }
  };
}

function drawLine(
  surface: Surface,
  outline: readonly number[],
  colour: number,
  strength: number,
): void {
  const part = partWithin(surface, outline);
  if (!part) return;
  for (const [i, pixel] of part.pixels.entries()) {
    part.pixels[i] = mixColours(pixel, colour, strength);
  }
  laySoftly(surface, part, outline);
}

/** The outline of the line: between the rims, thickest in the middle. */
function lineOf(places: Float32Array, side: EyeSide, below: number): number[] {
  const { upper, lower } = EYE_RIMS[side];
  const last = upper.length - 1;
  const height = HEIGHT * distance(places, upper[0]!, upper[last]!);
  const edge = (sign: 1 | -1): [number, number][] =>
    upper.map((point, i) => {
      const half = (sign * height * Math.sqrt(Math.sin((Math.PI * i) / last))) / 2;
      const x = mix(places[point * 2]!, places[lower[i]! * 2]!, below);
      const y = mix(places[point * 2 + 1]!, places[lower[i]! * 2 + 1]!, below);
      return [x, y + half];
    });
  return [...edge(-1), ...edge(1).reverse()].flat();
}

/** The mean height of an eye in its widths. */
export function openingOf(places: Float32Array, side: EyeSide): number {
  const { upper, lower } = EYE_RIMS[side];
  const heights = upper.reduce((sum, point, i) => sum + distance(places, point, lower[i]!), 0);
  const width = Math.max(distance(places, upper[0]!, upper.at(-1)!), 1e-6);
  return heights / upper.length / width;
}

function distance(places: Float32Array, a: number, b: number): number {
  return Math.hypot(places[a * 2]! - places[b * 2]!, places[a * 2 + 1]! - places[b * 2 + 1]!);
}

type Line = { colour: number; shut: readonly [number, number]; below: number };

function readLine(own: Surface, places: Float32Array, side: EyeSide): Line {
  const along = EYE_RIMS[side].upper.length - 2;
  const drawn = Array.from({ length: along }, (_, i) => {
    const [beneath] = lidColours(own, places, side, i + 1, [BENEATH]);
    const dark = lidColours(own, places, side, i + 1, DRAWN_DEPTHS).sort(byLight)[0]!;
    return luminanceOfPacked(dark) < DRAWN_LIGHT * luminanceOfPacked(beneath!) ? [dark] : [];
  }).flat();
  if (drawn.length >= DRAWN_SHARE * along) {
    return { ...DRAWN, colour: drawn.sort(byLight)[Math.floor(drawn.length / 2)]! };
  }
  const seen = Array.from({ length: along }, (_, i) =>
    lidColours(own, places, side, i + 1, DEPTHS),
  ).flat();
  seen.sort(byLight);
  return { ...THIN, colour: seen[Math.floor(DARK_PART * seen.length)]! };
}

/** Pixels below entry `i` of the upper rim, at depths in parts of the opening. */
function lidColours(
  own: Surface,
  places: Float32Array,
  side: EyeSide,
  i: number,
  depths: readonly number[],
): number[] {
  const [point, under] = [EYE_RIMS[side].upper[i]!, EYE_RIMS[side].lower[i]!];
  return depths.map((depth) => {
    const x = Math.round(mix(places[point * 2]!, places[under * 2]!, depth) - 0.5);
    const y = Math.round(mix(places[point * 2 + 1]!, places[under * 2 + 1]!, depth) - 0.5);
    const column = Math.min(Math.max(x, 0), own.width - 1);
    return own.pixels[Math.min(Math.max(y, 0), own.height - 1) * own.width + column]!;
  });
}

const byLight = (a: number, b: number): number => luminanceOfPacked(a) - luminanceOfPacked(b);
