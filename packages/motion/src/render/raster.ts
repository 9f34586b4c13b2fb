/**
 * Draws textured triangles so that each pixel of a mesh is drawn exactly once: no seams between
 * neighbours, no overlap.
 */

import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';

/**
 * A picture whose pixels are read and written whole; shares the memory of the image it was made
 * from.
 */
export type Surface = { width: number; height: number; pixels: Int32Array };

/**
 * What is drawn: triangles of `triangles[3 * first ..]` from `source` (texture picture coordinates)
 * to `target` (pixels).
 */
export type TriangleRun = {
  texture: Surface;
  /** Upper left corner of the texture in the coordinates of `source`. */
  textureX: number;
  textureY: number;
  source: Float32Array;
  target: Float32Array;
  triangles: Uint32Array | Uint16Array;
  firstTriangle: number;
  triangleCount: number;
};

const PAIR = 0x00ff00ff;
const HALF = 0x00800080;
/** A triangle of a smaller area covers no pixel centre worth drawing. */
const AREA_MIN = 1e-7;

/** Views an image as whole pixels. Copies when its bytes are not aligned to four. */
export function surfaceOf(image: RgbaImage): Surface {
  const { width, height } = image;
  const { buffer, byteOffset, length } = viewPixels(image);
  return { width, height, pixels: new Int32Array(buffer, byteOffset, length) };
}

/**
 * Scan-line affine texture mapping with bilinear sampling and a half-open fill rule: a pixel
 * belongs to the triangle that contains its centre, centres on an edge to the right or lower
 * neighbour. `over` blends straight alpha onto an opaque surface; `replace` writes colour and alpha
 * as they are. Outside of the texture its edge pixels repeat.
 */
export function drawTriangles(canvas: Surface, run: TriangleRun, mode: 'over' | 'replace'): void {
  const { source, target, triangles, texture } = run;
  const end = (run.firstTriangle + run.triangleCount) * 3;
  const blends = mode === 'over';
  const map = new Float64Array(6);
  for (let i = run.firstTriangle * 3; i < end; i += 3) {
    const a = triangles[i]! * 2;
    const b = triangles[i + 1]! * 2;
    const c = triangles[i + 2]! * 2;
    const x0 = target[a]!;
    const y0 = target[a + 1]!;
    const x1 = target[b]! - x0;
    const y1 = target[b + 1]! - y0;
    const x2 = target[c]! - x0;
    const y2 = target[c + 1]! - y0;
    const area = x1 * y2 - x2 * y1;
    if (!(Math.abs(area) > AREA_MIN)) continue;
    const u0 = source[a]!;
    const v0 = source[a + 1]!;
    const u1 = source[b]! - u0;
    const v1 = source[b + 1]! - v0;
    const u2 = source[c]! - u0;
    const v2 = source[c + 1]! - v0;
    const ux = (u1 * y2 - u2 * y1) / area;
    const uy = (u2 * x1 - u1 * x2) / area;
    const vx = (v1 * y2 - v2 * y1) / area;
    const vy = (v2 * x1 - v1 * x2) / area;
    map[U] = u0 - run.textureX - 0.5 + ux * (0.5 - x0) + uy * (0.5 - y0);
    map[V] = v0 - run.textureY - 0.5 + vx * (0.5 - x0) + vy * (0.5 - y0);
    map[U_X] = ux;
    map[U_Y] = uy;
    map[V_X] = vx;
    map[V_Y] = vy;
    const isInside = isWithinTexture(run, canvas, a, b, c);
    fillTriangle(canvas, texture, target, a, b, c, map, isInside, blends);
  }
}

/**
 * Parts of the map that gives pixel (x, y) its texture place (u + ux x + uy y, v + vx x + vy y). It
 * is an array because V8 puts each fraction that is passed to a function on the heap.
 */
const U = 0;
const V = 1;
const U_X = 2;
const U_Y = 3;
const V_X = 4;
const V_Y = 5;

/** Walks the rows of one triangle. No arrays are made on the way: there are many triangles. */
function fillTriangle(
  canvas: Surface,
  texture: Surface,
  places: Float32Array,
  a: number,
  b: number,
  c: number,
  map: Float64Array,
  isInside: boolean,
  blends: boolean,
): void {
  const isSwapped = places[b + 1]! < places[a + 1]!;
  const high = isSwapped ? b : a;
  const low = isSwapped ? a : b;
  // Of corners at one height the first one comes first.
  const isLowest = !(places[c + 1]! < places[low + 1]!);
  const isHighest = !isLowest && places[c + 1]! < places[high + 1]!;
  const top = isHighest ? c : high;
  const middle = isLowest ? low : isHighest ? high : c;
  const bottom = isLowest ? c : low;
  const topX = places[top]!;
  const topY = places[top + 1]!;
  const middleX = places[middle]!;
  const middleY = places[middle + 1]!;
  const bottomX = places[bottom]!;
  const bottomY = places[bottom + 1]!;
  // Each edge is walked from its upper end in both of its triangles, so both find the very same
  // border.
  const long = (bottomX - topX) / (bottomY - topY);
  const upper = (middleX - topX) / (middleY - topY);
  const lower = (bottomX - middleX) / (bottomY - middleY);
  const u = map[U]!;
  const v = map[V]!;
  const ux = map[U_X]!;
  const uy = map[U_Y]!;
  const vx = map[V_X]!;
  const vy = map[V_Y]!;
  const stepU = Math.round(ux * PART);
  const stepV = Math.round(vx * PART);
  const yEnd = Math.min(canvas.height, Math.ceil(bottomY - 0.5));
  for (let y = Math.max(0, Math.ceil(topY - 0.5)); y < yEnd; y += 1) {
    const centre = y + 0.5;
    const one = topX + (centre - topY) * long;
    const two =
      centre < middleY ? topX + (centre - topY) * upper : middleX + (centre - middleY) * lower;
    const from = Math.max(0, Math.ceil(Math.min(one, two) - 0.5));
    const to = Math.min(canvas.width, Math.ceil(Math.max(one, two) - 0.5));
    if (from >= to) continue;
    const rowU = u + uy * y + ux * from;
    const rowV = v + vy * y + vx * from;
    const start = y * canvas.width + from;
    const end = start + to - from;
    if (isInside) {
      const startU = (rowU * PART) | 0;
      const startV = (rowV * PART) | 0;
      drawRowInside(canvas.pixels, texture, start, end, startU, startV, stepU, stepV, blends);
    } else drawRowAtEdge(canvas, texture, start, to - from, rowU, rowV, ux, vx, blends);
  }
}

/** Places in a texture are walked in whole numbers of this part of a pixel: exact enough. */
const PART_BITS = 16;
const PART = 1 << PART_BITS;
/** What the rounding of steps may add up to over a row, in pixels. */
const DRIFT_MAX = 0.05;
/** Longer rows would drift farther, and larger textures do not fit into the numbers. */
const COUNT_MAX = 4096;
const TEXTURE_SIDE_MAX = 1 << (31 - PART_BITS);

/** Whether no pixel of a triangle needs to be asked whether it is near an edge of the texture. */
function isWithinTexture(
  run: TriangleRun,
  canvas: Surface,
  a: number,
  b: number,
  c: number,
): boolean {
  const { source, texture, textureX, textureY } = run;
  const { width, height } = texture;
  const left = Math.min(source[a]!, source[b]!, source[c]!) - textureX;
  const right = Math.max(source[a]!, source[b]!, source[c]!) - textureX;
  const top = Math.min(source[a + 1]!, source[b + 1]!, source[c + 1]!) - textureY;
  const bottom = Math.max(source[a + 1]!, source[b + 1]!, source[c + 1]!) - textureY;
  return (
    left >= 0.5 + DRIFT_MAX &&
    top >= 0.5 + DRIFT_MAX &&
    right < width - 0.5 - DRIFT_MAX &&
    bottom < height - 0.5 - DRIFT_MAX &&
    Math.max(width, height) <= TEXTURE_SIDE_MAX &&
    canvas.width <= COUNT_MAX
  );
}

/** Draws one row of a triangle; places and steps in the texture are in parts. */
function drawRowInside(
  out: Int32Array,
  { width, pixels }: Surface,
  start: number,
  end: number,
  startU: number,
  startV: number,
  stepU: number,
  stepV: number,
  blends: boolean,
): void {
  let u = startU;
  let v = startV;
  for (let to = start; to < end; to += 1) {
    const at = (v >> PART_BITS) * width + (u >> PART_BITS);
    const fx = (u >> (PART_BITS - 8)) & 0xff;
    const fy = (v >> (PART_BITS - 8)) & 0xff;
    u += stepU;
    v += stepV;
    const p00 = pixels[at]!;
    const p10 = pixels[at + 1]!;
    const p01 = pixels[at + width]!;
    const p11 = pixels[at + width + 1]!;
    if (blends && (p00 | p10 | p01 | p11) >>> 24 === 0) continue;
    out[to] = shade(out[to]!, p00, p10, p01, p11, fx, fy, blends);
  }
}

/** Draws one row of a triangle. Outside of the texture its edge pixels repeat. */
function drawRowAtEdge(
  canvas: Surface,
  texture: Surface,
  start: number,
  count: number,
  startU: number,
  startV: number,
  ux: number,
  vx: number,
  blends: boolean,
): void {
  const { width, height, pixels } = texture;
  const out = canvas.pixels;
  for (let i = 0; i < count; i += 1) {
    const u = Math.min(Math.max(startU + i * ux, 0), width - 1);
    const v = Math.min(Math.max(startV + i * vx, 0), height - 1);
    const column = u | 0;
    const row = v | 0;
    const at = row * width + column;
    const right = column < width - 1 ? 1 : 0;
    const below = row < height - 1 ? width : 0;
    const p00 = pixels[at]!;
    const p10 = pixels[at + right]!;
    const p01 = pixels[at + below]!;
    const p11 = pixels[at + below + right]!;
    if (blends && (p00 | p10 | p01 | p11) >>> 24 === 0) continue;
    const fx = ((u - column) * 256) | 0;
    const fy = ((v - row) * 256) | 0;
    out[start + i] = shade(out[start + i]!, p00, p10, p01, p11, fx, fy, blends);
  }
}

/**
 * The colour of a place between four pixels, over `under` when it blends. Red and blue are worked
 * on together in `rb`, green and alpha in `ga`, which halves the arithmetic, where most of the time
 * of a rendering goes.
 */
function shade(
  under: number,
  p00: number,
  p10: number,
  p01: number,
  p11: number,
  fx: number,
  fy: number,
  blends: boolean,
): number {
  const topRb = mix(p00 & PAIR, p10 & PAIR, fx);
  const topGa = mix((p00 >>> 8) & PAIR, (p10 >>> 8) & PAIR, fx);
  const lowRb = mix(p01 & PAIR, p11 & PAIR, fx);
  const lowGa = mix((p01 >>> 8) & PAIR, (p11 >>> 8) & PAIR, fx);
  const rb = mix(topRb, lowRb, fy);
  const ga = mix(topGa, lowGa, fy);
  const alpha = ga >>> 16;
  if (alpha === 255 || !blends) return rb | (ga << 8);
  if (alpha === 0) return under;
  const share = alpha + (alpha >>> 7);
  const mixedRb = mix(under & PAIR, rb, share);
  const mixedG = mix((under >>> 8) & 0xff, ga & 0xff, share);
  return mixedRb | (mixedG << 8) | 0xff000000;
}

/**
 * Two bytes at a time, in bits 0-7 and 16-23, on the way from `a` to `b` by `share` of 256. What
 * one byte borrows from the other while they are subtracted is given back by the sum.
 */
function mix(a: number, b: number, share: number): number {
  return (((a << 8) + Math.imul(b - a, share) + HALF) >>> 8) & PAIR;
}
