/** Opens and writes still pictures; what it gives is always upright, sRGB and 8 bits a channel. */

import { access } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { MotionError } from '../model/finding.ts';
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
 * @throws MotionError `picture_unreadable` when the file is no picture, is damaged, or has more
 * than {@link PICTURE_PIXELS_MAX} pixels; Error with the system's code when it cannot be opened
 */
export async function readPicture(
  file: string,
  options: ReadPictureOptions = {},
): Promise<RgbaImage> {
  let picture = openPicture(file).autoOrient();
  if (options.fit !== undefined) {
    const { width, height } = options.fit;
    picture = picture.resize({ width, height, fit: 'inside' });
  }
  const { data, info } = await picture
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => failUnreadable(file, cause));
  return { width: info.width, height: info.height, data: asBytes(data) };
}

/**
 * Size of a picture in pixels once it is turned upright; only its header is read.
 *
 * @throws as {@link readPicture}
 */
export async function readPictureSize(file: string): Promise<{ width: number; height: number }> {
  const { autoOrient } = await openPicture(file)
    .metadata()
    .catch((cause: unknown) => failUnreadable(file, cause));
  return autoOrient;
}

function openPicture(file: string): Sharp {
  return sharp(file, { limitInputPixels: PICTURE_PIXELS_MAX });
}

/** Says whether it is the file or its pixels: the decoder's own error does not tell them apart. */
async function failUnreadable(file: string, cause: unknown): Promise<never> {
  await access(file);
  const { width = 0, height = 0 } = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch(() => ({}) as Partial<Metadata>);
  const isTooLarge = width * height > PICTURE_PIXELS_MAX;
  const message = isTooLarge
    ? `The picture is ${width} x ${height} pixels large; at most ${PICTURE_PIXELS_MAX} can be read.`
    : 'The picture cannot be decoded; use a whole JPEG, PNG or WebP file.';
  throw new MotionError(
    {
      code: 'picture_unreadable',
      severity: 'error',
      message,
      ...(isTooLarge ? { value: width * height } : {}),
    },
    { cause },
  );
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
