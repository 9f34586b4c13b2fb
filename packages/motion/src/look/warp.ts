/** Draws a picture through an affine map with bilinear filtering; the border repeats outside. */

import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { EVEN, mixPairs, mixPixels, viewSigned } from './packed.ts';

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
  if (map.xy === 0 && map.yx === 0) {
    stretchPicture(source, target, map, shiftRow);
    return;
  }
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

/** Without a turn, all pixels of a row lie between the same two rows: they are mixed once. */
function stretchPicture(
  source: RgbaImage,
  target: RgbaImage,
  { xx, x0, yy, y0 }: Affine,
  shiftRow: (y: number) => number,
): void {
  const { width, height } = source;
  const from = viewSigned(source);
  const to = viewSigned(target);
  const line = new Int32Array(width + 1);
  const step = Math.round(xx * ONE);
  const max = (width - 1) * ONE;
  for (let y = 0, at = 0; y < height; y++) {
    const v = clamp(yy * (y + 0.5) + y0 - 0.5, 0, height - 1);
    const above = Math.floor(v) * width;
    const below = Math.min(Math.floor(v) + 1, height - 1) * width;
    const along = Math.floor(256 * (v - Math.floor(v)));
    for (let x = 0; x < width; x++) line[x] = mixPixels(from[above + x]!, from[below + x]!, along);
    line[width] = line[width - 1]!;
    let u = Math.round((xx * 0.5 + x0 - 0.5 + shiftRow(y)) * ONE);
    for (const end = at + width; at < end; at++, u += step) {
      const place = u < 0 ? 0 : u > max ? max : u;
      const left = place >> 16;
      to[at] = mixPixels(line[left]!, line[left + 1]!, (place >> 8) & 255);
    }
  }
}
