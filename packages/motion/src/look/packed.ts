/**
 * Arithmetic on two channels at a time, which halves the work on a pixel: red and blue are the even
 * bytes of its number, green and alpha the odd ones.
 */

import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';

/** The even bytes of a pixel; the odd ones after a shift by eight. */
export const EVEN = 0x00ff00ff;
/** Half of the last place of both channels: what is added before a shift, so that it rounds. */
export const HALF = 0x00800080;

/** `share` of 256 of the way from one pair of bytes to another. */
export function mixPairs(from: number, to: number, share: number): number {
  return ((Math.imul(from, 256 - share) + Math.imul(to, share) + HALF) >>> 8) & EVEN;
}

/** `share` of 256 of the way from one pixel to another, in all four channels. */
export function mixPixels(from: number, to: number, share: number): number {
  const even = mixPairs(from & EVEN, to & EVEN, share);
  return even | (mixPairs((from >>> 8) & EVEN, (to >>> 8) & EVEN, share) << 8);
}

/** The picture as one signed number a pixel: machine integers, which are faster than unsigned. */
export function viewSigned(frame: RgbaImage): Int32Array {
  const pixels = viewPixels(frame);
  return new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length);
}
