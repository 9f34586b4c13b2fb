/** Pictures at a fraction of the size, on which costly drawing is done, and the way back. */

import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { EVEN, HALF, mixPixels, viewSigned } from './packed.ts';

/** Red, green and blue of a picture at a fraction of its size, 0..255. */
export type Coarse = {
  width: number;
  height: number;
  channels: [Float32Array, Float32Array, Float32Array];
};

/** Room for a picture of this size divided by `factor`; what does not divide is left out. */
export function createCoarse(width: number, height: number, factor: number): Coarse {
  const [w, h] = [
    Math.max(1, Math.floor(width / factor)),
    Math.max(1, Math.floor(height / factor)),
  ];
  const plane = (): Float32Array => new Float32Array(w * h);
  return { width: w, height: h, channels: [plane(), plane(), plane()] };
}

/** Averages squares of `factor` by `factor` pixels; `factor` is at most 16. */
export function shrinkInto(frame: RgbaImage, factor: number, coarse: Coarse): void {
  const pixels = viewSigned(frame);
  const [red, green, blue] = coarse.channels;
  const scale = 1 / (factor * factor);
  for (let y = 0, at = 0; y < coarse.height; y++) {
    for (let x = 0; x < coarse.width; x++, at++) {
      let even = 0;
      let odd = 0;
      let start = y * factor * frame.width + x * factor;
      for (let j = 0; j < factor; j++, start += frame.width) {
        for (let i = start; i < start + factor; i++) {
          even += pixels[i]! & EVEN;
          odd += (pixels[i]! >>> 8) & 255;
        }
      }
      red[at] = (even & 0xffff) * scale;
      green[at] = odd * scale;
      blue[at] = (even >>> 16) * scale;
    }
  }
}

/** Four channels 0..255 as one pixel, for `createGrower`. */
export function packPixel(red: number, green: number, blue: number, alpha: number): number {
  return toByte(red) | (toByte(green) << 8) | (toByte(blue) << 16) | (toByte(alpha) << 24);
}

function toByte(value: number): number {
  const whole = (value + 0.5) | 0;
  return whole < 0 ? 0 : whole > 255 ? 255 : whole;
}

/**
 * Reads packed pixels of a coarse picture at full size, line by line, bilinearly. `factor` is a
 * power of two up to 128.
 */
export function createGrower(
  { width: coarseWidth, height: coarseHeight }: Coarse,
  width: number,
  factor: number,
): (pixels: Int32Array, y: number, line: Int32Array) => void {
  const mixed = new Int32Array(coarseWidth);
  const half = factor / 2;
  return (pixels, y, line) => {
    const place = clamp((y + 0.5) / factor - 0.5, 0, coarseHeight - 1);
    const above = Math.floor(place) * coarseWidth;
    const below = Math.min(Math.floor(place) + 1, coarseHeight - 1) * coarseWidth;
    const down = Math.floor(256 * (place - Math.floor(place)));
    for (let x = 0; x < coarseWidth; x++) {
      mixed[x] = mixPixels(pixels[above + x]!, pixels[below + x]!, down);
    }
    line.fill(mixed[0]!, 0, Math.min(half, width));
    for (let x = 0; x + 1 < coarseWidth; x++) {
      spread(mixed[x]!, mixed[x + 1]!, line, half + x * factor, factor);
    }
    line.fill(mixed[coarseWidth - 1]!, Math.min(half + (coarseWidth - 1) * factor, width));
  };
}

/** Equal steps from one pixel to the next, two channels at a time, by adding alone. */
function spread(from: number, to: number, line: Int32Array, at: number, factor: number): void {
  const even = from & EVEN;
  const odd = (from >>> 8) & EVEN;
  // Differences may borrow from the neighbouring channel; the sums give it back.
  const evenStep = (to & EVEN) - even;
  const oddStep = ((to >>> 8) & EVEN) - odd;
  const share = 256 / factor;
  let evenSum = ((even << 8) + HALF + Math.imul(share / 2, evenStep)) | 0;
  let oddSum = ((odd << 8) + HALF + Math.imul(share / 2, oddStep)) | 0;
  for (let x = at; x < at + factor; x++) {
    line[x] = ((evenSum >>> 8) & EVEN) | (oddSum & 0xff00ff00);
    evenSum = (evenSum + Math.imul(share, evenStep)) | 0;
    oddSum = (oddSum + Math.imul(share, oddStep)) | 0;
  }
}
