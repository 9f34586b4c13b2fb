/** Mends the colours of pixels, two at a time, to the same bits as fractions of 64 bits do. */

import {
  assemble,
  defineKernel,
  type Expression,
  f64x2,
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

/** Mends the pixels from address `from` to `end`, two at a time. */
export type MendPixels = (from: number, end: number) => void;

/** Weights of luma, and parts of its differences from red and blue that are added to it. */
export type Mending = {
  luma: readonly [red: number, green: number, blue: number];
  redByRed: number;
  /** Subtracted. */
  greenByRed: number;
  greenByBlue: number;
  blueByBlue: number;
};

type Vector = Expression<'v128'>;

/**
 * A fraction that is added to this number is rounded to a whole one, half to even, which its lower
 * 32 bits then are.
 */
const ROUNDING = 1.5 * 2 ** 52;
const PAIR_BYTES = 8;

/** Exports {@link MendPixels} as `mendPixels`. */
export function buildBt709Module(mending: Mending): WebAssembly.Module {
  return assemble([
    defineKernel('mendPixels', { from: 'i32', end: 'i32' }, (given, variable) =>
      mendAll(given, mending, variable),
    ),
  ]);
}

function mendAll(
  { from, end }: Record<'from' | 'end', Variable<'i32'>>,
  mending: Mending,
  variable: MakeVariable,
): Statement[] {
  const [pixels, luma, redGreen, blueAlpha] = [
    variable('v128'),
    variable('v128'),
    variable('v128'),
    variable('v128'),
  ];
  const [red, green, blue] = [variable('v128'), variable('v128'), variable('v128')];
  const constants: Statement[] = [];
  // Made before the loop, not in each turn of it.
  const keep = (number: number): Vector => {
    const kept = variable('v128');
    constants.push(kept.set(f64x2.splat(number)));
    return kept;
  };
  const [byRed, byGreen, byBlue] = mending.luma.map(keep);
  const [redByRed, greenByRed] = [keep(mending.redByRed), keep(mending.greenByRed)];
  const [greenByBlue, blueByBlue] = [keep(mending.greenByBlue), keep(mending.blueByBlue)];
  const rounding = keep(ROUNDING);
  const scale = (vector: Vector, by: Vector) => f64x2.mul(vector, by);
  const round = (vector: Vector) => f64x2.add(vector, rounding);
  return [
    ...constants,
    loopWhile(i32.lt_u(from, end), [
      pixels.set(i16x8.extend_low_i8x16_u(v128.load64_zero(from))),
      red.set(i32x4.extend_low_i16x8_u(pixels)),
      blue.set(i32x4.extend_high_i16x8_u(pixels)),
      redGreen.set(i8x16.shuffle(red, blue, words(0, 4, 1, 5))),
      blueAlpha.set(i8x16.shuffle(red, blue, words(2, 6, 3, 7))),
      red.set(f64x2.convert_low_i32x4_s(redGreen)),
      green.set(f64x2.convert_low_i32x4_s(upperHalf(redGreen))),
      blue.set(f64x2.convert_low_i32x4_s(blueAlpha)),
      luma.set(f64x2.add(scale(red, byRed!), scale(green, byGreen!))),
      luma.set(f64x2.add(luma, scale(blue, byBlue!))),
      red.set(f64x2.sub(red, luma)),
      blue.set(f64x2.sub(blue, luma)),
      green.set(f64x2.sub(luma, scale(red, greenByRed))),
      green.set(round(f64x2.sub(green, scale(blue, greenByBlue)))),
      red.set(round(f64x2.add(luma, scale(red, redByRed)))),
      blue.set(round(f64x2.add(luma, scale(blue, blueByBlue)))),
      v128.store64_lane(from, packPixels({ red, green, blue }, blueAlpha), 0),
      from.set(i32.add(from, PAIR_BYTES)),
    ]),
  ];
}

function upperHalf(vector: Vector): Vector {
  return i8x16.shuffle(vector, vector, words(2, 3, 2, 3));
}

/** Two pixels of rounded channels, each limited to a byte; their alpha lies in the upper half. */
function packPixels(
  { red, green, blue }: Record<'red' | 'green' | 'blue', Vector>,
  blueAlpha: Vector,
): Vector {
  const redGreen = i8x16.shuffle(red, green, words(0, 2, 4, 6));
  const others = i8x16.shuffle(blue, blueAlpha, words(0, 2, 6, 7));
  const limited = i16x8.narrow_i32x4_s(redGreen, others);
  const bytes = i8x16.narrow_i16x8_u(limited, limited);
  return i8x16.shuffle(bytes, bytes, [0, 2, 4, 6, 1, 3, 5, 7, ...Array(8).fill(0)]);
}

/** The bytes of some numbers of 32 bits. */
function words(...numbers: readonly number[]): number[] {
  return numbers.flatMap((number) => [0, 1, 2, 3].map((byte) => 4 * number + byte));
}
