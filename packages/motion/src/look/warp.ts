/** Draws a picture through an affine map with bilinear filtering; the border repeats outside. */

import type { RgbaImage } from '../model/image.ts';
import { EVEN, mixPairs, viewSigned } from './packed.ts';

/** `x' = xx x + xy y + x0`, `y' = yx x + yy y + y0`, from the target to the source, in pixels. */
export type Affine = { xx: number; xy: number; x0: number; yx: number; yy: number; y0: number };

/** Places are kept in steps of 1/65536 pixel, weights in steps of 1/256. */
const ONE = 65536;

/**
 * Fills `target`, which has the size of `source` and is another picture. `shiftRow` moves each row
 * of the target by so many pixels of the source.
 */
export function warpPicture(
  source: RgbaImage,
  target: RgbaImage,
  map: Affine,
  shiftRow: (y: number) => number = () => 0,
): void {
  const { width, height } = source;
  const from = viewSigned(source);
  const to = viewSigned(target);
  const stepX = Math.round(map.xx * ONE);
  const stepY = Math.round(map.yx * ONE);
  const maxX = (width - 1) * ONE;
  const maxY = (height - 1) * ONE;
  for (let y = 0, at = 0; y < height; y++) {
    // Places are those of pixel centres.
    const begin = map.xx * 0.5 + map.xy * (y + 0.5) + map.x0 - 0.5 + shiftRow(y);
    let sourceX = Math.round(begin * ONE);
    let sourceY = Math.round((map.yx * 0.5 + map.yy * (y + 0.5) + map.y0 - 0.5) * ONE);
    for (let x = 0; x < width; x++, at++, sourceX += stepX, sourceY += stepY) {
      const u = sourceX < 0 ? 0 : sourceX > maxX ? maxX : sourceX;
      const v = sourceY < 0 ? 0 : sourceY > maxY ? maxY : sourceY;
      const corner = (v >> 16) * width + (u >> 16);
      const right = corner + (u < maxX ? 1 : 0);
      const below = v < maxY ? width : 0;
      const across = (u >> 8) & 255;
      const along = (v >> 8) & 255;
      const a = from[corner]!;
      const b = from[right]!;
      const c = from[corner + below]!;
      const d = from[right + below]!;
      const even = mixPairs(
        mixPairs(a & EVEN, b & EVEN, across),
        mixPairs(c & EVEN, d & EVEN, across),
        along,
      );
      const odd = mixPairs(
        mixPairs((a >>> 8) & EVEN, (b >>> 8) & EVEN, across),
        mixPairs((c >>> 8) & EVEN, (d >>> 8) & EVEN, across),
        along,
      );
      to[at] = even | (odd << 8);
    }
  }
}
