/** A printed comic: smooth areas in few, clear tones, dots in the shadows, and inked edges. */

import { blurBox } from '../model/blur.ts';
import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { type Coarse, createCoarse, createGrower, shrinkInto } from './coarse.ts';

const FACTOR = 2;
/** Side of the four windows around a pixel, of which the calmest one gives its colour. */
const WINDOW_REACH = 0.0035;
/** Tones from black to white. */
const TONES = 5;
/** Share of a tone over which it goes over into the next. */
const TONE_SOFTNESS = 0.22;
const SATURATION = 1.45;
/** Reach of the inner and outer blur that find edges, over the shorter side. */
const INK_REACH = 0.0022;
/** Difference of brightness, of 255, at which ink begins, and the one at which it is full. */
const INK_FROM = 3.5;
const INK_FULL = 11;
const INK = [18, 14, 26] as const;
/** Distance of two dots of the print over the shorter side. */
const DOT_GAP = 0.0085;

/** Prepares planes for one size; the filter changes a picture in place. */
export function createComic(
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage) => void {
  const shorter = Math.min(width, height);
  const coarse = createCoarse(width, height, FACTOR);
  const smooth = createCalm(coarse, Math.max(1, Math.round((WINDOW_REACH * shorter) / FACTOR)));
  const ink = createInk(coarse, Math.max(1, (INK_REACH * shorter) / FACTOR), strength);
  const toner = createToner(strength);
  const print = createPrint(width, height, shorter, strength);
  return (frame) => {
    shrinkInto(frame, FACTOR, coarse);
    const lines = ink();
    smooth();
    toner(coarse.channels);
    print(frame, coarse, lines);
  };
}

/**
 * Replaces each pixel by the mean of the calmest of four windows that touch it, which smooths areas
 * and keeps their edges (Kuwahara et al. 1976).
 */
function createCalm({ width, height, channels }: Coarse, radius: number): () => void {
  const size = width * height;
  const plane = (): Float32Array => new Float32Array(size);
  const [luma, square, mean, meanSquare] = [plane(), plane(), plane(), plane()];
  const means = channels.map(plane);
  const best = new Int32Array(size);
  return () => {
    const [red, green, blue] = channels;
    for (let at = 0; at < size; at++) {
      const value = 0.2126 * red[at]! + 0.7152 * green[at]! + 0.0722 * blue[at]!;
      luma[at] = value;
      square[at] = value * value;
    }
    blurBox(luma, width, height, radius, mean);
    blurBox(square, width, height, radius, meanSquare);
    for (const [index, channel] of channels.entries()) {
      blurBox(channel, width, height, radius, means[index]);
    }
    for (let y = 0, at = 0; y < height; y++) {
      const above = Math.max(0, y - radius) * width;
      const below = Math.min(height - 1, y + radius) * width;
      for (let x = 0; x < width; x++, at++) {
        const left = x > radius ? x - radius : 0;
        const right = x + radius < width ? x + radius : width - 1;
        best[at] = calmest(
          mean,
          meanSquare,
          above + left,
          above + right,
          below + left,
          below + right,
        );
      }
    }
    for (const [index, channel] of channels.entries()) {
      const from = means[index]!;
      for (let at = 0; at < size; at++) channel[at] = from[best[at]!]!;
    }
  };
}

/** Of four windows the one whose values differ least. */
function calmest(
  mean: Float32Array,
  meanSquare: Float32Array,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  const varianceA = meanSquare[a]! - mean[a]! * mean[a]!;
  const varianceB = meanSquare[b]! - mean[b]! * mean[b]!;
  const varianceC = meanSquare[c]! - mean[c]! * mean[c]!;
  const varianceD = meanSquare[d]! - mean[d]! * mean[d]!;
  const first = varianceA <= varianceB ? a : b;
  const second = varianceC <= varianceD ? c : d;
  return Math.min(varianceA, varianceB) <= Math.min(varianceC, varianceD) ? first : second;
}

/** Where ink is, 0..1: darker than its surroundings (difference of Gaussians, Marr and Hildreth 1980). */
function createInk(
  { width, height, channels }: Coarse,
  radius: number,
  strength: number,
): () => Float32Array {
  const luma = new Float32Array(width * height);
  const inner = new Float32Array(luma.length);
  const outer = new Float32Array(luma.length);
  return () => {
    const [red, green, blue] = channels;
    for (let at = 0; at < luma.length; at++) {
      luma[at] = 0.3 * red[at]! + 0.55 * green[at]! + 0.15 * blue[at]!;
    }
    blurBox(luma, width, height, 1, inner);
    blurBox(inner, width, height, radius * 2, luma);
    blurBox(luma, width, height, radius * 2, outer);
    for (let at = 0; at < luma.length; at++) {
      const darker = strength * (outer[at]! - inner[at]!);
      luma[at] = clamp((darker - INK_FROM) / (INK_FULL - INK_FROM), 0, 1);
    }
    return luma;
  };
}

/** Few tones and clear colours, by a table from brightness to its tone. */
function createToner(strength: number): (channels: Coarse['channels']) => void {
  const tones = Float32Array.from({ length: 256 }, (_, luma) => {
    const place = (luma / 255) * (TONES - 1);
    const step = Math.floor(place);
    const within = smoothstep(0.5 - TONE_SOFTNESS, 0.5 + TONE_SOFTNESS, place - step);
    return mix(luma, (255 * (step + within)) / (TONES - 1), Math.min(1, 0.3 + 0.55 * strength));
  });
  const saturation = mix(1, SATURATION, Math.min(1.4, strength));
  return ([red, green, blue]) => {
    for (let at = 0; at < red.length; at++) {
      const luma = 0.2126 * red[at]! + 0.7152 * green[at]! + 0.0722 * blue[at]!;
      const tone = tones[luma | 0]!;
      const share = (saturation * tone) / (luma + 1);
      red[at] = tone + (red[at]! - luma) * share;
      green[at] = tone + (green[at]! - luma) * share;
      blue[at] = tone + (blue[at]! - luma) * share;
    }
  };
}

/** Brings tones and ink together at full size, with dots of darker print where it is dark. */
function createPrint(width: number, height: number, shorter: number, strength: number) {
  const size = [Math.floor(width / FACTOR), Math.floor(height / FACTOR)] as const;
  const grow = createGrower(size[0], size[1], width, FACTOR);
  const [red, green, blue, dark] = [0, 1, 2, 3].map(() => new Float32Array(width)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const dots = drawDots(width, height, Math.max(3, DOT_GAP * shorter));
  const depth = 0.28 * Math.min(1.3, strength);
  const byte = (value: number, ink: number, inked: number): number => {
    const mixed = value + (ink - value) * inked;
    return mixed < 0 ? 0 : mixed > 255 ? 255 : mixed;
  };
  return (frame: RgbaImage, coarse: Coarse, lines: Float32Array): void => {
    const pixels = viewPixels(frame);
    for (let y = 0, at = 0; y < height; y++) {
      grow(coarse.channels[0], y, red);
      grow(coarse.channels[1], y, green);
      grow(coarse.channels[2], y, blue);
      grow(lines, y, dark);
      for (let x = 0; x < width; x++, at++) {
        const [r, g, b] = [red[x]!, green[x]!, blue[x]!];
        const luma = 0.3 * r + 0.55 * g + 0.15 * b;
        // Dots grow with the darkness, from nothing at two fifths of the brightness.
        const dot = luma < 105 && dots[at]! < 255 - 2.2 * luma ? 1 - depth : 1;
        const inked = dark[x]!;
        pixels[at] =
          byte(r * dot, INK[0], inked) |
          (byte(g * dot, INK[1], inked) << 8) |
          (byte(b * dot, INK[2], inked) << 16) |
          (pixels[at]! & 0xff000000);
      }
    }
  };
}

/** Distance from the middle of the nearest dot, 0..255, on a grid turned by 45 degrees. */
function drawDots(width: number, height: number, gap: number): Uint8Array {
  const dots = new Uint8Array(width * height);
  const turn = Math.PI / gap;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const wave =
        Math.cos((x + y) * turn * Math.SQRT1_2) * Math.cos((x - y) * turn * Math.SQRT1_2);
      dots[at] = Math.round(255 * (1 - wave * wave));
    }
  }
  return dots;
}
