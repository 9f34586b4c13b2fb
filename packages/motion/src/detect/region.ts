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
 */
export function cropRegion(image: RgbaImage, region: Region, options: CropOptions): Float32Array {
  const { side, range, border } = options;
  const shrink = Math.round(region.size / side / UNDERSAMPLING_MAX);
  // No box may be larger than the picture.
  const factor = Math.max(1, Math.min(shrink, FACTOR_MAX, image.width, image.height));
  const source = factor === 1 ? wholeSource(image) : shrinkAround(image, region, factor);
  const tensor = new Float32Array(side * side * 3);
  const scale = (range[1] - range[0]) / 255;
  const step = region.size / side;
  const cos = Math.cos(region.rotation) * step;
  const sin = Math.sin(region.rotation) * step;
  const half = (side - 1) / 2;
  let out = 0;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const dx = column - half;
      const dy = row - half;
      const px = region.x + dx * cos - dy * sin;
      const py = region.y + dx * sin + dy * cos;
      const outside = px < 0 || py < 0 || px > image.width || py > image.height;
      if (outside && border === 'black') {
        tensor[out] = range[0];
        tensor[out + 1] = range[0];
        tensor[out + 2] = range[0];
      } else {
        sampleInto(tensor, out, source, px, py, scale, range[0]);
      }
      out += 3;
    }
  }
  return tensor;
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
  source: Source,
  px: number,
  py: number,
  scale: number,
  offset: number,
): void {
  const { width, height, data } = source;
  let x = (px - source.left) / source.factor - 0.5;
  let y = (py - source.top) / source.factor - 0.5;
  x = clamp(x, 0, width - 1);
  y = clamp(y, 0, height - 1);
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
