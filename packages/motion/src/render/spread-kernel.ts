/** The inner loop of the smear as a WebAssembly function: adds up copies of a block of pixels. */

import {
  assemble,
  defineKernel,
  i16x8,
  i32,
  loopWhile,
  type MakeVariable,
  type Statement,
  type Variable,
  v128,
} from '../kernels/assemble.ts';

/** Side of the blocks; four pixels are 16 bytes, a vector. */
export const BLOCK = 4;
/** Sums of 16 bits for the four channels of each pixel of a block, row by row. */
export const BLOCK_SUM_BYTES = BLOCK * BLOCK * 8;
const VECTOR_BYTES = 16;
const WORD_BYTES = 4;

/**
 * Adds up the block at `drawn` as seen from `count` places, at most 257. Addresses are bytes in the
 * memory of the kernel, `stride` is bytes from one row to the next, and `taps` is that of the
 * places: bytes from the block, 32 bits each. Writes {@link BLOCK_SUM_BYTES} to `sums`.
 */
export type AddTaps = (
  drawn: number,
  stride: number,
  taps: number,
  count: number,
  sums: number,
) => void;

const PARAMETERS = { drawn: 'i32', stride: 'i32', taps: 'i32', count: 'i32', sums: 'i32' } as const;

type Given = { [name in keyof typeof PARAMETERS]: Variable<'i32'> };

/** Exports {@link AddTaps} as `addTaps`. */
export function buildSpreadModule(): WebAssembly.Module {
  return assemble([defineKernel('addTaps', PARAMETERS, addAll)]);
}

function addAll({ drawn, stride, taps, count, sums }: Given, variable: MakeVariable): Statement[] {
  const [end, at] = [variable('i32'), variable('i32')];
  const pixels = variable('v128');
  const rows = Array.from({ length: BLOCK }, () => [variable('v128'), variable('v128')] as const);
  return [
    end.set(i32.add(taps, i32.mul(count, WORD_BYTES))),
    loopWhile(i32.lt_u(taps, end), [
      at.set(i32.add(drawn, i32.load(taps))),
      ...rows.flatMap(([left, right]) => [
        pixels.set(v128.load(at)),
        left.set(i16x8.add(left, i16x8.extend_low_i8x16_u(pixels))),
        right.set(i16x8.add(right, i16x8.extend_high_i8x16_u(pixels))),
        at.set(i32.add(at, stride)),
      ]),
      taps.set(i32.add(taps, WORD_BYTES)),
    ]),
    ...rows.flat().map((pair, i) => v128.store(i32.add(sums, i * VECTOR_BYTES), pair)),
  ];
}
