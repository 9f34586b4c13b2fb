/** A colour picture as three float planes, which is what filters and solvers want. */

import type { Box } from './geometry.ts';
import type { RgbaImage } from './image.ts';
import { shrinkPlane } from './resize.ts';
import { clamp } from './scalar.ts';

/** Red, green and blue, each `width * height` values of 0..255. */
export type Rgb = {
  width: number;
  height: number;
  channels: [Float32Array, Float32Array, Float32Array];
};

/** A black picture. */
export function createRgb(width: number, height: number): Rgb {
  const size = width * height;
  return {
    width,
    height,
    channels: [new Float32Array(size), new Float32Array(size), new Float32Array(size)],
  };
}

/** Copies the pixels of a box out of a picture, without alpha. */
export function cropRgb(image: RgbaImage, box: Box): Rgb {
  const rgb = createRgb(box.width, box.height);
  const [red, green, blue] = rgb.channels;
  for (let y = 0; y < box.height; y++) {
    let from = ((y + box.y) * image.width + box.x) * 4;
    const start = y * box.width;
    for (let i = start; i < start + box.width; i++, from += 4) {
      red[i] = image.data[from]!;
      green[i] = image.data[from + 1]!;
      blue[i] = image.data[from + 2]!;
    }
  }
  return rgb;
}

/** Mean of blocks of `factor` x `factor` pixels; see `shrinkPlane`. */
export function shrinkRgb(rgb: Rgb, factor: number): Rgb {
  const [red, green, blue] = rgb.channels.map((channel) =>
    shrinkPlane(channel, rgb.width, rgb.height, factor),
  );
  return {
    width: red!.width,
    height: red!.height,
    channels: [red!.data, green!.data, blue!.data],
  };
}

/** Euclidean distance (0..441) of the colours that two pictures of one size have at a pixel. */
export function colourDistanceAt(a: Rgb, b: Rgb, index: number): number {
  const [ar, ag, ab] = a.channels;
  const [br, bg, bb] = b.channels;
  return Math.hypot(ar[index]! - br[index]!, ag[index]! - bg[index]!, ab[index]! - bb[index]!);
}

/** The nearest whole number of 0..255. */
export function toByte(value: number): number {
  return Math.round(clamp(value, 0, 255));
}
