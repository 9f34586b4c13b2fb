/**
 * Clips made for one test each: a few seconds of our own sample, or plain colour where nobody needs
 * to be seen.
 */

import { join } from 'node:path';
import { registerMediabunnyServer } from '@mediabunny/server';
import { encodeVideo, openClip, type RgbaImage } from '@understudy/motion';
import {
  ALL_FORMATS,
  Conversion,
  FilePathSource,
  FilePathTarget,
  Input,
  Output,
  WebMOutputFormat,
} from 'mediabunny';

export const SAMPLES = join(import.meta.dirname, '../../samples');

export const SAMPLE_PICTURE = join(SAMPLES, 'character.jpg');
const SAMPLE_CLIP = join(SAMPLES, 'reference.mp4');

/** The sample clip at a low frame rate, cut or repeated to the length that is asked for. */
export async function makePersonClip(file: string, seconds: number, fps = 8): Promise<void> {
  const clip = await openClip(SAMPLE_CLIP);
  const frameCount = Math.round(seconds * fps);
  async function* frames(): AsyncIterable<RgbaImage> {
    let made = 0;
    while (made < frameCount) {
      for await (const { image } of clip.frames({ fps })) {
        if (made++ >= frameCount) return;
        yield image;
      }
    }
  }
  const { width, height } = clip;
  await write(file, { width, height, fps, frameCount, frames: frames() });
  clip.close();
}

/** A clip in which nothing is to be seen, 360 x 360 at 4 fps. */
export async function makePlainClip(file: string, seconds: number): Promise<void> {
  const [width, height, fps] = [360, 360, 4];
  const image: RgbaImage = { width, height, data: new Uint8Array(width * height * 4).fill(128) };
  const frameCount = Math.round(seconds * fps);
  async function* frames(): AsyncIterable<RgbaImage> {
    for (let index = 0; index < frameCount; index++) yield image;
  }
  await write(file, { width, height, fps, frameCount, frames: frames() });
}

type Plan = {
  width: number;
  height: number;
  fps: number;
  frameCount: number;
  frames: AsyncIterable<RgbaImage>;
};

async function write(file: string, plan: Plan): Promise<void> {
  await encodeVideo({
    ...plan,
    file,
    quality: 'std',
    durationMs: (plan.frameCount / plan.fps) * 1000,
    metadata: {},
  });
}

/** The same picture as WebM with VP9, a format that is refused by name. */
export async function makeWebm(file: string, source: string): Promise<void> {
  registerMediabunnyServer();
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(source) });
  const output = new Output({ format: new WebMOutputFormat(), target: new FilePathTarget(file) });
  const conversion = await Conversion.init({ input, output, video: { codec: 'vp9' } });
  await conversion.execute();
  input.dispose();
}
