/** A night of coloured tubes: dark, magenta from one side, cyan from the other, and everything bright glows. */

import { blurBox } from '../model/blur.ts';
import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { createCoarse, createGrower, shrinkInto } from './coarse.ts';

/** Colours of the tubes at the left and at the right, and of the dark between. */
const LEFT = [255, 40, 170] as const;
const RIGHT = [20, 190, 255] as const;
const NIGHT = [14, 6, 38] as const;

/** The glow is blurred at this fraction of the size. */
const GLOW_FACTOR = 4;
/** Reach of the glow over the shorter side. */
const GLOW_REACH = 0.03;
/** Brightness, of 255, from which things glow. */
const GLOW_FROM = 120;
/** Share of the own colour that is left at a strength of 1. */
const OWN_COLOUR = 0.42;

/** Prepares tables and planes for one size; the filter changes a picture in place. */
export function createNeon(
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage) => void {
  const light = createTubeLight(width, strength);
  const glow = createGlow(width, height, 0.75 * strength);
  return (frame) => {
    light(frame);
    glow(frame);
  };
}

/** Colours each pixel by its brightness and by the side it is on. */
function createTubeLight(width: number, strength: number): (frame: RgbaImage) => void {
  const amount = Math.min(1, 0.5 + 0.5 * strength);
  const lit = [LEFT, RIGHT].map((tube) =>
    [0, 1, 2].map((channel) =>
      Float32Array.from({ length: 256 }, (_, luma) => tubeColour(tube, channel, luma / 255)),
    ),
  );
  const sides = Float32Array.from({ length: width }, (_, x) => smoothstep(0.12, 0.88, x / width));
  const own = mix(1, OWN_COLOUR, Math.min(1, strength));
  const dim = own * mix(1, 0.85, amount);
  const [leftR, leftG, leftB] = lit[0] as [Float32Array, Float32Array, Float32Array];
  const [rightR, rightG, rightB] = lit[1] as [Float32Array, Float32Array, Float32Array];
  const tube = 1 - own;
  return (frame) => {
    const pixels = viewPixels(frame);
    for (let y = 0, at = 0; y < frame.height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const pixel = pixels[at]!;
        const r = pixel & 255;
        const g = (pixel >> 8) & 255;
        const b = (pixel >> 16) & 255;
        const luma = (54 * r + 183 * g + 19 * b) >> 8;
        const side = sides[x]!;
        const red = leftR[luma]! + side * (rightR[luma]! - leftR[luma]!);
        const green = leftG[luma]! + side * (rightG[luma]! - leftG[luma]!);
        const blue = leftB[luma]! + side * (rightB[luma]! - leftB[luma]!);
        pixels[at] =
          (dim * r + tube * red) |
          ((dim * g + tube * green) << 8) |
          ((dim * b + tube * blue) << 16) |
          (pixel & 0xff000000);
      }
    }
  };
}

/** From night over the tube's colour to nearly white. */
function tubeColour(tube: readonly number[], channel: number, luma: number): number {
  const night = NIGHT[channel] as number;
  const colour = tube[channel] as number;
  const lit = smoothstep(0.08, 0.7, luma);
  return mix(mix(night, colour, lit), 255, 0.55 * smoothstep(0.7, 1, luma));
}

/** Adds a blurred picture of what is bright ("screen": light on light never overflows). */
export function createGlow(
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage) => void {
  const coarse = createCoarse(width, height, GLOW_FACTOR);
  const grow = createGrower(coarse.width, coarse.height, width, GLOW_FACTOR);
  const radius = Math.max(1, (GLOW_REACH * Math.min(width, height)) / GLOW_FACTOR);
  const spare = new Float32Array(coarse.width * coarse.height);
  const lines = [0, 1, 2].map(() => new Float32Array(width));
  return (frame) => {
    shrinkInto(frame, GLOW_FACTOR, coarse);
    keepBright(coarse.channels, strength);
    for (const plane of coarse.channels) {
      blurBox(plane, coarse.width, coarse.height, radius, spare);
      blurBox(spare, coarse.width, coarse.height, radius / 2, plane);
    }
    const pixels = viewPixels(frame);
    const [red, green, blue] = lines as [Float32Array, Float32Array, Float32Array];
    for (let y = 0, at = 0; y < height; y++) {
      for (const [channel, line] of lines.entries()) grow(coarse.channels[channel]!, y, line);
      for (let x = 0; x < width; x++, at++) {
        const pixel = pixels[at]!;
        const r = pixel & 255;
        const g = (pixel >> 8) & 255;
        const b = (pixel >> 16) & 255;
        pixels[at] =
          (r + (255 - r) * red[x]!) |
          ((g + (255 - g) * green[x]!) << 8) |
          ((b + (255 - b) * blue[x]!) << 16) |
          (pixel & 0xff000000);
      }
    }
  };
}

/** Leaves how much light each pixel gives, 0..1 in each channel. */
function keepBright(channels: readonly Float32Array[], strength: number): void {
  const [red, green, blue] = channels as [Float32Array, Float32Array, Float32Array];
  for (let at = 0; at < red.length; at++) {
    const brightest = Math.max(red[at]!, green[at]!, blue[at]!);
    const share = clamp((brightest - GLOW_FROM) / (255 - GLOW_FROM), 0, 1) * strength;
    for (const plane of channels) plane[at] = Math.min(1, (share * plane[at]!) / 255);
  }
}
