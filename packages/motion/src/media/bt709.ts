/**
 * Mends the colours of decoded pictures: the decoder takes every clip for one of ITU-R BT.601,
 * while high definition is written by BT.709, and cyan dresses turn green.
 */

import type { RgbaImage } from '../model/image.ts';

/** Luma of BT.601, by which the picture was read. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];
/**
 * Colour differences of BT.709 over those of BT.601: the coefficients of its decoding matrix over
 * 1.402 and 1.772.
 */
const RED_BY_RED = 1.5748 / 1.402;
const GREEN_BY_RED = 0.468124 / 1.402;
const GREEN_BY_BLUE = 0.187324 / 1.772;
const BLUE_BY_BLUE = 1.8556 / 1.772;

/** In place, `image` having been decoded with the matrix of BT.601 from YCbCr of BT.709. */
export function readAsBt709({ data }: RgbaImage): void {
  const levels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < levels.length; i += 4) {
    const [red, green, blue] = [levels[i]!, levels[i + 1]!, levels[i + 2]!];
    const luma = RED * red + GREEN * green + BLUE * blue;
    levels[i] = luma + RED_BY_RED * (red - luma);
    levels[i + 1] = luma - GREEN_BY_RED * (red - luma) - GREEN_BY_BLUE * (blue - luma);
    levels[i + 2] = luma + BLUE_BY_BLUE * (blue - luma);
  }
}
