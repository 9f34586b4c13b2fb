/** Looks at single colours of a picture. */

import { clamp } from '../model/scalar.ts';
import type { Surface } from './raster.ts';

/** Red, green and blue, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colour of the pixel that a place lies in; beyond the border, of the pixel nearest to it. */
export function colourAt({ width, height, pixels }: Surface, x: number, y: number): Colour {
  const column = clamp(Math.floor(x), 0, width - 1);
  const row = clamp(Math.floor(y), 0, height - 1);
  const pixel = pixels[row * width + column]!;
  return [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
}

/** The mean of some colours. */
export function meanColour(colours: readonly Colour[]): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  for (const colour of colours) {
    for (let i = 0; i < 3; i += 1) sum[i]! += colour[i]! / colours.length;
  }
  return sum;
}

/** Rec. 601 luminance, 0..255. */
export function luminanceOf([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
