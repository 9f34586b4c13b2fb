/**
 * A night of coloured tubes: magenta from one side, cyan from the other, and everything bright
 * glows.
 */

import { blurBox } from '../model/blur.ts';
import type { Colour } from '../model/colour.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { type Coarse, createCoarse, createGrower, packPixel, shrinkInto } from './coarse.ts';
import { EVEN, viewSigned } from './packed.ts';

/** Colours of the light from left to right. */
const TUBES: readonly [Colour, Colour, Colour] = [
  [255, 36, 160],
  [150, 70, 255],
  [10, 200, 255],
];
const NIGHT: Colour = [12, 4, 40];
/** Steps from left to right; more than eyes can tell apart. */
const SIDES = 128;
/** Share of the own colour that is left at a strength of 1. */
const OWN_COLOUR = 0.2;

/** The glow is blurred at this fraction of the size. */
const GLOW_FACTOR = 4;
/** Reach of the glow over the shorter side. */
const GLOW_REACH = 0.03;
/** Brightness, of 255, from which things glow. */
const GLOW_FROM = 130;
/** How much of the blurred light is added. */
const GLOW = 0.8;

/** Prepares tables and planes for one size; the filter changes a picture in place. */
export function createNeon(
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage) => void {
  const light = createTubeLight(width, strength);
  const glow = createGlow(width, height, GLOW * strength);
  return (frame) => {
    light(frame);
    glow(frame);
  };
}

/** Colours each pixel by its brightness and by the side it is on. */
function createTubeLight(width: number, strength: number): (frame: RgbaImage) => void {
  const own = Math.max(0.1, mix(1, OWN_COLOUR, strength));
  const lights = new Int32Array(SIDES * 256);
  for (let at = 0; at < lights.length; at++) {
    const colour = lightAt(Math.floor(at / 256) / (SIDES - 1), (at % 256) / 255);
    const [red, green, blue] = colour.map((value) => (1 - own) * value) as [number, number, number];
    lights[at] = packPixel(red, green, blue, 0);
  }
  const sides = Int32Array.from({ length: width }, (_, x) => {
    return 256 * Math.round((SIDES - 1) * smoothstep(0.1, 0.9, x / width));
  });
  const kept = Math.round(256 * own);
  return (frame) => {
    const pixels = viewSigned(frame);
    for (let y = 0, at = 0; y < frame.height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const pixel = pixels[at]!;
        const luma =
          (54 * (pixel & 255) + 183 * ((pixel >> 8) & 255) + 19 * ((pixel >> 16) & 255)) >> 8;
        // Both parts together stay below 256 in every channel, so that no channel runs over.
        const even = (Math.imul(pixel & EVEN, kept) >>> 8) & EVEN;
        const green = (Math.imul((pixel >>> 8) & 255, kept) >>> 8) & 255;
        pixels[at] = (even | (green << 8)) + lights[sides[x]! + luma]! + (pixel & 0xff000000);
      }
    }
  };
}

/** From night over the tube's colour to nearly white; `side` and `luma` 0..1. */
function lightAt(side: number, luma: number): number[] {
  const [left, middle, right] = TUBES;
  const lit = smoothstep(0.04, 0.8, luma);
  const glare = 0.22 * smoothstep(0.75, 1, luma);
  return NIGHT.map((night, at) => {
    const channel = at as 0 | 1 | 2;
    const tube =
      side < 0.5
        ? mix(left[channel], middle[channel], 2 * side)
        : mix(middle[channel], right[channel], 2 * side - 1);
    return Math.floor(Math.min(254, mix(mix(night, tube, lit), 255, glare)));
  });
}

/** Adds a blurred picture of what is bright ("screen": light on light never overflows). */
function createGlow(width: number, height: number, strength: number): (frame: RgbaImage) => void {
  const coarse = createCoarse(width, height, GLOW_FACTOR);
  const grow = createGrower(coarse, width, GLOW_FACTOR);
  const radius = Math.max(1, (GLOW_REACH * Math.min(width, height)) / GLOW_FACTOR);
  const spare = new Float32Array(coarse.width * coarse.height);
  const glowing = new Int32Array(spare.length);
  const line = new Int32Array(width);
  return (frame) => {
    shrinkInto(frame, GLOW_FACTOR, coarse);
    keepBright(coarse, strength);
    for (const plane of coarse.channels) {
      blurBox(plane, coarse.width, coarse.height, radius, spare);
      blurBox(spare, coarse.width, coarse.height, radius / 2, plane);
    }
    const [red, green, blue] = coarse.channels;
    for (let at = 0; at < glowing.length; at++) {
      glowing[at] = packPixel(red[at]!, green[at]!, blue[at]!, 0);
    }
    const pixels = viewSigned(frame);
    for (let y = 0, at = 0; y < height; y++) {
      grow(glowing, y, line);
      for (let x = 0; x < width; x++, at++) pixels[at] = screen(pixels[at]!, line[x]!);
    }
  };
}

function screen(pixel: number, light: number): number {
  const r = pixel & 255;
  const g = (pixel >> 8) & 255;
  const b = (pixel >> 16) & 255;
  return (
    (r + (((255 - r) * (light & 255)) >> 8)) |
    ((g + (((255 - g) * ((light >> 8) & 255)) >> 8)) << 8) |
    ((b + (((255 - b) * ((light >> 16) & 255)) >> 8)) << 16) |
    (pixel & 0xff000000)
  );
}

/** Leaves how much light each pixel gives, 0..255 in each channel. */
function keepBright({ channels }: Coarse, strength: number): void {
  const [red, green, blue] = channels;
  for (let at = 0; at < red.length; at++) {
    const bright = (red[at]! + green[at]! + blue[at]!) / 3;
    const share = clamp((bright - GLOW_FROM) / (255 - GLOW_FROM), 0, 1) * strength;
    red[at]! *= share;
    green[at]! *= share;
    blue[at]! *= share;
  }
}
