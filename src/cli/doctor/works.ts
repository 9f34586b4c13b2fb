/** What came with the package and has to work on this machine: native code, networks, a render. */

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Warning } from './check.ts';

const SAMPLES = join(import.meta.dirname, '../../../samples');
const PICTURE = join(SAMPLES, 'character.jpg');
const CLIP = join(SAMPLES, 'reference.mp4');
const CLIP_FPS = 8;
const SIDE = 64;

/** Pictures through libvips, videos through FFmpeg: a small one of each, there and back. */
export async function examineNative(): Promise<string> {
  const { default: sharp } = await import('sharp');
  const background = '#6a8caf';
  const png = await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } })
    .png()
    .toBuffer();
  const { width } = await sharp(png).metadata();
  if (width !== SIDE) throw new Error('a picture did not come back as it was');
  const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
  try {
    await writePlainClip(join(folder, 'clip.mp4'));
    return `sharp ${sharp.versions.sharp ?? ''} and FFmpeg read and write`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writePlainClip(file: string): Promise<void> {
  const { encodeVideo, openClip } = await import('@understudy/motion');
  const data = new Uint8Array(4 * SIDE * SIDE).fill(128);
  async function* frames() {
    for (let index = 0; index < CLIP_FPS; index++) yield { width: SIDE, height: SIDE, data };
  }
  const plan = { width: SIDE, height: SIDE, fps: CLIP_FPS, frameCount: CLIP_FPS, frames: frames() };
  await encodeVideo({ ...plan, file, quality: 'std', durationMs: 1_000, metadata: {} });
  const clip = await openClip(file);
  clip.close();
}

export async function examineEngine(): Promise<string> {
  const { ENGINE_VERSION, openDetectors } = await import('@understudy/motion');
  const detectors = await openDetectors({ poseModel: 'lite' });
  detectors.close();
  return `version ${ENGINE_VERSION}, its networks load`;
}

/** One second of the sample through the whole engine, in this process. */
export async function examineRender(): Promise<string | Warning> {
  if (!(await stat(CLIP).catch(() => null))) {
    const advice = 'Try one with "understudy animate" and media of your own.';
    return { seen: 'the samples are not installed', advice };
  }
  const { animate } = await import('@understudy/motion');
  const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
  try {
    const videoFile = join(folder, 'clip.mp4');
    await cutSample(videoFile);
    const startedAtMs = performance.now();
    const { frameCount, width, height } = await animate({
      imageFile: PICTURE,
      videoFile,
      outputFile: join(folder, 'result.mp4'),
      mode: 'std',
      orientation: 'image',
      keepOriginalSound: false,
      watermark: false,
      createdAt: new Date(),
    });
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    return `${frameCount} frames of ${width} x ${height} in ${seconds} s`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function cutSample(file: string): Promise<void> {
  const { encodeVideo, openClip } = await import('@understudy/motion');
  const clip = await openClip(CLIP);
  async function* frames() {
    let made = 0;
    for await (const { image } of clip.frames({ fps: CLIP_FPS })) {
      if (made++ >= CLIP_FPS) return;
      yield image;
    }
  }
  const { width, height } = clip;
  const plan = { width, height, fps: CLIP_FPS, frameCount: CLIP_FPS, frames: frames() };
  await encodeVideo({ ...plan, file, quality: 'std', durationMs: 1_000, metadata: {} });
  clip.close();
}
