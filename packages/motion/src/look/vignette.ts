/** Darkens the corners, as a wide open lens does. */

import type { RgbaImage } from '../model/image.ts';
import { smoothstep } from '../model/scalar.ts';
import { viewSigned } from './packed.ts';

/** Share of the light that the corners lose at a strength of 1. */
const DEPTH = 0.5;
/** Distance from the middle, of that to a corner, where it begins. */
const BEGIN = 0.35;

/** Prepares the mask for one size; the filter changes a picture in place. */
export function createVignette(
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage) => void {
  const kept = new Uint16Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const fromMiddle = Math.hypot((2 * x + 1) / width - 1, (2 * y + 1) / height - 1) / Math.SQRT2;
      const lost = Math.min(DEPTH * strength, 0.9) * smoothstep(BEGIN, 1.1, fromMiddle);
      kept[at] = Math.round(256 * (1 - lost));
    }
  }
  return (frame) => {
    const pixels = viewSigned(frame);
    for (let at = 0; at < pixels.length; at++) {
      const pixel = pixels[at]!;
      const share = kept[at]!;
      pixels[at] =
        ((Math.imul(pixel & 0x00ff00ff, share) >>> 8) & 0x00ff00ff) |
        ((Math.imul(pixel & 0x0000ff00, share) >>> 8) & 0x0000ff00) |
        (pixel & 0xff000000);
    }
  };
}
