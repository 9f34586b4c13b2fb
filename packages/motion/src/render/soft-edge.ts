/**
 * Draws the inside of an outline with a soft edge, so that no stairs of pixels show where a
 * borrowed picture meets the character's.
 */

import type { Surface } from './raster.ts';

/** Each row of pixels is cut into so many lines, whose ways inside the outline are exact. */
const LINES = 4;
/** The edge reaches this far to either side of the outline, in pixels. */
export const EDGE_REACH = 2;

/** A picture of part of a surface: pixel (0, 0) lies at (`x`, `y`) of it. */
export type Part = Surface & { x: number; y: number };

/**
 * The part of `surface` that the outline and its edge touch, as a copy; null outside.
 *
 * @param outline x and y of its corners, in walking order
 */
export function partWithin(surface: Surface, outline: readonly number[]): Part | null {
  const along = (axis: 0 | 1): number[] => outline.filter((_, i) => i % 2 === axis);
  const x = Math.max(0, Math.floor(Math.min(...along(0))) - EDGE_REACH);
  const y = Math.max(0, Math.floor(Math.min(...along(1))) - EDGE_REACH);
  const width = Math.min(surface.width, Math.ceil(Math.max(...along(0))) + EDGE_REACH) - x;
  const height = Math.min(surface.height, Math.ceil(Math.max(...along(1))) + EDGE_REACH) - y;
  if (!(width > 0 && height > 0)) return null;
  const pixels = new Int32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = (y + row) * surface.width + x;
    pixels.set(surface.pixels.subarray(start, start + width), row * width);
  }
  return { x, y, width, height, pixels };
}

/**
 * Lays `part` over `surface` where it is inside of the outline; both are opaque there.
 *
 * @param strength how much of it is seen, 0..1
 */
export function laySoftly(
  surface: Surface,
  part: Part,
  outline: readonly number[],
  strength = 1,
): void {
  const shares = blur(coverageOf(part, outline), part.width, part.height);
  for (const [i, inside] of shares.entries()) {
    const share = strength * inside;
    if (share === 0) continue;
    const row = part.y + Math.floor(i / part.width);
    const at = row * surface.width + part.x + (i % part.width);
    surface.pixels[at] = mixColours(surface.pixels[at]!, part.pixels[i]!, share);
  }
}

/** The share of each pixel that lies inside of the outline. */
export function coverageOf(part: Omit<Part, 'pixels'>, outline: readonly number[]): Float32Array {
  const { width, height } = part;
  const shares = new Float32Array(width * height);
  for (let line = 0; line < height * LINES; line += 1) {
    const crossings = crossLine(outline, part.y + (line + 0.5) / LINES);
    const row = shares.subarray(Math.floor(line / LINES) * width).subarray(0, width);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      addSpan(row, crossings[i]! - part.x, crossings[i + 1]! - part.x);
    }
  }
  return shares;
}

/** Where the outline crosses a row, from left to right. */
function crossLine(outline: readonly number[], y: number): number[] {
  const crossings: number[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    const [ax, ay] = [outline[i]!, outline[i + 1]!];
    const [bx, by] = [outline[(i + 2) % outline.length]!, outline[(i + 3) % outline.length]!];
    if (ay > y !== by > y) crossings.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
  }
  return crossings.sort((a, b) => a - b);
}

function addSpan(row: Float32Array, from: number, to: number): void {
  const end = Math.min(row.length, Math.ceil(to));
  for (let x = Math.max(0, Math.floor(from)); x < end; x += 1) {
    row[x]! += (Math.min(to, x + 1) - Math.max(from, x)) / LINES;
  }
}

/** Each pixel with its eight neighbours, by 1, 2, 1 across and down. */
function blur(shares: Float32Array, width: number, height: number): Float32Array {
  const across = shares.map((share, i) => {
    const x = i % width;
    const left = x > 0 ? shares[i - 1]! : share;
    const right = x + 1 < width ? shares[i + 1]! : share;
    return (left + 2 * share + right) / 4;
  });
  return across.map((share, i) => {
    const above = across[i - width] ?? share;
    const below = i < width * (height - 1) ? across[i + width]! : share;
    return (above + 2 * share + below) / 4;
  });
}

/** `under` with a share of the colour of `over`. */
export function mixColours(under: number, over: number, share: number): number {
  let pixel = under & 0xff000000;
  for (let shift = 0; shift < 24; shift += 8) {
    const from = (under >>> shift) & 0xff;
    pixel |= Math.round(from + share * (((over >>> shift) & 0xff) - from)) << shift;
  }
  return pixel;
}
