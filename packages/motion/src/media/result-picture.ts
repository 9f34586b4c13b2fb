/** Opens the picture of a character at the size that the result will have. */

import sharp from 'sharp';
import type { RgbaImage } from '../model/image.ts';
import { readPicture, readPictureSize } from './picture.ts';

/** Shorter side of the result in pixels. */
const SHORTER_SIDE = { std: 720, pro: 1080 } as const;
/** Longer side of the result in pixels, at most. */
export const LONGER_SIDE_MAX = 4096;
/** The shorter side of a very long picture does not shrink below this. */
const SHORTER_SIDE_MIN = 64;

/**
 * Size of the result for a picture of this shape: even, and as close to its shape as that allows.
 */
export function resultSize(
  width: number,
  height: number,
  mode: 'std' | 'pro',
): { width: number; height: number } {
  const shorter = Math.min(width, height);
  const longer = Math.max(width, height);
  const scale = Math.min(SHORTER_SIDE[mode] / shorter, LONGER_SIDE_MAX / longer);
  const even = (value: number): number =>
    Math.min(Math.max(Math.round((value * scale) / 2) * 2, SHORTER_SIDE_MIN), LONGER_SIDE_MAX);
  return { width: even(width), height: even(height) };
}

/**
 * Reads a picture at the size of the result, which is what `rigPicture` wants.
 *
 * @throws as `readPicture`
 */
export async function readResultPicture(file: string, mode: 'std' | 'pro'): Promise<RgbaImage> {
  const original = await readPictureSize(file);
  const size = resultSize(original.width, original.height, mode);
  const picture = await readPicture(file, { fit: size });
  if (picture.width === size.width && picture.height === size.height) return picture;
  // Fitting keeps the exact shape, which rarely has two even sides; a pixel more or less cannot be
  // seen.
  const { width, height, data } = picture;
  const resized = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer();
  return { ...size, data: Uint8Array.from(resized) };
}
