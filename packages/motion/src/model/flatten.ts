/** Lays pictures with clear parts on a plain ground. */

import type { RgbaImage } from './image.ts';

const OPAQUE = 255;

/** A copy on an opaque ground of one grey level, 0..255. */
export function flattenAlpha(image: RgbaImage, grey: number): RgbaImage {
  const { data } = image;
  const flat = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / OPAQUE;
    for (let channel = 0; channel < 3; channel += 1) {
      flat[i + channel] = Math.round(data[i + channel]! * alpha + grey * (1 - alpha));
    }
    flat[i + 3] = OPAQUE;
  }
  return { ...image, data: flat };
}
