/**
 * Notices frames that only repeat the one before: films at 15 or 24 pictures a second are often
 * stored at 25 or 30.
 */

import type { RgbaImage } from '../model/image.ts';

/** Pictures are compared on this many blocks a side, each by this many samples a side. */
const BLOCKS = 16;
const SAMPLES = 8;
const BLOCK_LENGTH = SAMPLES * SAMPLES;

/**
 * A picture repeats the last one when no block has changed by more than this many grey levels on
 * average. Measured: repeats that went through a codec 0.4 to 3.2, real neighbours of lively clips
 * above 8, of a person sitting still above 1.9.
 */
const CHANGE_SURE = 1.2;
/** Up to this change it is a repeat only when real pictures lately changed far more. */
const CHANGE_MAX = 4;
/** Far more: a repeat changes by less than this part of the usual change. */
const CHANGE_PART = 0.15;

/** How many real changes are remembered. */
const MEMORY = 8;

/** After this many repeats in a row the next frame is looked at all the same. */
const REPEATS_MAX = 3;

/**
 * Returns a function that is fed frame after frame and says whether each repeats the last one that
 * did not.
 */
export function makeRepeatFinder(): (image: RgbaImage) => boolean {
  let last: Uint8Array | null = null;
  let changes: number[] = [];
  let repeats = 0;
  return (image) => {
    const samples = sampleBlocks(image);
    const change = last === null ? Infinity : measureChange(samples, last);
    if (repeats < REPEATS_MAX && isRepeat(change, changes)) {
      repeats += 1;
      return true;
    }
    if (last !== null && repeats < REPEATS_MAX) changes = [...changes, change].slice(-MEMORY);
    repeats = 0;
    last = samples;
    return false;
  };
}

function isRepeat(change: number, changes: number[]): boolean {
  if (change <= CHANGE_SURE) return true;
  const usual = changes.toSorted((a, b) => a - b)[changes.length >> 1] ?? 0;
  return change <= CHANGE_MAX && change <= CHANGE_PART * usual;
}

/** The greens of an even grid, block by block. */
function sampleBlocks({ width, height, data }: RgbaImage): Uint8Array {
  const samples = new Uint8Array(BLOCKS * BLOCKS * BLOCK_LENGTH);
  const side = BLOCKS * SAMPLES;
  for (let row = 0; row < side; row += 1) {
    const y = Math.floor(((row + 0.5) / side) * height);
    for (let column = 0; column < side; column += 1) {
      const x = Math.floor(((column + 0.5) / side) * width);
      const block = Math.floor(row / SAMPLES) * BLOCKS + Math.floor(column / SAMPLES);
      const within = (row % SAMPLES) * SAMPLES + (column % SAMPLES);
      samples[block * BLOCK_LENGTH + within] = data[(y * width + x) * 4 + 1]!;
    }
  }
  return samples;
}

/**
 * Mean absolute difference of the block that changed most: a blink changes one block and nothing
 * else.
 */
function measureChange(a: Uint8Array, b: Uint8Array): number {
  let most = 0;
  for (let start = 0; start < a.length; start += BLOCK_LENGTH) {
    let sum = 0;
    for (let i = start; i < start + BLOCK_LENGTH; i += 1) sum += Math.abs(a[i]! - b[i]!);
    most = Math.max(most, sum);
  }
  return most / BLOCK_LENGTH;
}
