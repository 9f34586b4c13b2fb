/**
 * Cuts the turned square that a network looks at out of a picture, and carries points back from it.
 */

import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';
import { clamp } from '../model/scalar.ts';

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

/**
 * How many times smaller the crop may be sampled from the picture before it is averaged down first.
 */
const UNDERSAMPLING_MAX = 1.3;

/** Above this factor the sums of the averaging would overflow. */
const FACTOR_MAX = 16;

/** Rounding may put a place of a line nearly this far beside where it is, in pixels. */
const EDGE = 1e-3;

type Source = {
  width: number;
  height: number;
  data: Uint8Array;
  /** Picture pixels per source pixel and the picture place of the source's corner. */
  factor: number;
  left: number;
  top: number;
};

/**
 * Samples a region bilinearly into an RGB tensor, `Float32Array(side * side * 3)`. A large region
 * is averaged down by a whole factor first, which is both faster and freer of aliasing than many
 * taps a pixel.
 *
 * @param tensor where it goes; fresh memory when left out
 */
export function cropRegion(
  image: RgbaImage,
  region: Region,
  options: CropOptions,
  tensor = new Float32Array(options.side * options.side * 3),
): Float32Array {
  const { side, range } = options;
  const shrink = Math.round(region.size / side / UNDERSAMPLING_MAX);
  // No box may be larger than the picture.
  const factor = Math.max(1, Math.min(shrink, FACTOR_MAX, image.width, image.height));
  const source = factor === 1 ? wholeSource(image) : shrinkAround(image, region, factor);
  const scale = (range[1] - range[0]) / 255;
  const step = region.size / side;
  const cos = Math.cos(region.rotation) * step;
  const sin = Math.sin(region.rotation) * step;
  const half = (side - 1) / 2;
  for (let row = 0; row < side; row += 1) {
    const px = region.x - half * cos - (row - half) * sin;
    const py = region.y - half * sin + (row - half) * cos;
    const line: Line = {
      x: (px - source.left) / factor - 0.5,
      y: (py - source.top) / factor - 0.5,
      stepX: cos / factor,
      stepY: sin / factor,
      count: side,
    };
    const out = row * side * 3;
    const { from, to } = findInside(line, source);
    const edge = { image, options, scale };
    sampleLineAtEdge(tensor, out, source, { ...line, count: from }, edge);
    sampleLine(tensor, out + from * 3, source, part(line, from, to), scale, range[0]);
    sampleLineAtEdge(tensor, out + to * 3, source, part(line, to, side), edge);
  }
  return tensor;
}

/** Places along one row of the tensor, in pixels of the source. */
type Line = { x: number; y: number; stepX: number; stepY: number; count: number };

function part(line: Line, from: number, to: number): Line {
  const { x, y, stepX, stepY } = line;
  return { ...line, x: x + from * stepX, y: y + from * stepY, count: to - from };
}

/** The stretch of a line of whose places all four neighbours are there. */
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

function sampleLine(
  tensor: Float32Array,
  start: number,
  { width, data }: Source,
  { x: startX, y: startY, stepX, stepY, count }: Line,
  scale: number,
  offset: number,
): void {
  const below = width * 4;
  for (let i = 0; i < count; i += 1) {
    const x = startX + i * stepX;
    const y = startY + i * stepY;
    const x0 = x | 0;
    const y0 = y | 0;
    const fx = x - x0;
    const fy = y - y0;
    const at = (y0 * width + x0) * 4;
    const under = at + below;
    const w00 = (1 - fx) * (1 - fy) * scale;
    const w10 = fx * (1 - fy) * scale;
    const w01 = (1 - fx) * fy * scale;
    const w11 = fx * fy * scale;
    const out = start + i * 3;
    tensor[out] =
      data[at]! * w00 + data[at + 4]! * w10 + data[under]! * w01 + data[under + 4]! * w11 + offset;
    tensor[out + 1] =
      data[at + 1]! * w00 +
      data[at + 5]! * w10 +
      data[under + 1]! * w01 +
      data[under + 5]! * w11 +
      offset;
    tensor[out + 2] =
      data[at + 2]! * w00 +
      data[at + 6]! * w10 +
      data[under + 2]! * w01 +
      data[under + 6]! * w11 +
      offset;
  }
}

function sampleLineAtEdge(
  tensor: Float32Array,
  start: number,
  source: Source,
  { x, y, stepX, stepY, count }: Line,
  { image, options, scale }: { image: RgbaImage; options: CropOptions; scale: number },
): void {
  const black = options.range[0];
  const { factor, left, top } = source;
  for (let i = 0; i < count; i += 1) {
    const px = (x + i * stepX + 0.5) * factor + left;
    const py = (y + i * stepY + 0.5) * factor + top;
    const isOutside = px < 0 || py < 0 || px > image.width || py > image.height;
    const out = start + i * 3;
    if (isOutside && options.border === 'black') tensor.fill(black, out, out + 3);
    else sampleInto(tensor, out, source, x + i * stepX, y + i * stepY, scale, black);
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

function wholeSource(image: RgbaImage): Source {
  return {
    width: image.width,
    height: image.height,
    data: image.data,
    factor: 1,
    left: 0,
    top: 0,
  };
}

/** Averages the box around a region down by a whole factor; only that box is read. */
function shrinkAround(image: RgbaImage, region: Region, factor: number): Source {
  const reach =
    (region.size / 2) * (Math.abs(Math.cos(region.rotation)) + Math.abs(Math.sin(region.rotation)));
  const left = clamp(Math.floor(region.x - reach) - factor, 0, image.width - factor);
  const top = clamp(Math.floor(region.y - reach) - factor, 0, image.height - factor);
  const right = Math.min(image.width, Math.ceil(region.x + reach) + factor);
  const bottom = Math.min(image.height, Math.ceil(region.y + reach) + factor);
  const width = Math.max(1, Math.floor((right - left) / factor));
  const height = Math.max(1, Math.floor((bottom - top) / factor));
  const data = new Uint8Array(width * height * 4);
  const pixels = viewPixels(image);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = (top + row * factor) * image.width + left + column * factor;
      averageBox(pixels, at, image.width, factor, data, (row * width + column) * 4);
    }
  }
  return { width, height, data, factor, left, top };
}

/**
 * Writes the mean colour of a box of `factor` x `factor` pixels, whose first one is at `at`, to
 * `data[to]`.
 */
function averageBox(
  pixels: Uint32Array,
  at: number,
  stride: number,
  factor: number,
  data: Uint8Array,
  to: number,
): void {
  // Red and blue are added up together, 16 bits apart; they cannot meet for factors up to
  // FACTOR_MAX.
  let redBlue = 0;
  let green = 0;
  for (let line = at; line < at + factor * stride; line += stride) {
    for (let x = line; x < line + factor; x += 1) {
      const pixel = pixels[x]!;
      redBlue += pixel & 0xff00ff;
      green += (pixel >>> 8) & 0xff;
    }
  }
  const area = factor * factor;
  data[to] = (redBlue & 0xffff) / area;
  data[to + 1] = green / area;
  data[to + 2] = (redBlue >>> 16) / area;
}

function sampleInto(
  tensor: Float32Array,
  out: number,
  { width, height, data }: Source,
  placeX: number,
  placeY: number,
  scale: number,
  offset: number,
): void {
  const x = clamp(placeX, 0, width - 1);
  const y = clamp(placeY, 0, height - 1);
  const x0 = x | 0;
  const y0 = y | 0;
  const fx = x - x0;
  const fy = y - y0;
  const right = x0 + 1 < width ? 4 : 0;
  const below = y0 + 1 < height ? width * 4 : 0;
  const at = (y0 * width + x0) * 4;
  const w00 = (1 - fx) * (1 - fy) * scale;
  const w10 = fx * (1 - fy) * scale;
  const w01 = (1 - fx) * fy * scale;
  const w11 = fx * fy * scale;
  for (let channel = 0; channel < 3; channel += 1) {
    const first = at + channel;
    tensor[out + channel] =
      data[first]! * w00 +
      data[first + right]! * w10 +
      data[first + below]! * w01 +
      data[first + below + right]! * w11 +
      offset;
  }
}
