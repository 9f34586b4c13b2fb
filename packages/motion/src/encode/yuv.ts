/**
 * Turns RGBA pictures into the planes that H.264 stores, in the colours that players expect of it.
 */

import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';

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

/**
 * Like {@link toI420} for the frames of a video, of which mostly large parts stay as they were:
 * only what has changed since the last frame is converted. All frames share the returned planes.
 */
export function createI420Writer(width: number, height: number): (image: RgbaImage) => Uint8Array {
  const planes = new Uint8Array((width * height * 3) / 2);
  let last: Uint32Array | null = null;
  return (image) => {
    const pixels = viewPixels(image);
    for (let y = 0; y < height; y += 2) {
      const at = y * width;
      const from = last ? findChange(pixels, last, at, width) : 0;
      if (from === width) continue;
      const to = last ? findLastChange(pixels, last, at, width) + 1 : width;
      convertRows(pixels, planes, { width, height }, y, from & ~1, (to + 1) & ~1);
    }
    last ??= new Uint32Array(width * height);
    last.set(pixels);
    return planes;
  };
}

/** The first column in which two rows from `at` on differ from those of the last frame. */
function findChange(now: Uint32Array, last: Uint32Array, at: number, width: number): number {
  const below = at + width;
  let x = 0;
  while (x < width && now[at + x] === last[at + x] && now[below + x] === last[below + x]) x += 1;
  return x;
}

/** The last such column of rows that differ. */
function findLastChange(now: Uint32Array, last: Uint32Array, at: number, width: number): number {
  const below = at + width;
  let x = width - 1;
  while (now[at + x] === last[at + x] && now[below + x] === last[below + x]) x -= 1;
  return x;
}

/** Converts the columns `from` up to `to`, both even, of row `y` and of the one below it. */
function convertRows(
  pixels: Uint32Array,
  planes: Uint8Array,
  { width, height }: { width: number; height: number },
  y: number,
  from: number,
  to: number,
): void {
  const row = y * width;
  let blueAt = width * height + (row >> 2) + (from >> 1);
  let redAt = blueAt + (width * height) / 4;
  for (let at = row + from; at < row + to; at += 2) {
    const a = pixels[at]!;
    const b = pixels[at + 1]!;
    const c = pixels[at + width]!;
    const d = pixels[at + width + 1]!;
    planes[at] = lumaOf(a);
    planes[at + 1] = lumaOf(b);
    planes[at + width] = lumaOf(c);
    planes[at + width + 1] = lumaOf(d);
    const red = (a & 255) + (b & 255) + (c & 255) + (d & 255);
    const green = channel(a, 8) + channel(b, 8) + channel(c, 8) + channel(d, 8);
    const blue = channel(a, 16) + channel(b, 16) + channel(c, 16) + channel(d, 16);
    // Coefficients of BT.709 times 2^14 over the sum of four pixels; half a step and 128 are
    // added before the shift.
    planes[blueAt] = (-1649 * red - 5547 * green + 7196 * blue + CHROMA_MIDDLE) >> 16;
    planes[redAt] = (7196 * red - 6536 * green - 660 * blue + CHROMA_MIDDLE) >> 16;
    blueAt += 1;
    redAt += 1;
  }
}

const CHROMA_MIDDLE = 128 * 65_536 + 32_768;
const LUMA_BLACK = 16 * 65_536 + 32_768;

/** Luma of a little-endian RGBA pixel; coefficients times 2^16. */
function lumaOf(pixel: number): number {
  return (
    (11_966 * (pixel & 255) +
      40_254 * channel(pixel, 8) +
      4064 * channel(pixel, 16) +
      LUMA_BLACK) >>
    16
  );
}

function channel(pixel: number, shift: number): number {
  return (pixel >>> shift) & 255;
}
