/**
 * Draws one row of a triangle inside a WebAssembly function: one pixel needs a few instructions on
 * vectors of its four channels, where most of the time of a rendering goes.
 */

import {
  type Expression,
  f64,
  i8x16,
  i16x8,
  i32,
  i32x4,
  loopWhile,
  type MakeVariable,
  type Statement,
  type Variable,
  v128,
  when,
} from '../kernels/assemble.ts';

/** Places in a texture are walked in whole numbers of this part of a pixel: exact enough. */
export const PART_BITS = 16;
const PART = 1 << PART_BITS;
export const PIXEL_BYTES = 4;
const ALPHA = 0xff << 24;

type F64 = Variable<'f64'>;
type I32 = Variable<'i32'>;
/** What is drawn with; `blends` is 0 or 1. */
export type Brush = { texture: I32; textureWidth: I32; textureHeight: I32; blends: I32 };
/** Gives pixel (x, y) its texture place (u + ux x + uy y, v + vx x + vy y). */
export type TextureMap = { u: F64; v: F64; ux: F64; uy: F64; vx: F64; vy: F64 };
/** Pixels of one row: addresses of the first and behind the last, and the place of the first. */
export type Row = { from: I32; end: I32; u: F64; v: F64 };

/** `isInside` tells that no pixel needs to be asked whether it is near an edge of the texture. */
export function drawRow(
  brush: Brush,
  row: Row,
  map: TextureMap,
  isInside: I32,
  variable: MakeVariable,
): Statement[] {
  const [u, v, stepU, stepV] = [variable('i32'), variable('i32'), variable('i32'), variable('i32')];
  const toParts = (place: Expression<'f64'>) => i32.trunc_sat_f64_s(f64.mul(place, PART));
  const roundParts = (step: F64) =>
    i32.trunc_sat_f64_s(f64.floor(f64.add(f64.mul(step, PART), 0.5)));
  return [
    when(
      isInside,
      [
        u.set(toParts(row.u)),
        v.set(toParts(row.v)),
        stepU.set(roundParts(map.ux)),
        stepV.set(roundParts(map.vx)),
        ...drawRowInside(brush, row, { u, v, stepU, stepV }, variable),
      ],
      drawRowAtEdge(brush, row, map, variable),
    ),
  ];
}

/** Draws one row of a triangle; places and steps in the texture are in parts. */
function drawRowInside(
  brush: Brush,
  { from, end }: Row,
  { u, v, stepU, stepV }: { u: I32; v: I32; stepU: I32; stepV: I32 },
  variable: MakeVariable,
): Statement[] {
  const { texture, textureWidth } = brush;
  const [at, fx, fy] = [variable('i32'), variable('i32'), variable('i32')];
  const four = variable('v128');
  const whole = (place: I32) => i32.shr_s(place, PART_BITS);
  const rest = (place: I32) => i32.and(i32.shr_s(place, PART_BITS - 8), 0xff);
  const below = i32.mul(textureWidth, PIXEL_BYTES);
  return [
    loopWhile(i32.lt_u(from, end), [
      at.set(
        i32.add(texture, i32.mul(i32.add(i32.mul(whole(v), textureWidth), whole(u)), PIXEL_BYTES)),
      ),
      four.set(v128.load64_lane(i32.add(at, below), v128.load64_zero(at), 1)),
      fx.set(rest(u)),
      fy.set(rest(v)),
      ...shade(brush, from, four, fx, fy, variable),
      u.set(i32.add(u, stepU)),
      v.set(i32.add(v, stepV)),
      from.set(i32.add(from, PIXEL_BYTES)),
    ]),
  ];
}

/** Draws one row of a triangle. Outside of the texture its edge pixels repeat. */
function drawRowAtEdge(
  brush: Brush,
  row: Row,
  map: TextureMap,
  variable: MakeVariable,
): Statement[] {
  const { texture, textureWidth, textureHeight } = brush;
  const [u, v, index] = [variable('f64'), variable('f64'), variable('f64')];
  const [column, line, at, right, below] = Array.from({ length: 5 }, () => variable('i32'));
  const [fx, fy] = [variable('i32'), variable('i32')];
  const four = variable('v128');
  const within = (start: F64, step: F64, side: I32) =>
    f64.min(f64.max(f64.add(start, f64.mul(index, step)), 0), f64.convert_i32_s(i32.sub(side, 1)));
  const rest = (place: F64, whole: I32) =>
    i32.trunc_sat_f64_s(f64.mul(f64.sub(place, f64.convert_i32_s(whole)), 256));
  const isBefore = (place: I32, side: I32) => i32.lt_s(place, i32.sub(side, 1));
  const nextRow = i32.mul(textureWidth, PIXEL_BYTES);
  return [
    index.set(0),
    loopWhile(i32.lt_u(row.from, row.end), [
      u.set(within(row.u, map.ux, textureWidth)),
      v.set(within(row.v, map.vx, textureHeight)),
      column!.set(i32.trunc_sat_f64_s(u)),
      line!.set(i32.trunc_sat_f64_s(v)),
      at!.set(
        i32.add(texture, i32.mul(i32.add(i32.mul(line!, textureWidth), column!), PIXEL_BYTES)),
      ),
      right!.set(i32.add(at!, i32.mul(isBefore(column!, textureWidth), PIXEL_BYTES))),
      below!.set(i32.mul(isBefore(line!, textureHeight), nextRow)),
      four.set(v128.load32_zero(at!)),
      four.set(v128.load32_lane(right!, four, 1)),
      four.set(v128.load32_lane(i32.add(at!, below!), four, 2)),
      four.set(v128.load32_lane(i32.add(right!, below!), four, 3)),
      fx.set(rest(u, column!)),
      fy.set(rest(v, line!)),
      ...shade(brush, row.from, four, fx, fy, variable),
      index.set(f64.add(index, 1)),
      row.from.set(i32.add(row.from, PIXEL_BYTES)),
    ]),
  ];
}

const numbers = (low: number, high: number) =>
  v128.const(
    [low, low, low, low, high, high, high, high].flatMap((n) => [n & 255, (n >> 8) & 255]),
  );
const ALPHAS = v128.const([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]);
const ONE = numbers(256, 256);
const HALF = numbers(128, 128);
/** Upper left, lower left, upper right, lower right. */
const BY_COLUMNS = [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15];
const HALVES_SWAPPED = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];

/**
 * Writes the colour of a place between four pixels to the address `to`, over what is there when it
 * blends. Each step rounds to whole levels.
 */
function shade(
  { blends }: Brush,
  to: I32,
  four: Variable<'v128'>,
  fx: I32,
  fy: I32,
  variable: MakeVariable,
): Statement[] {
  const colour = variable('v128');
  const alpha = variable('i32');
  const share = variable('v128');
  const toLevels = (sum: Expression<'v128'>) => i16x8.shr_u(i16x8.add(sum, HALF), 8);
  /** On the way from `a` to `b` by `share` of 256. */
  const mix = (a: Expression<'v128'>, b: Expression<'v128'>) =>
    toLevels(i16x8.add(i16x8.mul(a, i16x8.sub(ONE, share)), i16x8.mul(b, share)));
  const rows = i16x8.mul(
    colour,
    i16x8.add(numbers(256, 0), i16x8.mul(i16x8.splat(fy), numbers(-1, 1))),
  );
  const under = i16x8.extend_low_i8x16_u(v128.load32_zero(to));
  const packed = i8x16.narrow_i16x8_u(colour, colour);
  return [
    when(i32.or(i32.eqz(blends), v128.any_true(v128.and(four, ALPHAS))), [
      colour.set(i8x16.shuffle(four, four, BY_COLUMNS)),
      share.set(i16x8.splat(fx)),
      colour.set(mix(i16x8.extend_low_i8x16_u(colour), i16x8.extend_high_i8x16_u(colour))),
      colour.set(rows),
      colour.set(toLevels(i16x8.add(colour, i8x16.shuffle(colour, colour, HALVES_SWAPPED)))),
      alpha.set(i16x8.extract_lane_u(colour, 3)),
      when(
        i32.or(i32.eqz(blends), i32.eq(alpha, 255)),
        [v128.store32_lane(to, packed, 0)],
        [
          when(alpha, [
            share.set(i16x8.splat(i32.add(alpha, i32.shr_u(alpha, 7)))),
            colour.set(mix(under, colour)),
            i32.store(to, i32.or(i32x4.extract_lane(packed, 0), ALPHA)),
          ]),
        ],
      ),
    ]),
  ];
}
