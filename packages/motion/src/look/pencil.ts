/** A drawing in pencil: lines where brightness falls, hatching in the shadows, on rough paper. */

import { blurBox } from '../model/blur.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { createCoarse, createGrower, shrinkInto } from './coarse.ts';
import { normalNoise } from './noise.ts';
import { viewSigned } from './packed.ts';

const PAPER = [248, 246, 239] as const;
const GRAPHITE = [44, 45, 52] as const;

const FACTOR = 2;
/** Reach of the comparison that finds lines, over the shorter side. */
const LINE_REACH = 0.008;
/** How much darker a line is than its surroundings; larger is blacker. */
const LINE_DEPTH = 3.4;
/** Distance of two strokes of hatching over the shorter side. */
const STROKE_GAP = 0.0085;
/** Side of the repeated square of strokes and paper in pixels. */
const TILE = 256;
const TILE_SEED = 7;
/** Steps of the table from a pixel's share of its surroundings to the darkness of a line. */
const RATIO_STEPS = 256;

/** Prepares paper, strokes and planes for one size; the filter changes a picture in place. */
export function createPencil(
  width: number,
  height: number,
  strength: number,
): (frame: RgbaImage) => void {
  const shorter = Math.min(width, height);
  const coarse = createCoarse(width, height, FACTOR);
  const grow = createGrower(coarse, width, FACTOR);
  const around = new Float32Array(coarse.width * coarse.height);
  const spare = new Float32Array(around.length);
  const means = new Int32Array(around.length);
  const line = new Int32Array(width);
  const radius = Math.max(1, (LINE_REACH * shorter) / FACTOR);
  const tile = drawTile(Math.max(4, STROKE_GAP * shorter), strength);
  const depth = LINE_DEPTH * Math.sqrt(strength);
  const lines = Float32Array.from({ length: RATIO_STEPS }, (_, at) => (at / RATIO_STEPS) ** depth);
  const inks = [0, 1, 2].map((channel) =>
    Uint8Array.from({ length: 256 }, (_, light) =>
      Math.round(mix(GRAPHITE[channel] as number, PAPER[channel] as number, light / 255)),
    ),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  return (frame) => {
    shrinkInto(frame, FACTOR, coarse);
    lumaOf(coarse.channels, around);
    blurBox(around, coarse.width, coarse.height, radius, spare);
    blurBox(spare, coarse.width, coarse.height, radius, around);
    for (let at = 0; at < means.length; at++) means[at] = around[at]! | 0;
    const pixels = viewSigned(frame);
    for (let y = 0, at = 0; y < height; y++) {
      grow(means, y, line);
      const row = (y & (TILE - 1)) * TILE;
      for (let x = 0; x < width; x++, at++) {
        const pixel = pixels[at]!;
        const luma =
          (54 * (pixel & 255) + 183 * ((pixel >> 8) & 255) + 19 * ((pixel >> 16) & 255)) >> 8;
        const mean = line[x]!;
        // A little is added to both, so that noise in the dark draws nothing.
        const ratio = Math.min(RATIO_STEPS - 1, (RATIO_STEPS * (luma + 14)) / (mean + 14)) | 0;
        const shade = tile[((mean >> 4) << 16) + row + (x & (TILE - 1))]!;
        const light = (lines[ratio]! * shade) | 0;
        pixels[at] =
          inks[0][light]! | (inks[1][light]! << 8) | (inks[2][light]! << 16) | (pixel & 0xff000000);
      }
    }
  };
}

function lumaOf(channels: readonly Float32Array[], luma: Float32Array): void {
  const [red, green, blue] = channels as [Float32Array, Float32Array, Float32Array];
  for (let at = 0; at < luma.length; at++) {
    luma[at] = 0.2126 * red[at]! + 0.7152 * green[at]! + 0.0722 * blue[at]!;
  }
}

/**
 * Light of the paper, 0..255, under the strokes for each of 16 steps of brightness: none in the
 * light, one direction in the middle, crossed in the dark.
 */
function drawTile(gap: number, strength: number): Uint8Array {
  const rough = normalNoise(TILE * TILE, TILE_SEED);
  const strokes = Math.max(1, Math.round(TILE / (gap * Math.SQRT2)));
  // The second direction crosses the first at less than a right angle, as a hand does.
  const [steep, flat] = [Math.round(1.3 * strokes), Math.round(0.45 * strokes)];
  const layers = new Uint8Array(16 * TILE * TILE);
  for (let step = 0; step < 16; step++) {
    const bright = (step + 0.5) / 16;
    const first = 0.46 * strength * (1 - smoothstep(0.3, 0.72, bright));
    const second = 0.42 * strength * (1 - smoothstep(0.08, 0.4, bright));
    const base = 1 - 0.3 * (1 - bright) ** 1.5;
    for (let at = 0; at < TILE * TILE; at++) {
      const [x, y] = [at % TILE, Math.floor(at / TILE)];
      const grain = 0.05 * rough[at]!;
      const light =
        base -
        first * stroke((strokes * (x + y)) / TILE, y / TILE) -
        second * stroke((steep * x) / TILE - (flat * y) / TILE, x / TILE) +
        grain * (0.3 + first + second);
      layers[step * TILE * TILE + at] = Math.round(255 * clamp(light, 0, 1));
    }
  }
  return layers;
}

/** 1 in the middle of a stroke, 0 between two; wavers a little, and repeats without a seam. */
function stroke(place: number, along: number): number {
  const waver = 0.16 * Math.sin(2 * Math.PI * 3 * along) + 0.1 * Math.sin(2 * Math.PI * 7 * along);
  const wave = 0.5 + 0.5 * Math.cos(2 * Math.PI * (place + waver));
  return smoothstep(0.3, 1, wave);
}
