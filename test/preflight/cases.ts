/**
 * Inputs of every kind that the pre-flight speaks of, and what it should say of each. Those that
 * are not ours are used only where they lie beside the repository.
 */

import { join } from 'node:path';
import sharp from 'sharp';
import {
  asItIs,
  type Change,
  type ClipChange,
  changeClip,
  changePicture,
  coverBand,
  crop,
  darken,
  double,
  placeIn,
  stripes,
  toEven,
  turn,
} from './make.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const PICTURE = join(SAMPLES, 'character.jpg');
const CLIP = join(SAMPLES, 'reference.mp4');
const SECONDS = 3;

/** A file that is there, or one that is made. */
export type Source = string | { make(file: string): Promise<void> };

export type Case = {
  name: string;
  picture: Source;
  clip: Source;
  /** `severity subject code`, in any order. */
  expected: readonly string[];
  /** Why what it says is not all that a person would say. */
  explanation?: string;
};

const picture = (change: Change): Source => ({
  make: (file) => changePicture(PICTURE, file, change),
});

const clip = (change: Change | null, more: Partial<ClipChange> = {}): Source => ({
  make: (file) =>
    changeClip(file, {
      source: CLIP,
      seconds: SECONDS,
      ...(change ? { change: () => change } : {}),
      ...more,
    }),
});

/** A head of twice the size on the same body. */
const bigHead: Source = {
  async make(file) {
    const { width, height } = await sharp(PICTURE).metadata();
    const [left, top] = [Math.round(width * 0.36), Math.round(height * 0.11)];
    const size = { width: toEven(width * 0.26), height: toEven(height * 0.2) };
    const head = await sharp(PICTURE)
      .extract({ left, top, ...size })
      .resize({ width: size.width * 2 })
      .toBuffer();
    const place = { left: Math.round(width * 0.23), top: Math.max(0, top - size.height) };
    await sharp(PICTURE)
      .composite([{ input: head, ...place }])
      .png()
      .toFile(file);
  },
};

const another = (timeMs: number): Change => {
  const isSecond = Math.floor(timeMs / 1_500) % 2 === 1;
  // Another room and another size, as after a cut.
  return isSecond
    ? (frame, size) => placeIn(size.width, size.height, 0.6)(frame.negate({ alpha: false }), size)
    : asItIs;
};

/** With nothing but our own samples. */
export const OWN_CASES: readonly Case[] = [
  { name: 'picture and clip that fit', picture: PICTURE, clip: CLIP, expected: [] },
  {
    name: 'picture of nobody',
    picture: picture(stripes(0)),
    clip: CLIP,
    expected: ['error image no_person'],
  },
  {
    name: 'clip of nobody',
    picture: PICTURE,
    clip: clip(null, { change: stripes }),
    expected: ['error video no_person'],
  },
  {
    name: 'picture of two',
    picture: picture(double),
    clip: CLIP,
    expected: ['warning image several_people'],
  },
  {
    name: 'clip of two',
    picture: PICTURE,
    clip: clip(double),
    expected: ['warning video several_people'],
  },
  {
    name: 'picture without the head',
    picture: picture(crop(0, 0.33, 1, 1)),
    clip: CLIP,
    expected: ['error image no_person'],
  },
  {
    name: 'picture cut off at the mouth',
    picture: picture(crop(0, 0.27, 1, 1)),
    clip: CLIP,
    expected: ['warning image head_out_of_frame'],
  },
  {
    name: 'clip without the head',
    picture: PICTURE,
    clip: clip(crop(0, 0.4, 1, 1)),
    expected: ['error video no_person'],
  },
  {
    name: 'clip cut off at the mouth',
    picture: PICTURE,
    clip: clip(crop(0, 0.31, 1, 1)),
    // The hands go up above the border too.
    expected: ['warning video head_out_of_frame', 'warning video limbs_out_of_frame'],
  },
  {
    name: 'picture that ends before a hand',
    picture: picture(crop(0.32, 0, 1, 1)),
    clip: CLIP,
    expected: ['warning image limbs_out_of_frame'],
  },
  {
    name: 'upper body against a whole one',
    picture: picture(crop(0, 0, 1, 0.56)),
    clip: CLIP,
    expected: ['warning pair half_body'],
  },
  {
    name: 'whole body against an upper one',
    picture: PICTURE,
    clip: clip(crop(0, 0, 1, 0.5)),
    expected: ['warning pair half_body'],
  },
  {
    name: 'picture of somebody far away',
    picture: picture(placeIn(1_600, 1_600, 0.12)),
    clip: CLIP,
    expected: ['error image person_too_small'],
  },
  {
    name: 'picture of somebody rather far away',
    picture: picture(placeIn(1_600, 1_600, 0.37)),
    clip: CLIP,
    expected: ['warning image person_too_small'],
  },
  {
    name: 'clip of somebody rather far away',
    picture: PICTURE,
    clip: clip(placeIn(720, 720, 0.35)),
    expected: ['warning video person_too_small'],
  },
  {
    name: 'clip with one cut',
    picture: PICTURE,
    clip: clip(null, { seconds: 2.5, change: another }),
    expected: ['warning video cut'],
  },
  {
    name: 'clip with two cuts',
    picture: PICTURE,
    clip: clip(null, { seconds: 4, change: another }),
    expected: ['warning video cut'],
  },
  {
    name: 'clip at three times its speed',
    picture: PICTURE,
    clip: clip(null, { speed: 3 }),
    expected: ['warning video too_fast'],
  },
  {
    name: 'picture lying',
    picture: picture(turn(90)),
    clip: CLIP,
    expected: ['warning image extreme_orientation'],
  },
  {
    name: 'clip lying',
    picture: PICTURE,
    clip: clip(turn(90)),
    expected: ['warning video extreme_orientation'],
  },
  {
    name: 'picture upside down',
    picture: picture(turn(180)),
    clip: CLIP,
    expected: ['warning image extreme_orientation'],
  },
  {
    name: 'clip upside down',
    picture: PICTURE,
    clip: clip(turn(180)),
    expected: ['warning video extreme_orientation'],
  },
  { name: 'clip in the dark', picture: PICTURE, clip: clip(darken(0.2)), expected: [] },
  {
    name: 'bar over the hips in the picture',
    picture: picture(coverBand(0.5, 0.72)),
    clip: CLIP,
    expected: ['warning image occluded'],
    explanation: 'the network is as sure of joints behind a thing as of others',
  },
  {
    name: 'bar over the legs in the clip',
    picture: PICTURE,
    clip: clip(coverBand(0.5, 0.8)),
    expected: ['warning video occluded'],
    explanation: 'the network is as sure of joints behind a thing as of others',
  },
  {
    name: 'stone-grey picture',
    picture: picture((frame) => frame.grayscale().blur(1.5).toColourspace('srgb')),
    clip: CLIP,
    expected: [],
  },
  {
    name: 'clip of 5 frames a second',
    picture: PICTURE,
    clip: clip(null, { fps: 5 }),
    expected: [],
  },
  {
    name: 'landscape clip',
    picture: PICTURE,
    clip: clip(placeIn(1_280, 720, 0.98)),
    expected: [],
  },
  {
    name: 'head of twice the size',
    picture: bigHead,
    clip: CLIP,
    expected: ['warning pair unequal_proportions'],
  },
];

/** With media that lie beside the repository. */
export function listSharedCases(folder: string): Case[] {
  const at = (name: string) => join(folder, name);
  return [
    {
      name: 'photograph and studio dance',
      picture: at('person-plaid.jpg'),
      clip: at('dance-studio.mp4'),
      expected: [],
    },
    {
      name: 'photograph and bedroom dance',
      picture: at('person-plaid.jpg'),
      clip: at('dance-bedroom.mp4'),
      expected: [],
    },
    {
      name: 'drawn figure and squats at 5 fps',
      picture: PICTURE,
      clip: at('squats-5fps.mp4'),
      expected: [],
    },
    {
      name: 'painted portrait and talking face',
      picture: at('painting-a.jpg'),
      clip: at('face-talk.mp4'),
      expected: [],
    },
    {
      name: 'painted portrait and whole body',
      picture: at('painting-a.jpg'),
      clip: at('dance-studio.mp4'),
      expected: ['warning pair half_body'],
    },
    {
      name: 'figure in a robe and grinning face',
      picture: at('figure-robe.jpeg'),
      clip: at('face-grin.mp4'),
      expected: [],
    },
  ];
}
