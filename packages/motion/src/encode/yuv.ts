/**
 * Turns RGBA pictures into the planes that H.264 stores, in the colours that players expect of it.
 */

import { instantiate } from '../kernels/assemble.ts';
import type { RgbaImage } from '../model/image.ts';
import { buildI420Module, type Colours, type ConvertRows } from './i420-kernel.ts';

/** What {@link toI420} makes, as a file names it. */
export const BT709 = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'bt709',
  fullRange: false,
} as const satisfies VideoColorSpaceInit;

/**
 * BT.709 in limited range, 8 bits, chroma halved both ways (I420): the luma plane, then Cb, then
 * Cr. We convert ourselves because the codec library would use BT.601 without saying so, and
 * players then show reds and greens shifted.
 *
 * @param image opaque; width and height even
 */
export function toI420(image: RgbaImage): Uint8Array {
  return createI420Writer(image.width, image.height)(image);
}

/** Like {@link toI420} for the frames of a video, which all share the returned planes. */
export function createI420Writer(width: number, height: number): (image: RgbaImage) => Uint8Array {
  const count = width * height;
  const bytes = count * PIXEL_BYTES + (count * 3) / 2;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  module ??= buildI420Module(COLOURS);
  const { convertRows } = instantiate<{ convertRows: ConvertRows }>(module, memory);
  const lumaAt = count * PIXEL_BYTES;
  const pixels = new Uint32Array(memory.buffer, 0, count);
  const planes = new Uint8Array(memory.buffer, lumaAt, (count * 3) / 2);
  const vectorWidth = width - (width % COLUMNS);
  return ({ data }) => {
    new Uint8Array(memory.buffer).set(data.subarray(0, lumaAt));
    for (let y = 0; y < height; y += 2) {
      const row = y * width;
      const blueAt = lumaAt + count + row / 4;
      convertRows(
        row * PIXEL_BYTES,
        (row + width) * PIXEL_BYTES,
        lumaAt + row,
        lumaAt + row + width,
        blueAt,
        blueAt + count / 4,
        vectorWidth,
      );
      if (vectorWidth < width) convertLast(pixels, planes, { width, height }, y);
    }
    return planes;
  };
}

const PIXEL_BYTES = 4;
const PAGE_BYTES = 65_536;
/** So many are converted at once. */
const COLUMNS = 4;

/** Half a step and black or 128 are added before the shift. */
const COLOURS: Colours = {
  luma: [11_966, 40_254, 4064],
  black: 16 * 65_536 + 32_768,
  blue: [-1649, -5547, 7196],
  red: [7196, -6536, -660],
  middle: 128 * 65_536 + 32_768,
};

let module: WebAssembly.Module | null = null;

/** Converts the last two columns of row `y` and of the one below it. */
function convertLast(
  pixels: Uint32Array,
  planes: Uint8Array,
  { width, height }: { width: number; height: number },
  y: number,
): void {
  const at = y * width + width - 2;
  const places = [at, at + 1, at + width, at + width + 1];
  const colours = places.map((place) => {
    const pixel = pixels[place]!;
    return [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255] as const;
  });
  for (const [i, place] of places.entries()) {
    planes[place] = weigh(colours[i]!, COLOURS.luma, COLOURS.black);
  }
  const sums = [0, 1, 2].map((channel) =>
    colours.reduce((sum, colour) => sum + colour[channel]!, 0),
  );
  const chromaAt = width * height + ((y + 2) * width) / 4 - 1;
  planes[chromaAt] = weigh(sums, COLOURS.blue, COLOURS.middle);
  planes[chromaAt + (width * height) / 4] = weigh(sums, COLOURS.red, COLOURS.middle);
}

function weigh(colour: readonly number[], weights: readonly number[], add: number): number {
  return weights.reduce((sum, weight, i) => sum + weight * colour[i]!, add) >> 16;
}
