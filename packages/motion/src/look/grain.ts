/** Film grain: strongest in the middle tones, new in every frame, the same in every run. */

import { blurBox } from '../model/blur.ts';
import type { RgbaImage } from '../model/image.ts';
import { createNoise, normalNoise } from './noise.ts';
import { viewSigned } from './packed.ts';

/** Side of the square of noise that is laid over the frame, each frame at another place. */
const TILE = 512;
const TILE_SEED = 20;
/** Deviation of brightness at a strength of 1, of 255, in the middle tones. */
const DEPTH = 7;
/** Shorter side of a frame in which grains are three pixels wide, with their soft edge. */
const THREE_WIDE = 720;
/** Share of the depth that is left in black and in white. */
const EDGE_DEPTH = 0.22;
const LIMIT = 512;

/** Lays grain over a picture in place; `index` is the number of the frame. */
export function createGrain(
  shorterSide: number,
  strength: number,
): (frame: RgbaImage, index: number) => void {
  const tile = drawTile(Math.round(shorterSide / THREE_WIDE));
  const depths = Int16Array.from({ length: 256 }, (_, luma) => {
    const middle = 1 - (2 * (luma / 255) - 1) ** 2;
    return Math.round(DEPTH * strength * (EDGE_DEPTH + (1 - EDGE_DEPTH) * middle) * 8);
  });
  // Limits a sum to 0..255 without asking.
  const limited = Uint8ClampedArray.from({ length: 3 * LIMIT }, (_, at) => at - LIMIT);
  return (frame, index) => {
    const next = createNoise(index);
    const [shiftX, shiftY] = [Math.floor(next() * TILE), Math.floor(next() * TILE)];
    const pixels = viewSigned(frame);
    for (let y = 0, at = 0; y < frame.height; y++) {
      const row = ((y + shiftY) & (TILE - 1)) * TILE;
      for (let x = 0; x < frame.width; x++, at++) {
        const pixel = pixels[at]!;
        const r = pixel & 255;
        const g = (pixel >> 8) & 255;
        const b = (pixel >> 16) & 255;
        const depth = depths[(54 * r + 183 * g + 19 * b) >> 8]!;
        const add = LIMIT + ((tile[row + ((x + shiftX) & (TILE - 1))]! * depth) >> 8);
        pixels[at] =
          limited[r + add]! |
          (limited[g + add]! << 8) |
          (limited[b + add]! << 16) |
          (pixel & 0xff000000);
      }
    }
  };
}

/** Noise of deviation 32, so that it fits a byte up to four times that. */
function drawTile(radius: number): Int8Array {
  const fine = normalNoise(TILE * TILE, TILE_SEED);
  const soft = blurBox(fine, TILE, TILE, radius);
  // Half sharp, half soft: grains of silver clump, but each one has an edge.
  const mean = 2 * radius + 1;
  for (let at = 0; at < soft.length; at++) soft[at] = 0.5 * fine[at]! + mean * soft[at]!;
  let power = 0;
  for (const value of soft) power += value * value;
  const scale = 32 / Math.sqrt(power / soft.length);
  return Int8Array.from(soft, (value) => Math.max(-127, Math.min(127, Math.round(value * scale))));
}
