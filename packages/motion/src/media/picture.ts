/** Opens and writes still pictures; what it gives is always upright, sRGB and 8 bits a channel. */

import sharp from 'sharp';
import type { RgbaImage } from '../model/image.ts';

/** A picture with more pixels than this is refused before it is decoded. */
export const PICTURE_PIXELS_MAX = 64_000_000;

/** How to read a picture. */
export type ReadPictureOptions = {
  /**
   * Shrink or enlarge to the largest size that fits into this box, in pixels; the shape is kept.
   */
  fit?: { width: number; height: number };
};

/**
 * Reads a picture as it is meant to be seen: turned by its EXIF orientation, converted to sRGB,
 * alpha kept.
 *
 * @throws Error from the decoder when the file is no picture or has more than {@link
 * PICTURE_PIXELS_MAX} pixels
 */
export async function readPicture(
  file: string,
  options: ReadPictureOptions = {},
): Promise<RgbaImage> {
  let picture = sharp(file, { limitInputPixels: PICTURE_PIXELS_MAX }).autoOrient();
  if (options.fit !== undefined) {
    const { width, height } = options.fit;
    picture = picture.resize({ width, height, fit: 'inside' });
  }
  const { data, info } = await picture
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: asBytes(data) };
}

/** Writes a PNG without loss. */
export async function writePng(file: string, image: RgbaImage): Promise<void> {
  const { width, height, data } = image;
  await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toFile(file);
}

/** sharp hands out Node Buffers; the stages speak of plain bytes. */
function asBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
