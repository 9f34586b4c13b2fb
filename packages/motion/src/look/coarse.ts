/** Planes of a fraction of the size, on which costly drawing is done, and the way back. */

import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';

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

/** Averages squares of `factor` by `factor` pixels. */
export function shrinkInto(frame: RgbaImage, factor: number, coarse: Coarse): void {
  const pixels = viewPixels(frame);
  const [red, green, blue] = coarse.channels;
  const scale = 1 / (factor * factor);
  for (let y = 0, at = 0; y < coarse.height; y++) {
    for (let x = 0; x < coarse.width; x++, at++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let j = 0; j < factor; j++) {
        const start = (y * factor + j) * frame.width + x * factor;
        for (let i = start; i < start + factor; i++) {
          const pixel = pixels[i]!;
          r += pixel & 255;
          g += (pixel >> 8) & 255;
          b += (pixel >> 16) & 255;
        }
      }
      red[at] = r * scale;
      green[at] = g * scale;
      blue[at] = b * scale;
    }
  }
}

/**
 * Reads a coarse plane at full size, row after row, bilinearly: `row(y)` fills and returns one
 * line of `width` values.
 */
export function createGrower(
  coarseWidth: number,
  coarseHeight: number,
  width: number,
  factor: number,
): (plane: Float32Array, y: number, line: Float32Array) => void {
  const mixed = new Float32Array(coarseWidth);
  const left = new Uint16Array(width);
  const right = new Uint16Array(width);
  const share = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const place = Math.min(Math.max((x + 0.5) / factor - 0.5, 0), coarseWidth - 1);
    left[x] = Math.floor(place);
    right[x] = Math.min(left[x]! + 1, coarseWidth - 1);
    share[x] = place - left[x]!;
  }
  return (plane, y, line) => {
    const place = Math.min(Math.max((y + 0.5) / factor - 0.5, 0), coarseHeight - 1);
    const above = Math.floor(place) * coarseWidth;
    const below = Math.min(Math.floor(place) + 1, coarseHeight - 1) * coarseWidth;
    const down = place - Math.floor(place);
    for (let x = 0; x < coarseWidth; x++) {
      const value = plane[above + x]!;
      mixed[x] = value + down * (plane[below + x]! - value);
    }
    for (let x = 0; x < width; x++) {
      const value = mixed[left[x]!]!;
      line[x] = value + share[x]! * (mixed[right[x]!]! - value);
    }
  };
}
