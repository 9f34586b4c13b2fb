/**
 * The two people of the samples: their proportions, colours and clothes. To draw somebody else,
 * write another `Look`.
 */
import type { Build } from './skeleton.ts';
import type { Vec } from './space.ts';
import type { Colour } from './surface.ts';
import { linearColour } from './surface.ts';

/** One height of a torso: y above the hips, half width, half depth, and how far it lies forward. */
export type Ring = readonly [number, number, number, number];

export type Look = {
  build: Build;
  skin: Colour;
  blush: Colour;
  freckles?: Colour;
  lips: Colour;
  lipStrength: number;
  iris: Colour;
  irisLight: Colour;
  brow: Colour;
  browHalf: number;
  lash: number;
  neckRadius: number;
  hair: 'bun' | 'curls';
  hairColour: Colour;
  hairLight: Colour;
  hairBand: Colour;
  armRadius: number;
  top: {
    rings: readonly Ring[];
    colour: Colour;
    trim: Colour;
    motif: 'star' | 'stripe';
    /** Where sleeves end: 1 is the elbow, 2 the wrist; and their radius at start and end. */
    sleeveEnd: number;
    sleeve: readonly [number, number, number];
    collar: { y: number; radius: number; thick: number };
    /** 0..1: how much it looks knitted. */
    knit: number;
  };
  trousers: {
    colour: Colour;
    trim: Colour;
    hips: Vec;
    thigh: readonly [number, number];
    shin: readonly [number, number];
    cuff: number;
    stripe: boolean;
  };
  shoes: { upper: Colour; sole: Colour; accent: Colour; lace: Colour };
};

/** The understudy: she stands on the stage of the picture and will be made to dance. */
export const CHARACTER: Look = {
  build: {
    hipHeight: 0.83,
    hipHalf: 0.088,
    waist: 0.12,
    shoulder: 0.412,
    neck: 0.475,
    shoulderHalf: 0.14,
    neckToHead: 0.16,
    upperArm: 0.255,
    foreArm: 0.225,
    hand: 0.165,
    thigh: 0.375,
    shin: 0.37,
    ankle: 0.088,
    head: 1.1,
  },
  skin: linearColour(0xeab08a),
  blush: linearColour(0xdc6f5e),
  freckles: linearColour(0xb9744f),
  lips: linearColour(0xb4404a),
  lipStrength: 0.85,
  iris: linearColour(0x3f7d4e),
  irisLight: linearColour(0x9cc96f),
  brow: linearColour(0x6a3216),
  browHalf: 0.0034,
  lash: 0.0026,
  neckRadius: 0.0385,
  hair: 'bun',
  hairColour: linearColour(0x8a3d17),
  hairLight: linearColour(0xdb8139),
  hairBand: linearColour(0x2f9c95),
  armRadius: 0.034,
  top: {
    rings: [
      [-0.105, 0.17, 0.126, 0],
      [-0.06, 0.174, 0.129, 0],
      [0, 0.17, 0.126, 0.002],
      [0.08, 0.152, 0.114, 0.006],
      [0.17, 0.14, 0.107, 0.01],
      [0.27, 0.145, 0.117, 0.012],
      [0.34, 0.139, 0.102, 0.004],
      [0.39, 0.115, 0.08, -0.004],
      [0.435, 0.076, 0.062, -0.01],
      [0.48, 0.048, 0.048, -0.012],
    ],
    colour: linearColour(0xe9a92b),
    trim: linearColour(0xf7ead0),
    motif: 'star',
    sleeveEnd: 1.86,
    sleeve: [0.053, 0.047, 0.045],
    collar: { y: 0.47, radius: 0.054, thick: 0.017 },
    knit: 1,
  },
  trousers: {
    colour: linearColour(0x35578c),
    trim: linearColour(0x9db8d6),
    hips: [0.145, 0.13, 0.108],
    thigh: [0.084, 0.06],
    shin: [0.061, 0.053],
    cuff: 1,
    stripe: false,
  },
  shoes: {
    upper: linearColour(0xd9443c),
    sole: linearColour(0xf3eee4),
    accent: linearColour(0xf3eee4),
    lace: linearColour(0xfdfaf2),
  },
};

/** The performer of the clip: taller, broader, other hair, other clothes. */
export const PERFORMER: Look = {
  build: {
    hipHeight: 0.91,
    hipHalf: 0.093,
    waist: 0.13,
    shoulder: 0.455,
    neck: 0.52,
    shoulderHalf: 0.178,
    neckToHead: 0.168,
    upperArm: 0.285,
    foreArm: 0.25,
    hand: 0.185,
    thigh: 0.415,
    shin: 0.405,
    ankle: 0.092,
    head: 1.08,
  },
  skin: linearColour(0xad744e),
  blush: linearColour(0xa8503a),
  lips: linearColour(0x9c4a42),
  lipStrength: 0.6,
  iris: linearColour(0x4a2a14),
  irisLight: linearColour(0x94602f),
  brow: linearColour(0x1d120d),
  browHalf: 0.0046,
  lash: 0.0018,
  neckRadius: 0.0455,
  hair: 'curls',
  hairColour: linearColour(0x20150f),
  hairLight: linearColour(0x6e4a31),
  hairBand: linearColour(0x20150f),
  armRadius: 0.042,
  top: {
    rings: [
      [-0.075, 0.192, 0.14, 0],
      [-0.03, 0.188, 0.136, 0],
      [0.06, 0.175, 0.126, 0.004],
      [0.18, 0.17, 0.122, 0.008],
      [0.3, 0.182, 0.13, 0.008],
      [0.37, 0.178, 0.118, 0.002],
      [0.43, 0.145, 0.094, -0.006],
      [0.48, 0.09, 0.07, -0.012],
      [0.525, 0.055, 0.055, -0.014],
    ],
    colour: linearColour(0x1f9aa0),
    trim: linearColour(0xf6efe2),
    motif: 'stripe',
    sleeveEnd: 0.62,
    sleeve: [0.062, 0.066, 0.068],
    collar: { y: 0.513, radius: 0.064, thick: 0.0125 },
    knit: 0,
  },
  trousers: {
    colour: linearColour(0x3a3f52),
    trim: linearColour(0xf2e6d2),
    hips: [0.16, 0.14, 0.118],
    thigh: [0.096, 0.07],
    shin: [0.07, 0.052],
    cuff: 0,
    stripe: true,
  },
  shoes: {
    upper: linearColour(0xf2efe8),
    sole: linearColour(0xfbf8f2),
    accent: linearColour(0xf0703c),
    lace: linearColour(0xf0703c),
  },
};
