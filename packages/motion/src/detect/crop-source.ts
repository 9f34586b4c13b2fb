/**
 * Brings the part of a picture that a crop is sampled from into the memory of its kernels, averaged
 * down where the crop is much smaller, and nothing but that part.
 */

import { instantiate } from '../kernels/assemble.ts';
import type { Box } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import {
  buildCropModule,
  COLOUR_BYTES,
  type CropKernels,
  FACTOR_MAX,
  PIXEL_BYTES,
  type SampleLine,
  SPARE_BYTES,
  SUM_BYTES,
  shareOf,
} from './crop-kernel.ts';
import type { Region } from './region.ts';

/** What a crop is sampled from; it lasts until the next one is loaded in this thread. */
export type Source = {
  /** Size in source pixels. */
  width: number;
  height: number;
  /** Picture pixels per source pixel and the picture place of the source's corner. */
  factor: number;
  left: number;
  top: number;
  /** Address of source pixel 0, 0, and bytes from row to row; only pixels in reach are there. */
  pixels: number;
  stride: number;
  /** Room for the crop, at address 0. */
  tensor: Float32Array;
  sampleLine: SampleLine;
};

/**
 * How many times smaller the crop may be sampled from the picture before it is averaged down first.
 */
const UNDERSAMPLING_MAX = 1.3;

/** Rows are averaged in bands of about this size, which the processor's cache holds. */
const BAND_BYTES = 2 ** 17;

/** Neighbours of sampled places, and what rounding may add, in pixels. */
const MARGIN = 2;

/** One copy for a whole band is faster than one a row, if at least this part of it is needed. */
const NEEDED_MIN = 0.5;

/**
 * Each thread keeps this memory from crop to crop; it is made anew when it is too small. Crops with
 * a side of 256 pixels from frames of clips need some 4 MB.
 */
type Desk = { memory: WebAssembly.Memory; kernels: CropKernels };

const PAGE_BYTES = 65_536;
/** Vectors lie at multiples of this. */
const ALIGNMENT = 16;

let module: WebAssembly.Module | null = null;
let desk: Desk | null = null;

/** @param side of the crop, in pixels */
export function loadSource(image: RgbaImage, region: Region, side: number): Source {
  const shrink = Math.round(region.size / side / UNDERSAMPLING_MAX);
  // No box may be larger than the picture.
  const factor = Math.max(1, Math.min(shrink, FACTOR_MAX, image.width, image.height));
  const sourceAt = align(side * side * COLOUR_BYTES);
  const source = factor === 1 ? copyReach : shrinkReach;
  return source(image, region, { side, factor, sourceAt });
}

type Plan = { side: number; factor: number; sourceAt: number };

function copyReach(image: RgbaImage, region: Region, { side, sourceAt }: Plan): Source {
  const reach = reachOf(region);
  const x = clamp(Math.floor(region.x - reach) - MARGIN, 0, image.width - 1);
  const y = clamp(Math.floor(region.y - reach) - MARGIN, 0, image.height - 1);
  const right = clamp(Math.ceil(region.x + reach) + MARGIN, x + 1, image.width);
  const bottom = clamp(Math.ceil(region.y + reach) + MARGIN, y + 1, image.height);
  const box = { x, y, width: right - x, height: bottom - y };
  const stride = strideFor(box, image);
  // At the last row the one below it is read as well, but does not count.
  const { memory, kernels } = openDesk(sourceAt + stride * (box.height + 1) + SPARE_BYTES);
  copyRows(image, box, new Uint8Array(memory.buffer, sourceAt), stride);
  return {
    width: image.width,
    height: image.height,
    factor: 1,
    left: 0,
    top: 0,
    pixels: sourceAt - y * stride - x * PIXEL_BYTES,
    stride,
    tensor: new Float32Array(memory.buffer, 0, side * side * 3),
    sampleLine: kernels.sampleLine,
  };
}

/** Averages the box around a region down by a whole factor; only that box is read. */
function shrinkReach(image: RgbaImage, region: Region, plan: Plan): Source {
  const { side, factor, sourceAt } = plan;
  const reach = reachOf(region);
  const left = clamp(Math.floor(region.x - reach) - factor, 0, image.width - factor);
  const top = clamp(Math.floor(region.y - reach) - factor, 0, image.height - factor);
  const right = Math.min(image.width, Math.ceil(region.x + reach) + factor);
  const bottom = Math.min(image.height, Math.ceil(region.y + reach) + factor);
  const width = Math.max(1, Math.floor((right - left) / factor));
  const height = Math.max(1, Math.floor((bottom - top) / factor));
  const rows = { x: left, y: top, width: width * factor, height: height * factor };
  const stride = strideFor(rows, image);
  const rowsAtOnce = Math.min(height, Math.max(1, Math.floor(BAND_BYTES / (stride * factor))));
  // At the last row the one below it is read as well, but does not count.
  const sumsAt = align(sourceAt + width * PIXEL_BYTES * (height + 1) + SPARE_BYTES);
  const bandAt = align(sumsAt + rows.width * SUM_BYTES + SPARE_BYTES);
  const { memory, kernels } = openDesk(bandAt + rowsAtOnce * factor * stride + SPARE_BYTES);
  const band = new Uint8Array(memory.buffer, bandAt);
  const share = shareOf(factor);
  for (let row = 0; row < height; row += rowsAtOnce) {
    const end = Math.min(row + rowsAtOnce, height);
    copyRows(image, { ...rows, y: top + row * factor, height: (end - row) * factor }, band, stride);
    for (let line = row; line < end; line += 1) {
      const from = bandAt + (line - row) * factor * stride;
      const means = sourceAt + line * width * PIXEL_BYTES;
      kernels.shrinkRow(from, stride, sumsAt, means, width, factor, share);
    }
  }
  return {
    width,
    height,
    factor,
    left,
    top,
    pixels: sourceAt,
    stride: width * PIXEL_BYTES,
    tensor: new Float32Array(memory.buffer, 0, side * side * 3),
    sampleLine: kernels.sampleLine,
  };
}

/** Half a side of the upright square around a region. */
function reachOf({ size, rotation }: Region): number {
  return (size / 2) * (Math.abs(Math.cos(rotation)) + Math.abs(Math.sin(rotation)));
}

/** Bytes from row to row of a copy: those of the picture, unless it needs little of them. */
function strideFor(box: Box, image: RgbaImage): number {
  return PIXEL_BYTES * (box.width >= NEEDED_MIN * image.width ? image.width : box.width);
}

/** Copies a box to the beginning of `to`, at once when both have the same stride. */
function copyRows({ width, data }: RgbaImage, box: Box, to: Uint8Array, stride: number): void {
  const from = (box.y * width + box.x) * PIXEL_BYTES;
  const rowBytes = box.width * PIXEL_BYTES;
  if (stride === width * PIXEL_BYTES) {
    to.set(data.subarray(from, from + (box.height - 1) * stride + rowBytes));
    return;
  }
  for (let row = 0; row < box.height; row += 1) {
    const at = from + row * width * PIXEL_BYTES;
    to.set(data.subarray(at, at + rowBytes), row * stride);
  }
}

function openDesk(bytes: number): Desk {
  if (desk !== null && desk.memory.buffer.byteLength >= bytes) return desk;
  module ??= buildCropModule();
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  desk = { memory, kernels: instantiate<CropKernels>(module, memory) };
  return desk;
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
