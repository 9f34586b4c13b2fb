/**
 * Cuts the turned square that a network looks at out of a picture, and carries points back from it.
 */

import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { COLOUR_BYTES } from './crop-kernel.ts';
import { loadSource, type Source } from './crop-source.ts';

/** A turned square in picture pixels. */
export type Region = {
  /** Centre. */
  x: number;
  y: number;
  /** Side length. */
  size: number;
  /** Clockwise angle in radians. */
  rotation: number;
};

export type CropOptions = {
  /** Side of the network's input in pixels. */
  side: number;
  /** Value of a black and of a white pixel in the tensor. */
  range: readonly [black: number, white: number];
  /** What lies outside the picture: its nearest edge pixel or black. */
  border: 'edge' | 'black';
};

/** Rounding may put a place of a line nearly this far beside where it is, in pixels. */
const EDGE = 1e-3;

/** Regions that are larger or farther away than this, in pixels, are mistakes. */
const PLACE_MAX = 2 ** 30;

/**
 * Samples a region bilinearly into an RGB tensor, `Float32Array(side * side * 3)`. A large region
 * is averaged down by a whole factor first, which is both faster and freer of aliasing than many
 * taps a pixel. A region that is not made of numbers gives nothing but NaN.
 *
 * @param tensor where it goes; fresh memory when left out
 */
export function cropRegion(
  image: RgbaImage,
  region: Region,
  options: CropOptions,
  tensor = new Float32Array(options.side * options.side * 3),
): Float32Array {
  if (!isPlace(region)) return tensor.fill(Number.NaN);
  const { side, range } = options;
  const source = loadSource(image, region, side);
  const { factor, left, top } = source;
  const levels = { scale: (range[1] - range[0]) / 255, black: range[0] };
  const step = region.size / side;
  const cos = Math.cos(region.rotation) * step;
  const sin = Math.sin(region.rotation) * step;
  const half = (side - 1) / 2;
  for (let row = 0; row < side; row += 1) {
    const px = region.x - half * cos - (row - half) * sin;
    const py = region.y - half * sin + (row - half) * cos;
    const line: Line = {
      x: (px - left) / factor - 0.5,
      y: (py - top) / factor - 0.5,
      stepX: cos / factor,
      stepY: sin / factor,
      count: side,
    };
    const out = row * side;
    const { from, to } = findInside(line, source);
    const edges = [
      { line: { ...line, count: from }, at: out },
      { line: part(line, to, side), at: out + to },
    ];
    sampleLine(source, part(line, from, to), out + from, levels);
    for (const edge of edges) {
      sampleLine(source, edge.line, edge.at, levels);
      if (options.border === 'black') blacken(source, edge.line, edge.at, image, levels.black);
    }
  }
  tensor.set(source.tensor);
  return tensor;
}

function isPlace({ x, y, size, rotation }: Region): boolean {
  const most = Math.max(Math.abs(x), Math.abs(y), Math.abs(size));
  return most <= PLACE_MAX && Number.isFinite(rotation);
}

/** Places along one row of the tensor, in pixels of the source. */
type Line = { x: number; y: number; stepX: number; stepY: number; count: number };

function part(line: Line, from: number, to: number): Line {
  const { x, y, stepX, stepY } = line;
  return { ...line, x: x + from * stepX, y: y + from * stepY, count: to - from };
}

/**
 * The stretch of a line of whose places all four neighbours are there; only beside it black may be
 * asked for.
 */
function findInside(line: Line, { width, height }: Source): { from: number; to: number } {
  const [fromX, toX] = stretchWithin(line.x, line.stepX, width - 1);
  const [fromY, toY] = stretchWithin(line.y, line.stepY, height - 1);
  const from = clamp(Math.ceil(Math.max(fromX, fromY)), 0, line.count);
  const to = clamp(Math.floor(Math.min(toX, toY)) + 1, from, line.count);
  return { from, to };
}

/** For which values of `i` a place `start + i * step` is well within 0 and `end`. */
function stretchWithin(start: number, step: number, end: number): [from: number, to: number] {
  const low = EDGE - start;
  const high = end - EDGE - start;
  if (step === 0) return low <= 0 && high >= 0 ? [-Infinity, Infinity] : [Infinity, -Infinity];
  return step > 0 ? [low / step, high / step] : [high / step, low / step];
}

/** Samples a line to pixel `at` of the tensor and those behind it. */
function sampleLine(
  source: Source,
  { x, y, stepX, stepY, count }: Line,
  at: number,
  { scale, black }: { scale: number; black: number },
): void {
  if (count === 0) return;
  const { pixels, stride, width, height } = source;
  const out = at * COLOUR_BYTES;
  source.sampleLine(
    pixels,
    stride,
    width - 1,
    height - 1,
    out,
    count,
    x,
    y,
    stepX,
    stepY,
    scale,
    black,
  );
}

/** Makes those pixels of a line black that lie outside of the picture. */
function blacken(
  { tensor, factor, left, top }: Source,
  { x, y, stepX, stepY, count }: Line,
  at: number,
  image: RgbaImage,
  black: number,
): void {
  for (let i = 0; i < count; i += 1) {
    const px = (x + i * stepX + 0.5) * factor + left;
    const py = (y + i * stepY + 0.5) * factor + top;
    const isOutside = px < 0 || py < 0 || px > image.width || py > image.height;
    if (isOutside) tensor.fill(black, (at + i) * 3, (at + i + 1) * 3);
  }
}

/** Carries a point from region coordinates (0..1 along each side) to the picture. */
export function toPicture(region: Region, u: number, v: number): Point {
  const dx = (u - 0.5) * region.size;
  const dy = (v - 0.5) * region.size;
  const cos = Math.cos(region.rotation);
  const sin = Math.sin(region.rotation);
  return { x: region.x + dx * cos - dy * sin, y: region.y + dx * sin + dy * cos };
}

/** The upright square around the whole picture, as the detectors see it. */
export function wholePicture(image: RgbaImage): Region {
  return {
    x: image.width / 2,
    y: image.height / 2,
    size: Math.max(image.width, image.height),
    rotation: 0,
  };
}
