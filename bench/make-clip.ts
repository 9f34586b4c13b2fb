/** Makes a clip of any length, size and rate out of a short one, so that runs can be compared. */

import { encodeVideo, openClip, type RgbaImage } from '@understudy/motion';
import sharp from 'sharp';

/** What the made clip is like. */
export type ClipShape = { seconds: number; fps: number; width: number; height: number };

/** Frames of the source that are kept in memory at most, as JPEG. */
const SOURCE_FRAMES_MAX = 2_000;
const JPEG_QUALITY = 95;

/**
 * Plays every picture of the source for one frame of the new rate, forwards, then backwards, and so
 * on: no frame repeats the one before, and there is no cut.
 */
export async function makeClip(source: string, file: string, shape: ClipShape): Promise<void> {
  const { seconds, fps, width, height } = shape;
  const stills = await readStills(source, { width, height });
  const frameCount = Math.round(seconds * fps);
  await encodeVideo({
    file,
    width,
    height,
    fps,
    quality: 'std',
    frames: playBackAndForth(stills, frameCount),
    frameCount,
    durationMs: seconds * 1000,
    metadata: {},
  });
}

async function readStills(
  file: string,
  size: { width: number; height: number },
): Promise<Buffer[]> {
  const clip = await openClip(file);
  const stills: Buffer[] = [];
  try {
    for await (const { image } of clip.frames({ size, toIndex: SOURCE_FRAMES_MAX })) {
      const raw = { width: image.width, height: image.height, channels: 4 } as const;
      stills.push(await sharp(image.data, { raw }).jpeg({ quality: JPEG_QUALITY }).toBuffer());
    }
  } finally {
    clip.close();
  }
  return stills;
}

async function* playBackAndForth(
  stills: readonly Buffer[],
  frameCount: number,
): AsyncGenerator<RgbaImage, void> {
  const period = Math.max(1, 2 * (stills.length - 1));
  for (let index = 0; index < frameCount; index += 1) {
    const place = index % period;
    const still = stills[Math.min(place, period - place)]!;
    const { data, info } = await sharp(still)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    yield { width: info.width, height: info.height, data: Uint8Array.from(data) };
  }
}
