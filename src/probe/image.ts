/** What a reference image is, measured from its bytes and never from its name. */

import { AppError } from '../kernel/errors.ts';
import type { MediaLimits } from './limits.ts';
import { nameFileKind } from './sniff.ts';
import type { ImageReading } from './wire.ts';

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

const PIXELS_PER_MEGAPIXEL = 1_000_000;

/**
 * Only the two formats reach the decoder: it knows others, such as SVG, that can do more than hold
 * pixels.
 *
 * @throws {AppError} `image_format_unsupported`.
 */
export function readImageFormat(beginning: Uint8Array): ImageFacts['format'] {
  const seen = nameFileKind(beginning);
  const format = FORMATS[seen];
  if (format === undefined) throw new AppError('image_format_unsupported', { seen });
  return format;
}

/** @throws {AppError} `image_too_many_pixels` or `image_unreadable`. */
export function judgeImage(
  reading: ImageReading,
  {
    format,
    sizeBytes,
    pixelsMax,
  }: Pick<ImageFacts, 'format' | 'sizeBytes'> & { pixelsMax: number },
): ImageFacts {
  if (reading.kind === 'too-many-pixels') {
    throw tooManyPixels(reading.width, reading.height, pixelsMax);
  }
  if (reading.kind === 'damaged') {
    const reason = `it is a ${format.toUpperCase()} image that is damaged`;
    throw new AppError('image_unreadable', { reason }, { cause: reading.detail });
  }
  const { width, height, hasAlpha } = reading;
  return { format, width, height, hasAlpha, sizeBytes };
}

function tooManyPixels(width: number, height: number, pixelsMax: number): AppError {
  // Rounded up, so that a little too many never reads like just enough.
  const seen = Math.ceil(((width * height) / PIXELS_PER_MEGAPIXEL) * 10) / 10;
  const limit = pixelsMax / PIXELS_PER_MEGAPIXEL;
  return new AppError('image_too_many_pixels', { width, height, seen, limit });
}

/** @throws {AppError} `image_size_out_of_range` or `image_aspect_out_of_range`. */
export function checkImage(facts: Pick<ImageFacts, 'width' | 'height'>, limits: MediaLimits): void {
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
