/**
 * Finds background that a matte took for the figure, by the colours near it: known background on
 * one side, the certain middle of the figure on the other.
 */

import { blurBox } from '../../model/blur.ts';
import type { Rgb } from '../../model/rgb.ts';
import { dilate, labelComponents } from '../pixels/binary.ts';

/** Colours are collected for squares of this share of the longer side ... */
const TILE_SHARE = 1 / 26;
/** ... from this many squares around, and from twice as far when there are too few. */
const REACH_TILES = 2;
const SAMPLES_MIN = 24;
/** So many colours of either side are enough to know what is there. */
const SAMPLES_MAX = 160;
/** So many colours of the figure may be background that lies in its outline. */
const STRAY_SAMPLES = 4;
/** Background is at most this far (L1, 0..765) from colours of the background near it, */
const OWN_DISTANCE_MAX = 54;
/** and farther by this factor, and at least this much, from all colours of the figure near it. */
const OTHER_FACTOR = 1.8;
const OTHER_DISTANCE_MIN = 44;
/** A patch has this many pixels of a figure of 640, so that it is not chance. */
const PATCH_PIXELS_MIN = 30;
/** Share of the pixels around that must look alike, against single pixels. */
const MAJORITY = 0.5;

export type ColourInputs = {
  rgb: Rgb;
  /** 1 where a pixel may be background in the matte; nothing else is looked at. */
  doubtful: Uint8Array;
  /** 1 where it is certainly background. */
  outside: Uint8Array;
  /** 1 where it is certainly the figure. */
  core: Uint8Array;
};

/** 1 for doubtful pixels that are background by their colour. */
export function findIntruders(inputs: ColourInputs): Uint8Array {
  const { width, height } = inputs.rgb;
  const alike = new Uint8Array(width * height);
  const side = Math.max(8, Math.round(TILE_SHARE * Math.max(width, height)));
  for (let y = 0; y < height; y += side) {
    for (let x = 0; x < width; x += side) judgeTile(inputs, x, y, side, alike);
  }
  return keepPatches(alike, width, height);
}

function judgeTile(
  { rgb, doubtful, outside, core }: ColourInputs,
  left: number,
  top: number,
  side: number,
  alike: Uint8Array,
): void {
  const { width, height } = rgb;
  let own: Float32Array | null = null;
  let other: Float32Array | null = null;
  for (let y = top; y < Math.min(height, top + side); y++) {
    for (let x = left; x < Math.min(width, left + side); x++) {
      const i = y * width + x;
      if (doubtful[i] === 0) continue;
      own ??= collectNear(rgb, outside, left, top, side);
      other ??= collectNear(rgb, core, left, top, side);
      if (own.length < 3 * SAMPLES_MIN || other.length < 3 * SAMPLES_MIN) return;
      const near = distanceTo(own, rgb, i, 0);
      if (near > OWN_DISTANCE_MAX) continue;
      const away = distanceTo(other, rgb, i, STRAY_SAMPLES);
      if (away > Math.max(OTHER_DISTANCE_MIN, OTHER_FACTOR * near)) alike[i] = 1;
    }
  }
}

/** Colours, three values each, evenly from the pixels of a mask around a square. */
function collectNear(
  rgb: Rgb,
  mask: Uint8Array,
  left: number,
  top: number,
  side: number,
): Float32Array {
  for (const reach of [REACH_TILES * side, 2 * REACH_TILES * side]) {
    const found = listNear(rgb, mask, left - reach, top - reach, side + 2 * reach);
    if (found.length >= SAMPLES_MIN) return pickColours(rgb, found);
  }
  return new Float32Array(0);
}

function listNear(
  { width, height }: Rgb,
  mask: Uint8Array,
  left: number,
  top: number,
  side: number,
): number[] {
  const found: number[] = [];
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y += 2) {
    for (let x = Math.max(0, left); x < Math.min(width, left + side); x += 2) {
      if (mask[y * width + x] === 1) found.push(y * width + x);
    }
  }
  return found;
}

function pickColours({ channels }: Rgb, found: readonly number[]): Float32Array {
  const count = Math.min(SAMPLES_MAX, found.length);
  const colours = new Float32Array(3 * count);
  for (let n = 0; n < count; n++) {
    const i = found[Math.floor(((n + 0.5) * found.length) / count)]!;
    for (let c = 0; c < 3; c++) colours[3 * n + c] = channels[c]![i]!;
  }
  return colours;
}

/** L1 distance to the nearest of several colours, or to the next but `spared` ones. */
function distanceTo(colours: Float32Array, rgb: Rgb, i: number, spared: number): number {
  const [r, g, b] = [rgb.channels[0][i]!, rgb.channels[1][i]!, rgb.channels[2][i]!];
  const nearest = new Array<number>(spared + 1).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < colours.length; k += 3) {
    let d =
      Math.abs(colours[k]! - r) + Math.abs(colours[k + 1]! - g) + Math.abs(colours[k + 2]! - b);
    for (let n = 0; n <= spared && d < nearest[spared]!; n++) {
      if (d < nearest[n]!) [nearest[n], d] = [d, nearest[n]!];
    }
  }
  return nearest[spared]!;
}

/** Fills single pixels in, drops small patches. */
function keepPatches(alike: Uint8Array, width: number, height: number): Uint8Array {
  const share = blurBox(new Float32Array(alike), width, height, 1);
  const even = alike.map((_, i) => (share[i]! > MAJORITY ? 1 : 0));
  const { labels, sizes } = labelComponents(even, width, height);
  const sizeMin = PATCH_PIXELS_MIN * Math.max(0.5, (height / 640) ** 2);
  const kept = even.map((value, i) => (value === 1 && sizes[labels[i]!]! >= sizeMin ? 1 : 0));
  const grown = dilate(kept, width, height, 1);
  return grown.map((value, i) => (value === 1 && (kept[i] === 1 || alike[i] === 1) ? 1 : 0));
}
