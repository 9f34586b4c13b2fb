/** Makes clips of every kind that people send, out of the sample clip and picture. */

import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClipFrame,
  openClip,
  openDetectors,
  type RgbaImage,
  readPicture,
  rigPicture,
} from '@understudy/motion';
import {
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import sharp, { type Sharp } from 'sharp';
import { registerCodecs } from '../../packages/motion/src/media/codecs.ts';
import { CHARACTER } from './pictures.ts';
import { root } from './places.ts';

export const REFERENCE = join(root, 'samples/reference.mp4');

/** Writes one clip to `file`. */
export type MakeClip = (file: string) => Promise<void>;

const WIDTH = 360;
const HEIGHT = 640;
/** The dance stays between these columns. */
const FIGURE_LEFT = 40;
const FIGURE_RIGHT = 330;
/** Levels, summed over the channels, by which the figure differs from the room. */
const DIFFERENCE_MIN = 36;
const SIZE = { width: WIDTH, height: HEIGHT };
const FPS = 8;
const LOOP_FPS = 24;
const LOOP_FRAMES = 180;

type Spec = {
  seconds: number;
  /** @default 8 */
  fps?: number;
  width?: number;
  height?: number;
  /** Width for display; another one than `width` means pixels that are not square. */
  displayWidth?: number;
  /** Clockwise degrees by which players turn the stored pictures. */
  rotation?: 0 | 90;
  /** When frame `index` is shown, in seconds. @default evenly */
  timeOf?: (index: number) => number;
  /** Frame `index` as stored; `time` is its moment in seconds. */
  draw: (time: number, index: number) => Promise<RgbaImage>;
};

const film =
  (spec: Spec): MakeClip =>
  async (file) => {
    registerCodecs();
    const { fps = FPS, width = WIDTH, height = HEIGHT } = spec;
    const timeOf = spec.timeOf ?? ((index: number) => index / fps);
    const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(file) });
    const quality = new Quality({ bitrate: 1_500_000 });
    const source = new VideoSampleSource({ codec: 'avc', quality });
    output.addVideoTrack(source, { rotation: spec.rotation ?? 0 });
    await output.start();
    for (let index = 0; timeOf(index) < spec.seconds; index += 1) {
      const { data } = await spec.draw(timeOf(index), index);
      using sample = new VideoSample(data, {
        format: 'RGBA',
        codedWidth: width,
        codedHeight: height,
        displayWidth: spec.displayWidth ?? width,
        displayHeight: height,
        timestamp: timeOf(index),
        duration: Math.min(timeOf(index + 1), spec.seconds) - timeOf(index),
      });
      await source.add(sample);
    }
    await output.finalize();
  };

let reading: AsyncGenerator<ClipFrame, void, undefined> | null = null;
const seen: Promise<Buffer | null>[] = [];

/** Read once and only as far as needed: to seek for every frame would take far longer. */
function readNext(): Promise<Buffer | null> {
  const before = seen.at(-1) ?? Promise.resolve(null);
  return before.then(async () => {
    reading ??= (await openClip(REFERENCE)).frames();
    const { value } = await reading.next();
    return value ? await edit(value.image).jpeg({ quality: 96 }).toBuffer() : null;
  });
}

/** A frame of the sample clip in its own size, 576 x 1024; the dance loops. */
export async function danceFrame(time: number): Promise<Buffer> {
  const index = Math.floor(time * LOOP_FPS + 0.01) % LOOP_FRAMES;
  while (seen.length <= index) seen.push(readNext());
  const frame = await seen[index];
  if (!frame) throw new Error(`The sample clip has no frame ${index}.`);
  return frame;
}

async function dance(time: number, size = SIZE): Promise<RgbaImage> {
  return await finish(sharp(await danceFrame(time)).resize({ ...size, fit: 'fill' }));
}

const rawOf = ({ width, height }: RgbaImage) => ({ raw: { width, height, channels: 4 as const } });
const edit = (image: RgbaImage) => sharp(image.data, rawOf(image));

async function finish(picture: Sharp): Promise<RgbaImage> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** A part of the dance, in shares of its picture, enlarged to the whole. */
const close =
  (left: number, top: number, share: number) =>
  async (time: number): Promise<RgbaImage> => {
    const image = await dance(time, { width: 576, height: 1024 });
    const box = { left: Math.round(left * 576), top: Math.round(top * 1024) };
    const size = { width: Math.round(share * 576), height: Math.round(share * 1024) };
    return await finish(
      edit(image)
        .extract({ ...box, ...size })
        .resize(WIDTH, HEIGHT),
    );
  };

let emptyRoom: Promise<RgbaImage> | null = null;

/** The sample clip's room without its person, as the plate of a puppet shows it. */
async function drawEmptyRoom(): Promise<RgbaImage> {
  const detectors = await openDetectors({ poseModel: 'full' });
  try {
    const { plate } = await rigPicture(await dance(0), detectors);
    return plate;
  } finally {
    detectors.close();
  }
}

/** The person slides out of the room to the right while the camera stands still. */
async function slide(time: number, share: number): Promise<RgbaImage> {
  const image = await dance(time);
  if (share === 0) return image;
  emptyRoom ??= drawEmptyRoom();
  const room = await emptyRoom;
  const by = Math.round(share * WIDTH);
  const data = room.data.slice();
  for (let at = 0; at < data.length; at += 4) {
    const x = (at / 4) % WIDTH;
    if (x < FIGURE_LEFT || x >= FIGURE_RIGHT || x + by >= WIDTH) continue;
    let difference = 0;
    for (let i = at; i < at + 3; i += 1) difference += Math.abs(image.data[i]! - room.data[i]!);
    if (difference > DIFFERENCE_MIN) data.set(image.data.subarray(at, at + 4), at + by * 4);
  }
  return { ...SIZE, data };
}

/** 0 while away from both times, 1 between them, with 0.4 s on the way. */
const between = (time: number, from: number, to: number): number =>
  Math.max(0, Math.min(1, (time - from) / 0.4, (to - time) / 0.4));

let curtain: Promise<RgbaImage> | null = null;

async function panCurtain(time: number): Promise<RgbaImage> {
  curtain ??= readPicture(CHARACTER);
  const picture = await curtain;
  const left = Math.round(200 + 60 * time);
  const box = { left, top: 0, width: 106, height: 188 };
  return await finish(edit(picture).extract(box).resize(WIDTH, HEIGHT));
}

async function cutTo(time: number): Promise<RgbaImage> {
  if (time < 1.5) return await dance(time);
  const image = await close(0.1, 0.1, 0.62)(time + 1);
  return await finish(edit(image).flop().modulate({ hue: 140, brightness: 0.8 }));
}

async function addSmallOne(time: number): Promise<RgbaImage> {
  const [image, other] = [await dance(time), await dance(time + 3)];
  const small = await finish(
    edit(other).extract({ left: 60, top: 120, width: 250, height: 500 }).resize(130, 260),
  );
  const wide = edit(image).extend({ right: 140, extendWith: 'copy' });
  const both = await finish(wide);
  return await finish(
    edit(both).composite([
      { input: Buffer.from(small.data), ...rawOf(small), left: 365, top: 300 },
    ]),
  );
}

async function smear(time: number): Promise<RgbaImage> {
  const images = await Promise.all([0, 1, 2, 3].map((i) => dance(time + i / 24)));
  const data = images[0]!.data.map((_, at) => {
    let sum = 0;
    for (const image of images) sum += image.data[at]!;
    return Math.round(sum / images.length);
  });
  return await finish(edit({ ...SIZE, data }).blur(1.5));
}

/** Noise of a fixed sequence (Lehmer 1951), so that the clip is the same every time. */
async function roughen(time: number, index: number): Promise<RgbaImage> {
  const image = await dance(time);
  let state = 48_271 + index;
  const data = image.data.map((level, at) => {
    if (at % 4 === 3) return level;
    state = (state * 48_271) % 2_147_483_647;
    return Math.max(0, Math.min(255, level + ((state / 2_147_483_647) * 2 - 1) * 60));
  });
  return { ...image, data };
}

const play = (time: number): Promise<RgbaImage> => dance(time);

/** The file ends in the middle, as after a broken upload. */
const breakOff: MakeClip = async (file) => {
  await film({ seconds: 1, draw: play })(file);
  await truncate(file, 2000);
};

export const clips = {
  'usual.mp4': film({ seconds: 3, draw: play }),
  'fps-5.mp4': film({ seconds: 4, fps: 5, draw: play }),
  'fps-15.mp4': film({ seconds: 2, fps: 15, draw: play }),
  'fps-24.mp4': film({ seconds: 2, fps: 24, draw: play }),
  'fps-50.mp4': film({ seconds: 1.2, fps: 50, draw: play }),
  'fps-60.mp4': film({ seconds: 1.2, fps: 60, draw: play }),
  'variable-rate.mp4': film({
    seconds: 3,
    timeOf: (index) => Math.floor(index / 3) * 0.4 + [0, 0.05, 0.15][index % 3]!,
    draw: play,
  }),
  'turned-90.mp4': film({
    seconds: 1.5,
    width: HEIGHT,
    height: WIDTH,
    rotation: 90,
    draw: async (time) => finish(edit(await dance(time)).rotate(270)),
  }),
  'narrow-pixels.mp4': film({
    seconds: 3,
    width: 240,
    displayWidth: WIDTH,
    draw: (time) => dance(time, { width: 240, height: HEIGHT }),
  }),
  'cut.mp4': film({ seconds: 3, draw: cutTo }),
  'leaves-and-returns.mp4': film({
    seconds: 4.2,
    draw: (time) => slide(time, between(time, 0.8, 3.6)),
  }),
  'second-person-behind.mp4': film({ seconds: 3, width: 500, draw: addSmallOne }),
  'motion-blur.mp4': film({ seconds: 3, draw: smear }),
  'dark.mp4': film({ seconds: 3, draw: async (t) => finish(edit(await dance(t)).linear(0.18, 0)) }),
  'noisy.mp4': film({ seconds: 3, draw: roughen }),
  'mirrored.mp4': film({ seconds: 3, draw: async (t) => finish(edit(await dance(t)).flop()) }),
  'half-body.mp4': film({ seconds: 3, draw: close(0.22, 0.14, 0.5) }),
  'face-only.mp4': film({ seconds: 3, draw: close(0.42, 0.21, 0.22) }),
  'thirty-seconds.mp4': film({ seconds: 30, fps: 5, draw: play }),
  'missing-in-half.mp4': film({ seconds: 4, draw: (time) => slide(time, between(time, 1.6, 99)) }),
  'standing-still.mp4': film({ seconds: 2, draw: () => dance(3) }),
  'one-frame.mp4': film({ seconds: 0.125, draw: play }),
  'nobody.mp4': film({ seconds: 1.5, draw: panCurtain }),
  'cut-off.mp4': breakOff,
  'no-clip.mp4': (file) => writeFile(file, 'This is no video.'),
} satisfies Record<string, MakeClip>;
