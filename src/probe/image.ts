/** What a reference image is, measured from its bytes and never from its name. */

import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { MediaLimits } from './limits.ts';
import { nameFileKind } from './sniff.ts';

export type ImageFacts = {
  format: 'jpeg' | 'png';
  /** Pixels, as displayed: after the orientation of EXIF. */
  width: number;
  height: number;
  hasAlpha: boolean;
  sizeBytes: number;
};

const FORMATS: Record<string, ImageFacts['format']> = {
  'a JPEG image': 'jpeg',
  'a PNG image': 'png',
};

/** Decoding to this width is enough to meet every damaged row. */
const TRIAL_WIDTH = 32;
const PIXELS_PER_MEGAPIXEL = 1_000_000;
const MILLISECONDS_PER_SECOND = 1000;

/** Orientations 5 to 8 of EXIF 2.32 lie on their side. */
const FIRST_SIDEWAYS_ORIENTATION = 5;

/**
 * Reads the head, then decodes the picture once at thumbnail size, so that a broken file is refused
 * here.
 *
 * @throws {AppError} `image_format_unsupported`, `image_too_many_pixels` or `image_unreadable`.
 */
export async function probeImage(
  path: string,
  options: { probeMsMax: number; imagePixelsMax: number },
): Promise<ImageFacts> {
  const seen = await nameFileKind(path);
  const format = FORMATS[seen];
  // Only the two formats reach the decoder: it knows others, such as SVG, that can do more than
  // hold pixels.
  if (format === undefined) throw new AppError('image_format_unsupported', { seen });
  try {
    const picture = sharp(path, { limitInputPixels: false, sequentialRead: true });
    const { width, height, orientation = 1, hasAlpha = false } = await picture.metadata();
    // Before decoding: an interlaced picture takes memory for all of its pixels at once.
    refuseTooManyPixels(width, height, options.imagePixelsMax);
    const seconds = Math.ceil(options.probeMsMax / MILLISECONDS_PER_SECOND);
    await picture.clone().resize(TRIAL_WIDTH).timeout({ seconds }).raw().toBuffer();
    const isSideways = orientation >= FIRST_SIDEWAYS_ORIENTATION;
    const { size: sizeBytes } = await stat(path);
    return {
      format,
      width: isSideways ? height : width,
      height: isSideways ? width : height,
      hasAlpha,
      sizeBytes,
    };
  } catch (error) {
    if (isAppError(error)) throw error;
    const isLate = error instanceof Error && error.message.includes('timeout');
    const reason = isLate ? 'decoding it takes too long' : `it is ${seen} that is damaged`;
    throw new AppError('image_unreadable', { reason }, { cause: error });
  }
}

function refuseTooManyPixels(width: number, height: number, pixelsMax: number): void {
  const pixels = width * height;
  if (pixels <= pixelsMax) return;
  // Rounded up, so that a little too many never reads like just enough.
  const seen = Math.ceil((pixels / PIXELS_PER_MEGAPIXEL) * 10) / 10;
  const limit = pixelsMax / PIXELS_PER_MEGAPIXEL;
  throw new AppError('image_too_many_pixels', { width, height, seen, limit });
}

/** @throws {AppError} `image_size_out_of_range` or `image_aspect_out_of_range`. */
export function checkImage(facts: ImageFacts, limits: MediaLimits): void {
  const { width, height } = facts;
  const { imageSideMin: min, imageSideMax: max, imageAspectMax } = limits;
  const [shortSide, longSide] = width < height ? [width, height] : [height, width];
  if (shortSide < min || longSide > max) {
    throw new AppError('image_size_out_of_range', { width, height, min, max });
  }
  if (longSide > shortSide * imageAspectMax) {
    const ratio = (longSide / shortSide).toFixed(3);
    const seen = width < height ? `1:${ratio}` : `${ratio}:1`;
    throw new AppError('image_aspect_out_of_range', { width, height, seen, limit: imageAspectMax });
  }
}
