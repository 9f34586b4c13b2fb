/** Pictures and clips for the pre-flight, each with one known trouble, made of a good one. */

import { encodeVideo, openClip, type RgbaImage } from '@understudy/motion';
import sharp, { type Region, type Sharp } from 'sharp';

export type Change = (picture: Sharp, size: { width: number; height: number }) => Sharp;

/** @param change What to do to the picture before it is written as PNG. */
export async function changePicture(source: string, file: string, change: Change): Promise<void> {
  const { data, info } = await sharp(source).toBuffer({ resolveWithObject: true });
  await change(sharp(data), info).png().toFile(file);
}

export type ClipChange = {
  source: string;
  seconds: number;
  /** Longer side in pixels. @default 640 */
  side?: number;
  /** @default that of the source */
  fps?: number;
  /** How much of the source is shown in a second, in seconds. @default 1 */
  speed?: number;
  /** Different from frame to frame only where it is meant to cut. */
  change?: (timeMs: number) => Change;
};

const SIDE = 640;
const FPS_MAX = 30;

/** Writes a changed clip without sound; a source that is too short begins anew. */
export async function changeClip(file: string, options: ClipChange): Promise<void> {
  const { source, seconds, speed = 1, change = () => (picture: Sharp) => picture } = options;
  const clip = await openClip(source);
  const fps = options.fps ?? Math.min(FPS_MAX, clip.fps);
  const frameCount = Math.round(seconds * fps);
  const shrink = (options.side ?? SIDE) / Math.max(clip.width, clip.height);
  const size = { width: toEven(clip.width * shrink), height: toEven(clip.height * shrink) };
  async function* frames(): AsyncGenerator<RgbaImage> {
    let index = 0;
    while (index < frameCount) {
      // A faster clip shows fewer of the source's moments.
      for await (const { image } of clip.frames({ fps: fps / speed, size })) {
        if (index >= frameCount) return;
        const timeMs = (index * 1_000) / fps;
        index += 1;
        yield await changeFrame(image, change(timeMs));
      }
    }
  }
  const made = frames();
  const first = await made.next();
  if (first.done) throw new Error('the source has no frames');
  const { width, height } = first.value;
  async function* all(): AsyncGenerator<RgbaImage> {
    yield first.value as RgbaImage;
    yield* made;
  }
  await encodeVideo({
    file,
    frames: all(),
    ...{ width, height, fps, frameCount, quality: 'std', metadata: {} },
    durationMs: (frameCount / fps) * 1_000,
  });
  clip.close();
}

async function changeFrame(image: RgbaImage, change: Change): Promise<RgbaImage> {
  const { width, height } = image;
  const picture = sharp(image.data, { raw: { width, height, channels: 4 } });
  const changed = await change(picture, image).ensureAlpha().raw().toBuffer({
    resolveWithObject: true,
  });
  const { info, data } = changed;
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

export const asItIs: Change = (picture) => picture;

/** Parts of the whole: left, top, right, bottom. */
export function crop(left: number, top: number, right: number, bottom: number): Change {
  return (picture, { width, height }) => {
    const region: Region = {
      left: toEven(left * width),
      top: toEven(top * height),
      width: toEven((right - left) * width),
      height: toEven((bottom - top) * height),
    };
    return picture.extract(region);
  };
}

export const turn =
  (degrees: number): Change =>
  (picture) =>
    picture.rotate(degrees);

export const darken =
  (share: number): Change =>
  (picture) =>
    picture.linear(share, 0);

/** A grey bar over a part of the height, 0..1. */
export function coverBand(top: number, bottom: number): Change {
  return (picture, { width, height }) => {
    const size = { width, height: toEven((bottom - top) * height) };
    const input = { create: { ...size, channels: 3 as const, background: '#6b6b6b' } };
    return picture.composite([{ input, left: 0, top: Math.round(top * height) }]);
  };
}

/** The picture, of this part of the height, in the middle of a plain one of the wanted size. */
export function placeIn(width: number, height: number, share: number): Change {
  return (picture, own) => {
    const inner = toEven(height * share);
    const innerWidth = toEven((inner * own.width) / own.height);
    const [beside, above] = [(width - innerWidth) / 2, (height - inner) / 2];
    return picture.resize({ height: inner, width: innerWidth, fit: 'fill' }).extend({
      top: Math.floor(above),
      bottom: Math.ceil(above),
      left: Math.floor(beside),
      right: Math.ceil(beside),
      background: '#7d8a94',
    });
  };
}

/** The picture beside itself, as if two people stood there. */
export const double: Change = (picture, { width, height }) =>
  picture.resize({ width, height }).extend({ right: width, extendWith: 'mirror' });

/** Nobody: soft stripes that wander with time. */
export function stripes(timeMs: number): Change {
  return (picture, { width, height }) => {
    const data = new Uint8Array(width * height);
    for (let x = 0; x < width; x += 1) {
      data[x] = Math.round(128 + 60 * Math.sin(x / 40 + timeMs / 500));
    }
    for (let y = 1; y < height; y += 1) data.copyWithin(y * width, 0, width);
    const raw = { width, height, channels: 1 as const };
    return picture.composite([{ input: Buffer.from(data.buffer), raw, left: 0, top: 0 }]);
  };
}

export function toEven(pixels: number): number {
  return 2 * Math.round(pixels / 2);
}
