/** Reads the facts of a picture and decodes it once, small. Runs in the probe's jailed child. */

import sharp from 'sharp';
import type { ReadRange } from '../jail/inmate.ts';
import type { ImageReading } from './wire.ts';

/** Decoding to this width is enough to meet every damaged row. */
const TRIAL_WIDTH = 32;
/** One message of the jail takes no more. */
const READ_BYTES = 8 * 1024 * 1024;

export async function readImageFacts(
  { sizeBytes, pixelsMax }: { sizeBytes: number; pixelsMax: number },
  read: ReadRange,
): Promise<ImageReading> {
  const file = await readWhole(sizeBytes, read);
  try {
    const picture = sharp(file, { limitInputPixels: false, sequentialRead: true });
    const { autoOrient, hasAlpha } = await picture.metadata();
    const { width, height } = autoOrient;
    // Before decoding: an interlaced picture takes memory for all of its pixels at once.
    if (width * height > pixelsMax) return { kind: 'too-many-pixels', width, height };
    await picture.clone().resize(TRIAL_WIDTH).raw().toBuffer();
    return { kind: 'facts', width, height, hasAlpha };
  } catch (error) {
    return { kind: 'damaged', detail: String(error) };
  }
}

async function readWhole(sizeBytes: number, read: ReadRange): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < sizeBytes; start += READ_BYTES) {
    parts.push(await read(start, Math.min(sizeBytes, start + READ_BYTES)));
  }
  return Buffer.concat(parts);
}
