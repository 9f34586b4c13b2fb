/**
 * The inner loops of cropping as WebAssembly functions: they average rows of a picture down and
 * sample it along a line, to the same bits as the formulas do with fractions of 64 bits.
 */

import {
  assemble,
  defineKernel,
  type Expression,
  f32x4,
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

export const PIXEL_BYTES = 4;
const FLOAT_BYTES = 4;
/** Three fractions of 32 bits. */
export const COLOUR_BYTES = 3 * FLOAT_BYTES;
/** Four channels as numbers of 16 bits. */
export const SUM_BYTES = 8;
/** Sums are made and colours are read beyond what is asked for, by up to this many bytes. */
export const SPARE_BYTES = 64;
/** Above this factor the sums of a box would not fit into 16 bits. */
export const FACTOR_MAX = 16;

/**
 * Writes the means of a row of boxes, each `factor` x `factor` pixels, rounded down. All addresses
 * are bytes in the memory of the kernel.
 */
export type ShrinkRow = (
  /** The first pixel of the first box. */
  pixels: number,
  /** Bytes from one row to the next. */
  stride: number,
  /** Room for `count * factor` sums. */
  sums: number,
  /** Where the means go. */
  means: number,
  /** Boxes. */
  count: number,
  factor: number,
  /** What {@link shareOf} says of `factor`. */
  share: number,
) => void;

/**
 * Samples `count` pixels at the places `x + i * stepX`, `y + i * stepY` bilinearly, three fractions
 * of 32 bits for each.
 */
export type SampleLine = (
  /** Where the pixel at 0, 0 would be, whether or not it is in there. */
  pixels: number,
  /** Bytes from one row to the next. */
  stride: number,
  /** The last column and row: places beyond them and before 0 are moved to the edge. */
  right: number,
  bottom: number,
  tensor: number,
  count: number,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
  /** Levels are multiplied by the one, then the other is added. */
  scale: number,
  offset: number,
) => void;

export type CropKernels = { shrinkRow: ShrinkRow; sampleLine: SampleLine };

type I32 = Variable<'i32'>;
type F64 = Variable<'f64'>;
type V128 = Variable<'v128'>;
type Vector = Expression<'v128'>;

const SHRINK = {
  pixels: 'i32',
  stride: 'i32',
  sums: 'i32',
  means: 'i32',
  count: 'i32',
  factor: 'i32',
  share: 'i32',
} as const;
type ShrinkVariables = { [name in keyof typeof SHRINK]: Variable<(typeof SHRINK)[name]> };

const SAMPLE = {
  pixels: 'i32',
  stride: 'i32',
  right: 'f64',
  bottom: 'f64',
  tensor: 'i32',
  count: 'i32',
  x: 'f64',
  y: 'f64',
  stepX: 'f64',
  stepY: 'f64',
  scale: 'f64',
  offset: 'f64',
} as const;
type SampleVariables = { [name in keyof typeof SAMPLE]: Variable<(typeof SAMPLE)[name]> };

/** Exports {@link CropKernels}. */
export function buildCropModule(): WebAssembly.Module {
  return assemble([
    defineKernel('shrinkRow', SHRINK, shrinkBoxes),
    defineKernel('sampleLine', SAMPLE, samplePlaces),
  ]);
}

/** Columns that are added up at once. */
const COLUMNS = 4;
const NOTHING = v128.const(Array(16).fill(0));
/** Shares are counted in this part; products with the sums of the largest boxes fit 32 bits. */
const SHARE_PARTS = 2 ** 24;

/**
 * What a sum of `factor * factor` levels is multiplied by, so that the highest byte is the mean,
 * rounded down: exactly, since the sum times the rounding of the share is less than one part.
 */
export function shareOf(factor: number): number {
  return Math.ceil(SHARE_PARTS / (factor * factor));
}

function shrinkBoxes(given: ShrinkVariables, variable: MakeVariable): Statement[] {
  const { sums, means, count, factor, share } = given;
  const [sumEnd, meanEnd, sum, end] = [
    variable('i32'),
    variable('i32'),
    variable('i32'),
    variable('i32'),
  ];
  const total = variable('v128');
  return [
    sumEnd.set(i32.add(sums, i32.mul(i32.mul(count, factor), SUM_BYTES))),
    ...addColumns(given, sumEnd, variable),
    sum.set(sums),
    meanEnd.set(i32.add(means, i32.mul(count, PIXEL_BYTES))),
    loopWhile(i32.lt_u(means, meanEnd), [
      total.set(NOTHING),
      end.set(i32.add(sum, i32.mul(factor, SUM_BYTES))),
      loopWhile(i32.lt_u(sum, end), [
        total.set(i16x8.add(total, v128.load64_zero(sum))),
        sum.set(i32.add(sum, SUM_BYTES)),
      ]),
      total.set(i32x4.mul(i32x4.extend_low_i16x8_u(total), i32x4.splat(share))),
      // The highest byte of each product.
      v128.store32_lane(
        means,
        i8x16.shuffle(total, total, [3, 7, 11, 15, ...Array(12).fill(0)]),
        0,
      ),
      means.set(i32.add(means, PIXEL_BYTES)),
    ]),
  ];
}

/** Adds up the `factor` pixels of each column. */
function addColumns(
  { pixels, stride, sums, factor }: ShrinkVariables,
  sumEnd: I32,
  variable: MakeVariable,
): Statement[] {
  const [sum, end, at] = [variable('i32'), variable('i32'), variable('i32')];
  const [here, left, right] = [variable('v128'), variable('v128'), variable('v128')];
  return [
    sum.set(sums),
    loopWhile(i32.lt_u(sum, sumEnd), [
      at.set(pixels),
      end.set(i32.add(pixels, i32.mul(stride, factor))),
      left.set(NOTHING),
      right.set(NOTHING),
      loopWhile(i32.lt_u(at, end), [
        here.set(v128.load(at)),
        left.set(i16x8.add(left, i16x8.extend_low_i8x16_u(here))),
        right.set(i16x8.add(right, i16x8.extend_high_i8x16_u(here))),
        at.set(i32.add(at, stride)),
      ]),
      v128.store(sum, left),
      v128.store(i32.add(sum, (COLUMNS / 2) * SUM_BYTES), right),
      pixels.set(i32.add(pixels, COLUMNS * PIXEL_BYTES)),
      sum.set(i32.add(sum, COLUMNS * SUM_BYTES)),
    ]),
  ];
}

function samplePlaces(given: SampleVariables, variable: MakeVariable): Statement[] {
  const { pixels, stride, right, bottom, tensor, count, x, y, stepX, stepY, offset } = given;
  const [start, step, last, i] = [pair(variable), pair(variable), pair(variable), pair(variable)];
  const [place, whole] = [pair(variable), pair(variable)];
  const [at, end, added] = [variable('i32'), variable('i32'), variable('v128')];
  const [one, scale, zero] = [pair(variable), pair(variable), pair(variable)];
  return [
    end.set(i32.add(tensor, i32.mul(count, COLOUR_BYTES))),
    start.set(both(x, y)),
    step.set(both(stepX, stepY)),
    last.set(both(right, bottom)),
    added.set(f64x2.splat(offset)),
    one.set(f64x2.splat(1)),
    scale.set(f64x2.splat(given.scale)),
    loopWhile(i32.lt_u(tensor, end), [
      place.set(f64x2.add(start, f64x2.mul(i, step))),
      place.set(f64x2.pmin(f64x2.pmax(place, zero), last)),
      whole.set(i32x4.trunc_sat_f64x2_s_zero(place)),
      at.set(
        i32.add(
          i32.add(pixels, i32.mul(i32x4.extract_lane(whole, 1), stride)),
          i32.mul(i32x4.extract_lane(whole, 0), PIXEL_BYTES),
        ),
      ),
      place.set(f64x2.sub(place, f64x2.convert_low_i32x4_s(whole))),
      ...mixColours({ at, stride, tensor, place, one, scale, added }, variable),
      i.set(f64x2.add(i, one)),
      tensor.set(i32.add(tensor, COLOUR_BYTES)),
    ]),
  ];
}

/**
 * Mixes the four pixels around a place by its distances from the first one. At the last column and
 * row the others are whatever lies there, times zero.
 */
function mixColours(
  {
    at,
    stride,
    tensor,
    place,
    one,
    scale,
    added,
  }: { at: I32; stride: I32; tensor: I32; place: V128; one: V128; scale: V128; added: V128 },
  variable: MakeVariable,
): Statement[] {
  const [near, across, upper, lower] = [
    pair(variable),
    pair(variable),
    pair(variable),
    pair(variable),
  ];
  const [pixels, below, colour] = [variable('v128'), variable('v128'), variable('v128')];
  const [redGreen, blue] = [variable('v128'), variable('v128')];
  // Constants come from before the loop, so that its turns do not make them.
  const weights = [first(upper), second(upper), first(lower), second(lower)];
  const parts = [
    i32x4.extend_low_i16x8_u(pixels),
    i32x4.extend_high_i16x8_u(pixels),
    i32x4.extend_low_i16x8_u(below),
    i32x4.extend_high_i16x8_u(below),
  ];
  const mixed = parts.flatMap((part, k) => {
    const weigh = (numbers: Vector) => f64x2.mul(f64x2.convert_low_i32x4_s(numbers), weights[k]!);
    const add = (sum: V128, more: Vector) => sum.set(k === 0 ? more : f64x2.add(sum, more));
    return [colour.set(part), add(redGreen, weigh(colour)), add(blue, weigh(second(colour)))];
  });
  return [
    near.set(f64x2.sub(one, place)),
    across.set(i8x16.shuffle(near, place, [...FIRST, ...FIRST.map((byte) => byte + 16)])),
    upper.set(f64x2.mul(f64x2.mul(across, second(near)), scale)),
    lower.set(f64x2.mul(f64x2.mul(across, second(place)), scale)),
    pixels.set(i16x8.extend_low_i8x16_u(v128.load64_zero(at))),
    below.set(i16x8.extend_low_i8x16_u(v128.load64_zero(i32.add(at, stride)))),
    ...mixed,
    redGreen.set(f32x4.demote_f64x2_zero(f64x2.add(redGreen, added))),
    blue.set(f32x4.demote_f64x2_zero(f64x2.add(blue, added))),
    v128.store64_lane(tensor, redGreen, 0),
    v128.store32_lane(i32.add(tensor, 2 * FLOAT_BYTES), blue, 0),
  ];
}

const FIRST = [0, 1, 2, 3, 4, 5, 6, 7];
const SECOND = [8, 9, 10, 11, 12, 13, 14, 15];

function first(vector: Vector): Vector {
  return i8x16.shuffle(vector, vector, [...FIRST, ...FIRST]);
}

function second(vector: Vector): Vector {
  return i8x16.shuffle(vector, vector, [...SECOND, ...SECOND]);
}

function both(x: F64, y: F64): Vector {
  return f64x2.replace_lane(f64x2.splat(x), 1, y);
}

function pair(variable: MakeVariable): V128 {
  return variable('v128');
}
