/** Draws a picture in large squares of few, clear colours. */

import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';
import { clamp } from '../model/scalar.ts';

/** Squares along the shorter side at a strength of 1. */
const SQUARES = 90;
/** Steps of brightness in each channel. */
const LEVELS = 12;
/** Few colours look dull unless they are clear ones. */
const SATURATION = 1.25;

/** Side of a square in pixels. */
export function squareSide(shorterSide: number, strength: number): number {
  return Math.max(2, Math.round((shorterSide * Math.sqrt(strength)) / SQUARES));
}

/** Changes a picture in place. Squares at the right and lower border may be cut. */
export function createPixelate(shorterSide: number, strength: number): (frame: RgbaImage) => void {
  const side = squareSide(shorterSide, strength);
  return (frame) => {
    const pixels = viewPixels(frame);
    const { width, height } = frame;
    for (let top = 0; top < height; top += side) {
      const bottom = Math.min(top + side, height);
      for (let left = 0; left < width; left += side) {
        const right = Math.min(left + side, width);
        const colour = meanColour(pixels, width, left, top, right, bottom);
        for (let y = top; y < bottom; y++) pixels.fill(colour, y * width + left, y * width + right);
      }
    }
  };
}

function meanColour(
  pixels: Uint32Array,
  width: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = y * width + left; at < y * width + right; at++) {
      const pixel = pixels[at]!;
      red += pixel & 255;
      green += (pixel >> 8) & 255;
      blue += (pixel >> 16) & 255;
    }
  }
  const count = (right - left) * (bottom - top);
  const grey = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / count;
  const level = (sum: number): number => {
    const clear = grey + SATURATION * (sum / count - grey);
    return Math.round((Math.round((clamp(clear, 0, 255) / 255) * LEVELS) / LEVELS) * 255);
  };
  return (level(red) | (level(green) << 8) | (level(blue) << 16) | 0xff000000) >>> 0;
}
