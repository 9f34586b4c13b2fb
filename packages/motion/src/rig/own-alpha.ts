/** Pictures that were already cut out keep their own edges. */

import { flattenAlpha } from '../model/flatten.ts';
import type { RgbaImage } from '../model/image.ts';

/**
 * This share of the pixels must be clear before alpha is taken for a cut-out rather than for
 * rounded corners.
 */
const CLEAR_SHARE_MIN = 0.05;
const CLEAR_MAX = 32;
/** A cut-out picture stands on white. */
const BACKGROUND = 255;

/** Alpha 0..1 of a picture that was cut out, or null when the picture is (nearly) opaque. */
export function readOwnAlpha({ width, height, data }: RgbaImage): Float32Array | null {
  const size = width * height;
  let clear = 0;
  for (let i = 0; i < size; i++) if (data[i * 4 + 3]! <= CLEAR_MAX) clear++;
  if (clear < CLEAR_SHARE_MIN * size) return null;
  return Float32Array.from({ length: size }, (_, i) => data[i * 4 + 3]! / 255);
}

/** The picture on an opaque background; opaque pictures are returned as they are. */
export function flattenPicture(source: RgbaImage): RgbaImage {
  let isOpaque = true;
  for (let i = 3; i < source.data.length && isOpaque; i += 4) isOpaque = source.data[i] === 255;
  if (isOpaque) return source;
  return flattenAlpha(source, BACKGROUND);
}
