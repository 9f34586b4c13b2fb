/** A printed comic: smooth areas in few, clear tones, dots in the shadows, and inked edges. */

import { blurBox } from '../model/blur.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { type Coarse, createCoarse, createGrower, packPixel, shrinkInto } from './coarse.ts';
import { mixPixels, viewSigned } from './packed.ts';

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
const INK_FROM = 4.5;
const INK_FULL = 13;
/** Nearly black, as a pixel: red in the lowest byte. */
const INK = 0x1a0e12;
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
  const area = createAreas(coarse, Math.max(1, Math.round((WINDOW_REACH * shorter) / FACTOR)));
  const ink = createInk(coarse, area.luma, Math.max(1, (INK_REACH * shorter) / FACTOR), strength);
  const tone = createToner(area, ink, strength);
  const print = createPrint(coarse, width, height, strength);
  return (frame) => {
    shrinkInto(frame, FACTOR, coarse);
    findAreas(coarse, area);
    print(frame, tone());
  };
}

/** Means and variances of windows, and for each pixel the window it takes its colour from. */
type Areas = {
  radius: number;
  means: readonly [Float32Array, Float32Array, Float32Array];
  luma: Float32Array;
  variance: Float32Array;
  square: Float32Array;
  calmest: Int32Array;
};

function createAreas({ channels }: Coarse, radius: number): Areas {
  const size = channels[0].length;
  const plane = (): Float32Array => new Float32Array(size);
  return {
    radius,
    means: [plane(), plane(), plane()],
    luma: plane(),
    variance: plane(),
    square: plane(),
    calmest: new Int32Array(size),
  };
}

/**
 * Finds for each pixel the calmest of four windows that touch it; its mean smooths areas and keeps
 * their edges (Kuwahara et al. 1976).
 */
function findAreas({ width, height, channels }: Coarse, area: Areas): void {
  const { radius, means, luma, variance, square, calmest } = area;
  const [red, green, blue] = channels;
  for (let at = 0; at < square.length; at++) {
    const value = 0.2126 * red[at]! + 0.7152 * green[at]! + 0.0722 * blue[at]!;
    square[at] = value * value;
  }
  blurBox(square, width, height, radius, variance);
  for (const [index, channel] of channels.entries()) {
    blurBox(channel, width, height, radius, means[index]);
  }
  const [meanRed, meanGreen, meanBlue] = means;
  for (let at = 0; at < luma.length; at++) {
    const value = 0.2126 * meanRed[at]! + 0.7152 * meanGreen[at]! + 0.0722 * meanBlue[at]!;
    luma[at] = value;
    variance[at]! -= value * value;
  }
  for (let y = 0, at = 0; y < height; y++) {
    const above = Math.max(0, y - radius) * width;
    const below = Math.min(height - 1, y + radius) * width;
    for (let x = 0; x < width; x++, at++) {
      const left = x > radius ? x - radius : 0;
      const right = x + radius < width ? x + radius : width - 1;
      const first = calmer(variance, above + left, above + right);
      calmest[at] = calmer(variance, first, calmer(variance, below + left, below + right));
    }
  }
}

function calmer(variance: Float32Array, a: number, b: number): number {
  return variance[a]! <= variance[b]! ? a : b;
}

/**
 * Where ink is, 0..255: darker than its surroundings (difference of Gaussians, Marr and Hildreth
 * 1980).
 */
function createInk(
  { width, height }: Coarse,
  luma: Float32Array,
  radius: number,
  strength: number,
): () => Float32Array {
  const wide = new Float32Array(luma.length);
  const outer = new Float32Array(luma.length);
  return () => {
    blurBox(luma, width, height, radius * 2, wide);
    blurBox(wide, width, height, radius * 2, outer);
    for (let at = 0; at < luma.length; at++) {
      const darker = strength * (outer[at]! - luma[at]!);
      outer[at] = 255 * clamp((darker - INK_FROM) / (INK_FULL - INK_FROM), 0, 1);
    }
    return outer;
  };
}

/** Few tones and clear colours, by a table from brightness to its tone; ink is in the alpha. */
function createToner(area: Areas, ink: () => Float32Array, strength: number): () => Int32Array {
  const tones = Float32Array.from({ length: 256 }, (_, luma) => {
    const place = (luma / 255) * (TONES - 1);
    const step = Math.floor(place);
    const within = smoothstep(0.5 - TONE_SOFTNESS, 0.5 + TONE_SOFTNESS, place - step);
    return mix(luma, (255 * (step + within)) / (TONES - 1), Math.min(1, 0.3 + 0.55 * strength));
  });
  const saturation = mix(1, SATURATION, Math.min(1.4, strength));
  const [red, green, blue] = area.means;
  const toned = new Int32Array(area.luma.length);
  return () => {
    const inked = ink();
    for (let at = 0; at < toned.length; at++) {
      const from = area.calmest[at]!;
      const luma = area.luma[from]!;
      const tone = tones[luma | 0]!;
      const share = (saturation * tone) / (luma + 1);
      toned[at] = packPixel(
        tone + (red[from]! - luma) * share,
        tone + (green[from]! - luma) * share,
        tone + (blue[from]! - luma) * share,
        inked[at]!,
      );
    }
    return toned;
  };
}

/** Brings tones and ink together at full size, with dots of darker print where it is dark. */
function createPrint(
  coarse: Coarse,
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage, toned: Int32Array) => void {
  const grow = createGrower(coarse, width, FACTOR);
  const line = new Int32Array(width);
  const dots = drawDots(width, height, Math.max(3, DOT_GAP * Math.min(width, height)));
  const dotted = Math.round(256 * (1 - 0.28 * Math.min(1.3, strength)));
  return (frame, toned) => {
    const pixels = viewSigned(frame);
    for (let y = 0, at = 0; y < height; y++) {
      grow(toned, y, line);
      for (let x = 0; x < width; x++, at++) {
        const pixel = line[x]!;
        const luma =
          (77 * (pixel & 255) + 141 * ((pixel >> 8) & 255) + 38 * ((pixel >> 16) & 255)) >> 8;
        // Dots grow with the darkness, from nothing at two fifths of the brightness.
        const isDot = luma < 105 && dots[at]! < 255 - 2.2 * luma;
        const shaded = isDot ? mixPixels(0, pixel, dotted) : pixel;
        const share = pixel >>> 24;
        const inked = share === 0 ? shaded : mixPixels(shaded, INK, share + (share >> 7));
        pixels[at] = (inked & 0xffffff) | (pixels[at]! & 0xff000000);
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
