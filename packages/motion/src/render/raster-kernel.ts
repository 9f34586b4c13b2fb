/**
 * The inner loops of the rasteriser as a WebAssembly function: finds the pixels of triangles and
 * where they lie in the texture.
 */

import {
  assemble,
  defineKernel,
  type Expression,
  f64,
  i32,
  loopWhile,
  type MakeVariable,
  type Statement,
  select,
  type Variable,
  when,
} from '../kernels/assemble.ts';
import { drawRow, PART_BITS, PIXEL_BYTES, type TextureMap } from './raster-rows.ts';

/** A triangle of a smaller area covers no pixel centre worth drawing. */
const AREA_MIN = 1e-7;
/** What the rounding of steps may add up to over a row, in pixels. */
const DRIFT_MAX = 0.05;
/** Longer rows would drift farther, and larger textures do not fit into the numbers. */
const COUNT_MAX = 4096;
const TEXTURE_SIDE_MAX = 1 << (31 - PART_BITS);
/** Steeper maps are those of splinters, whose rounding may lead out of the texture. */
const SLOPE_MAX = 64;
/** Two fractions of 32 bits. */
const PLACE_BYTES = 8;
/** Three numbers of corners. */
const TRIANGLE_BYTES = 12;

/**
 * Addresses are bytes in the memory of the kernel; `canvas` is that of its first pixel, whether or
 * not that one is in there, as long as those that are drawn are. `blends` is 0 or 1.
 */
export type DrawTriangles = (
  canvas: number,
  /** Pixels from one row in memory to the next. */
  canvasStride: number,
  canvasWidth: number,
  canvasHeight: number,
  texture: number,
  textureWidth: number,
  textureHeight: number,
  textureX: number,
  textureY: number,
  source: number,
  target: number,
  triangles: number,
  triangleCount: number,
  blends: number,
) => void;

const PARAMETERS = {
  canvas: 'i32',
  canvasStride: 'i32',
  canvasWidth: 'i32',
  canvasHeight: 'i32',
  texture: 'i32',
  textureWidth: 'i32',
  textureHeight: 'i32',
  textureX: 'f64',
  textureY: 'f64',
  source: 'i32',
  target: 'i32',
  triangles: 'i32',
  triangleCount: 'i32',
  blends: 'i32',
} as const;

type Given = { [name in keyof typeof PARAMETERS]: Variable<(typeof PARAMETERS)[name]> };
type F64 = Variable<'f64'>;
type I32 = Variable<'i32'>;
/** Three corners: addresses of their places, x and y. */
type Corners = { at: I32; x: F64; y: F64 };
/** Exports {@link DrawTriangles} as `drawTriangles`. */
export function buildRasterModule(): WebAssembly.Module {
  return assemble([defineKernel('drawTriangles', PARAMETERS, drawAll)]);
}

function drawAll(given: Given, variable: MakeVariable): Statement[] {
  const { triangles, triangleCount } = given;
  const end = variable('i32');
  const corners = [makeCorner(variable), makeCorner(variable), makeCorner(variable)] as const;
  return [
    end.set(i32.add(triangles, i32.mul(triangleCount, TRIANGLE_BYTES))),
    loopWhile(i32.lt_u(triangles, end), [
      ...corners.map(({ at }, i) => at.set(i32.mul(i32.load(triangles, 4 * i), PLACE_BYTES))),
      ...drawOne(given, corners, variable),
      triangles.set(i32.add(triangles, TRIANGLE_BYTES)),
    ]),
  ];
}

function makeCorner(variable: MakeVariable): Corners {
  return { at: variable('i32'), x: variable('f64'), y: variable('f64') };
}

function makeMap(variable: MakeVariable): TextureMap {
  const [u, v, ux, uy, vx, vy] = Array.from({ length: 6 }, () => variable('f64'));
  return { u: u!, v: v!, ux: ux!, uy: uy!, vx: vx!, vy: vy! };
}

/** Finds the map of one triangle and walks its rows. */
function drawOne(
  given: Given,
  corners: readonly [Corners, Corners, Corners],
  variable: MakeVariable,
): Statement[] {
  const { source, target, textureX, textureY } = given;
  const [a, b, c] = corners;
  const area = variable('f64');
  const map = makeMap(variable);
  const loadX = (base: I32, { at }: Corners) => f64.load_f32(i32.add(base, at));
  const loadY = (base: I32, { at }: Corners) => f64.load_f32(i32.add(base, at), 4);
  const [x1, y1, x2, y2] = [variable('f64'), variable('f64'), variable('f64'), variable('f64')];
  const [u1, v1, u2, v2] = [variable('f64'), variable('f64'), variable('f64'), variable('f64')];
  const cross = (p: F64, q: F64, r: F64, s: F64) => f64.sub(f64.mul(p, q), f64.mul(r, s));
  const toCentre = (start: Expression<'f64'>, corner: F64, byX: F64, byY: F64) =>
    f64.add(
      f64.add(f64.sub(start, 0.5), f64.mul(byX, f64.sub(0.5, corner))),
      f64.mul(byY, f64.sub(0.5, a.y)),
    );
  const setMap = [
    u1.set(f64.sub(loadX(source, b), loadX(source, a))),
    v1.set(f64.sub(loadY(source, b), loadY(source, a))),
    u2.set(f64.sub(loadX(source, c), loadX(source, a))),
    v2.set(f64.sub(loadY(source, c), loadY(source, a))),
    map.ux.set(f64.div(cross(u1, y2, u2, y1), area)),
    map.uy.set(f64.div(cross(u2, x1, u1, x2), area)),
    map.vx.set(f64.div(cross(v1, y2, v2, y1), area)),
    map.vy.set(f64.div(cross(v2, x1, v1, x2), area)),
    map.u.set(toCentre(f64.sub(loadX(source, a), textureX), a.x, map.ux, map.uy)),
    map.v.set(toCentre(f64.sub(loadY(source, a), textureY), a.x, map.vx, map.vy)),
  ];
  return [
    ...corners.flatMap((corner) => [
      corner.x.set(loadX(target, corner)),
      corner.y.set(loadY(target, corner)),
    ]),
    x1.set(f64.sub(b.x, a.x)),
    y1.set(f64.sub(b.y, a.y)),
    x2.set(f64.sub(c.x, a.x)),
    y2.set(f64.sub(c.y, a.y)),
    area.set(cross(x1, y2, x2, y1)),
    when(f64.gt(f64.abs(area), AREA_MIN), [
      ...setMap,
      ...walkRows(
        given,
        corners,
        map,
        isWithinTexture(given, corners, map, loadX, loadY),
        variable,
      ),
    ]),
  ];
}

/** Whether no pixel of a triangle needs to be asked whether it is near an edge of the texture. */
function isWithinTexture(
  given: Given,
  corners: readonly Corners[],
  map: TextureMap,
  loadX: (base: I32, corner: Corners) => Expression<'f64'>,
  loadY: (base: I32, corner: Corners) => Expression<'f64'>,
): Expression<'i32'> {
  const { source, textureX, textureY, textureWidth, textureHeight, canvasWidth } = given;
  const least = 0.5 + DRIFT_MAX;
  const isWithin = (place: Expression<'f64'>, side: I32) =>
    i32.and(f64.ge(place, least), f64.lt(place, f64.sub(f64.convert_i32_s(side), least)));
  const conditions = corners.flatMap((corner) => [
    isWithin(f64.sub(loadX(source, corner), textureX), textureWidth),
    isWithin(f64.sub(loadY(source, corner), textureY), textureHeight),
  ]);
  const limits: [I32, number][] = [
    [textureWidth, TEXTURE_SIDE_MAX],
    [textureHeight, TEXTURE_SIDE_MAX],
    [canvasWidth, COUNT_MAX],
  ];
  for (const [side, most] of limits) conditions.push(i32.lt_s(side, most + 1));
  for (const slope of [map.ux, map.uy, map.vx, map.vy]) {
    conditions.push(f64.lt(f64.abs(slope), SLOPE_MAX));
  }
  return conditions.reduce((all, one) => i32.and(all, one));
}

type Corner = { x: F64; y: F64 };

function walkRows(
  given: Given,
  corners: readonly [Corners, Corners, Corners],
  map: TextureMap,
  isWithin: Expression<'i32'>,
  variable: MakeVariable,
): Statement[] {
  const { canvas, canvasStride, canvasWidth, canvasHeight } = given;
  const isInside = variable('i32');
  const { top, middle, bottom, sort } = sortCorners(corners, variable);
  const [long, upper, lower] = [variable('f64'), variable('f64'), variable('f64')];
  const [y, yEnd, first, last] = [
    variable('i32'),
    variable('i32'),
    variable('i32'),
    variable('i32'),
  ];
  const [centre, one, two] = [variable('f64'), variable('f64'), variable('f64')];
  const row = {
    from: variable('i32'),
    end: variable('i32'),
    u: variable('f64'),
    v: variable('f64'),
  };
  const slope = (from: Corner, to: Corner) => f64.div(f64.sub(to.x, from.x), f64.sub(to.y, from.y));
  const along = (from: Corner, by: F64) => f64.add(from.x, f64.mul(f64.sub(centre, from.y), by));
  const firstCentre = (place: Expression<'f64'>) => f64.ceil(f64.sub(place, 0.5));
  const notBefore = (place: Expression<'f64'>) => i32.trunc_sat_f64_s(f64.max(0, place));
  const notBeyond = (place: Expression<'f64'>, side: I32) =>
    i32.trunc_sat_f64_s(f64.min(f64.convert_i32_s(side), place));
  const pixelAt = (x: I32) =>
    i32.add(canvas, i32.mul(i32.add(i32.mul(y, canvasStride), x), PIXEL_BYTES));
  const placeAt = (start: F64, byX: F64, byY: F64) =>
    f64.add(
      f64.add(start, f64.mul(byY, f64.convert_i32_s(y))),
      f64.mul(byX, f64.convert_i32_s(first)),
    );
  return [
    isInside.set(isWithin),
    ...sort,
    // Each edge is walked from its upper end in both of its triangles, so both find the very same
    // border.
    long.set(slope(top, bottom)),
    upper.set(slope(top, middle)),
    lower.set(slope(middle, bottom)),
    y.set(notBefore(firstCentre(top.y))),
    yEnd.set(notBeyond(firstCentre(bottom.y), canvasHeight)),
    loopWhile(i32.lt_s(y, yEnd), [
      centre.set(f64.add(f64.convert_i32_s(y), 0.5)),
      one.set(along(top, long)),
      two.set(select(along(top, upper), along(middle, lower), f64.lt(centre, middle.y))),
      first.set(notBefore(firstCentre(f64.min(one, two)))),
      last.set(notBeyond(firstCentre(f64.max(one, two)), canvasWidth)),
      when(i32.lt_s(first, last), [
        row.from.set(pixelAt(first)),
        row.end.set(pixelAt(last)),
        row.u.set(placeAt(map.u, map.ux, map.uy)),
        row.v.set(placeAt(map.v, map.vx, map.vy)),
        ...drawRow(given, row, map, isInside, variable),
      ]),
      y.set(i32.add(y, 1)),
    ]),
  ];
}

/** Corners from top to bottom; of those at one height the first one comes first. */
function sortCorners(
  [a, b, c]: readonly [Corners, Corners, Corners],
  variable: MakeVariable,
): { top: Corner; middle: Corner; bottom: Corner; sort: Statement[] } {
  const [isSwapped, isLowest, isHighest] = [variable('i32'), variable('i32'), variable('i32')];
  const make = (): Corner => ({ x: variable('f64'), y: variable('f64') });
  const [top, middle, bottom] = [make(), make(), make()];
  const lowY = select(a.y, b.y, isSwapped);
  const highY = select(b.y, a.y, isSwapped);
  const places = (['x', 'y'] as const).flatMap((axis) => {
    const high = select(b[axis], a[axis], isSwapped);
    const low = select(a[axis], b[axis], isSwapped);
    return [
      top[axis].set(select(c[axis], high, isHighest)),
      middle[axis].set(select(low, select(high, c[axis], isHighest), isLowest)),
      bottom[axis].set(select(c[axis], low, isLowest)),
    ];
  });
  const sort = [
    isSwapped.set(f64.lt(b.y, a.y)),
    isLowest.set(i32.eqz(f64.lt(c.y, lowY))),
    isHighest.set(i32.and(i32.eqz(isLowest), f64.lt(c.y, highY))),
    ...places,
  ];
  return { top, middle, bottom, sort };
}
