/** Turns RGBA into the planes of I420, four columns and two rows at a time. */

import {
  assemble,
  defineKernel,
  type Expression,
  i8x16,
  i16x8,
  i32,
  i32x4,
  loopWhile,
  type MakeVariable,
  type Statement,
  type Variable,
  v128,
} from '../kernels/assemble.ts';

/**
 * Converts the first `count` columns, a multiple of 4, of two rows. All others are addresses: of
 * the pixels of both rows, their luma, and the chroma that they share.
 */
export type ConvertRows = (
  pixels: number,
  pixelsBelow: number,
  luma: number,
  lumaBelow: number,
  blue: number,
  red: number,
  count: number,
) => void;

const PARAMETERS = {
  pixels: 'i32',
  pixelsBelow: 'i32',
  luma: 'i32',
  lumaBelow: 'i32',
  blue: 'i32',
  red: 'i32',
  count: 'i32',
} as const;

type Given = { [name in keyof typeof PARAMETERS]: Variable<'i32'> };
type Vector = Expression<'v128'>;

/** Coefficients of BT.709 and what is added before the shift by 16 bits. */
export type Colours = {
  /** Of red, green and blue; even for green, times 2^16. */
  luma: readonly [number, number, number];
  black: number;
  /** Of the sums of four pixels, times 2^14. */
  blue: readonly [number, number, number];
  red: readonly [number, number, number];
  middle: number;
};

/** Exports {@link ConvertRows} as `convertRows`. */
export function buildI420Module(colours: Colours): WebAssembly.Module {
  return assemble([
    defineKernel('convertRows', PARAMETERS, (given, variable) =>
      convertAll(given, colours, variable),
    ),
  ]);
}

function convertAll(given: Given, colours: Colours, variable: MakeVariable): Statement[] {
  const { pixels, pixelsBelow, luma, lumaBelow, blue, red, count } = given;
  const end = variable('i32');
  const [here, below, sums] = [variable('v128'), variable('v128'), variable('v128')];
  const [upper, lower, chroma] = [variable('v128'), variable('v128'), variable('v128')];
  return [
    end.set(i32.add(pixels, i32.mul(count, 4))),
    loopWhile(i32.lt_u(pixels, end), [
      here.set(v128.load(pixels)),
      below.set(v128.load(pixelsBelow)),
      // Both rows, then each column with the one beside it: sums of red, green, blue and alpha.
      upper.set(i16x8.add(i16x8.extend_low_i8x16_u(here), i16x8.extend_low_i8x16_u(below))),
      lower.set(i16x8.add(i16x8.extend_high_i8x16_u(here), i16x8.extend_high_i8x16_u(below))),
      sums.set(addHalves(upper, lower)),
      upper.set(i32x4.dot_i16x8_s(sums, words([...colours.blue, 0]))),
      lower.set(i32x4.dot_i16x8_s(sums, words([...colours.red, 0]))),
      chroma.set(toLevels(addPairs(upper, lower), colours.middle)),
      ...sumLuma(here, colours, [upper, lower]),
      ...sumLuma(below, colours, [lower, sums]),
      // Luma of the upper row, luma of the lower one, Cb and Cr of both.
      upper.set(i16x8.narrow_i32x4_s(upper, lower)),
      chroma.set(i16x8.narrow_i32x4_s(chroma, chroma)),
      chroma.set(i8x16.narrow_i16x8_u(upper, chroma)),
      v128.store32_lane(luma, chroma, 0),
      v128.store32_lane(lumaBelow, chroma, 1),
      i32.store16(blue, i32x4.extract_lane(chroma, 2)),
      i32.store16(red, i32.shr_u(i32x4.extract_lane(chroma, 2), 16)),
      pixels.set(i32.add(pixels, 16)),
      pixelsBelow.set(i32.add(pixelsBelow, 16)),
      luma.set(i32.add(luma, 4)),
      lumaBelow.set(i32.add(lumaBelow, 4)),
      blue.set(i32.add(blue, 2)),
      red.set(i32.add(red, 2)),
    ]),
  ];
}

/** Red, green, blue and green again of four pixels, since half of green's coefficient fits. */
const WITH_GREEN_TWICE = [0, 1, 2, 1, 4, 5, 6, 5, 8, 9, 10, 9, 12, 13, 14, 13];

/** Sets the first of `out` to the luma of four pixels, and uses the other on the way. */
function sumLuma(
  pixels: Variable<'v128'>,
  { luma: [red, green, blue], black }: Colours,
  [result, other]: readonly [Variable<'v128'>, Variable<'v128'>],
): Statement[] {
  const weights = words([red, green / 2, blue, green / 2]);
  return [
    pixels.set(i8x16.shuffle(pixels, pixels, WITH_GREEN_TWICE)),
    result.set(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pixels), weights)),
    other.set(i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pixels), weights)),
    result.set(toLevels(addPairs(result, other), black)),
  ];
}

function toLevels(sums: Vector, add: number): Vector {
  return i32x4.shr_s(i32x4.add(sums, i32x4.splat(add)), 16);
}

/** The sum of both halves of `a`, then that of both halves of `b`. */
function addHalves(a: Vector, b: Vector): Vector {
  return i16x8.add(i8x16.shuffle(a, b, places([0, 2], 8)), i8x16.shuffle(a, b, places([1, 3], 8)));
}

/** The sums of each two neighbours of `a`, then those of `b`. */
function addPairs(a: Vector, b: Vector): Vector {
  return i32x4.add(
    i8x16.shuffle(a, b, places([0, 2, 4, 6], 4)),
    i8x16.shuffle(a, b, places([1, 3, 5, 7], 4)),
  );
}

/** The bytes of some parts of `size` bytes. */
function places(parts: readonly number[], size: number): number[] {
  return parts.flatMap((part) => Array.from({ length: size }, (_, i) => part * size + i));
}

/** Four numbers of 16 bits, twice. */
function words(numbers: readonly number[]): Vector {
  const bytes = new Uint8Array(Int16Array.from([...numbers, ...numbers]).buffer);
  return v128.const([...bytes]);
}
