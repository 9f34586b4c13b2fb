/**
 * Continues cloth where it is hidden, by reflecting what can be seen beside it: a plain blend of
 * colours would show as a smear when an arm swings away from a patterned shirt.
 */

import type { Rgb } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';

/** The first pixels beside a cut are mixed with the other part; reflections start behind them. */
const INSET = 2;
/** Of each pixel of a row: colours times their weights, the weights, and how much is covered. */
const SUMS = 5;

/**
 * Writes reflections over `filled` where `hidden` is 1. `known` is 1 where `colours` can be
 * trusted; reflections are from the same row, fade out over `reach` pixels from what is known, and
 * what is known on both sides is mixed by nearness.
 */
export function reflectRows(
  filled: Rgb,
  colours: Rgb,
  known: Float32Array,
  hidden: Uint8Array,
  reach: number,
): void {
  const { width, height } = colours;
  const sums = new Float32Array(width * SUMS);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    sums.fill(0);
    addReflections(sums, colours, known, hidden, row, 1, reach);
    addReflections(sums, colours, known, hidden, row, -1, reach);
    for (const [c, plane] of filled.channels.entries()) mixRow(sums, c, plane, row, width);
  }
}

function mixRow(
  sums: Float32Array,
  c: number,
  plane: Float32Array,
  row: number,
  width: number,
): void {
  for (let x = 0; x < width; x++) {
    const total = sums[x * SUMS + 3]!;
    if (total <= 0) continue;
    const share = Math.min(1, sums[x * SUMS + 4]!);
    plane[row + x]! += share * (sums[x * SUMS + c]! / total - plane[row + x]!);
  }
}

/** Adds colours and weights of the reflections of one row, coming from one side. */
function addReflections(
  sums: Float32Array,
  { width, channels }: Rgb,
  known: Float32Array,
  hidden: Uint8Array,
  row: number,
  direction: number,
  reach: number,
): void {
  let edge = -1;
  for (let n = 0; n < width; n++) {
    const x = direction > 0 ? n : width - 1 - n;
    if (known[row + x] === 1) edge = x;
    if (edge < 0 || hidden[row + x] === 0) continue;
    const distance = Math.abs(x - edge);
    if (distance > reach) continue;
    const from = edge - direction * (distance + INSET);
    if (from < 0 || from >= width || known[row + from] === 0) continue;
    const fade = smoothstep(reach, 0.5 * reach, distance);
    // Right beside a cut the other side must not be seen at all: it would draw a line there.
    const weight = fade / Math.max(1, (distance / 3) ** 3);
    for (let c = 0; c < 3; c++) sums[x * SUMS + c]! += weight * channels[c]![row + from]!;
    sums[x * SUMS + 3]! += weight;
    sums[x * SUMS + 4]! += fade / Math.max(1, distance / 4);
  }
}
