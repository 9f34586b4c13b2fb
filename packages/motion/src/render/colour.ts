/** Looks at single colours of a picture. */

import type { Colour } from '../model/colour.ts';
import { clamp } from '../model/scalar.ts';
import type { Surface } from './raster.ts';

/** The colour of the pixel that a place lies in; beyond the border, of the pixel nearest to it. */
export function colourAt({ width, height, pixels }: Surface, x: number, y: number): Colour {
  const column = clamp(Math.floor(x), 0, width - 1);
  const row = clamp(Math.floor(y), 0, height - 1);
  const pixel = pixels[row * width + column]!;
  return [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
}
