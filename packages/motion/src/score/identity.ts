/**
 * Says how much the face of a result looks like the face of the picture, by its texture alone.
 *
 * There is no recognition network among our packages, so this is not an embedding and must not be
 * read as "the same person": it is a correlation of textures.
 */

import { luminanceAt } from '../model/colour.ts';
import type { RgbaImage } from '../model/image.ts';
import { FACE, FACE_STRIDE, type Face } from '../model/pose.ts';
import { clamp } from '../model/scalar.ts';

/** A face where it was found. */
export type SeenFace = { image: RgbaImage; face: Face };

/** Side of the square in which textures are compared, by the smaller face of the two. */
const SIDE_MIN = 24;
const SIDE_MAX = 40;
/** Light and contrast are taken out within this many blocks a side. */
const BLOCKS = 4;
/** Each block may lie this share of the square elsewhere: by so much the tracker's points err. */
const SHIFT_PART = 0.06;
/** A block is compared when at least this share of its samples is seen in both. */
const BLOCK_PART_MIN = 0.4;
/** Blocks of the picture flatter than this (grey levels) are bare skin, on which all agree. */
const CONTRAST_MIN = 3;
/** With fewer blocks to compare nothing is said of the likeness. */
const BLOCKS_MIN = 4;

/**
 * Both faces are carried into the shape of the picture's face, triangle by triangle over the 468
 * points of the mesh, whose openings at mouth and eyes hold no triangles; so expression and turn
 * matter little. Likeness is the mean over 4 x 4 blocks of the best normalised correlation of
 * brightness within a small shift, weighed by the contrast of the picture's block: -1 to 1, blind
 * to exposure, to colour and to the shape of the face. Null when too little of the face is seen in
 * both.
 *
 * @param triangles of the face mesh, as `readFaceTopology` gives them
 */
export function measureIdentity(
  picture: SeenFace,
  result: SeenFace,
  triangles: Uint16Array,
): number | null {
  const smaller = Math.min(widthOf(picture.face), widthOf(result.face));
  const side = Math.round(clamp(smaller, SIDE_MIN, SIDE_MAX));
  const cells = rasterise(fitIntoSquare(picture.face, side), triangles, side);
  const wanted = spread(cells, sampleTexture(picture, cells, side), side);
  const given = spread(cells, sampleTexture(result, cells, side), side);
  return correlateBlocks(wanted, given, side);
}

function widthOf(face: Face): number {
  const [a, b] = [FACE.rightSide * FACE_STRIDE, FACE.leftSide * FACE_STRIDE];
  return Math.hypot(face[b]! - face[a]!, face[b + 1]! - face[a + 1]!);
}

/** The face's own points, x and y, scaled and moved into the square. */
function fitIntoSquare(face: Face, side: number): Float32Array {
  const axis = (offset: number): Float32Array => face.filter((_, i) => i % FACE_STRIDE === offset);
  const [xs, ys] = [axis(0), axis(1)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const scale = side / Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1);
  const places = new Float32Array(xs.length * 2);
  for (let i = 0; i < xs.length; i += 1) {
    places.set([scale * (xs[i]! - left), scale * (ys[i]! - top)], i * 2);
  }
  return places;
}

type Corners = readonly [number, number, number];

/** A sample of the square: the triangle it lies in, the shares of its corners, and its winding. */
type Cell = { x: number; y: number; corners: Corners; shares: Corners; winding: number };

function rasterise(places: Float32Array, triangles: Uint16Array, side: number): Cell[] {
  const cells = new Map<number, Cell>();
  for (let i = 0; i < triangles.length; i += 3) {
    const corners: Corners = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
    const xs = corners.map((corner) => places[corner * 2]!);
    const ys = corners.map((corner) => places[corner * 2 + 1]!);
    const winding = Math.sign(areaOf(xs, ys));
    for (let y = Math.ceil(Math.min(...ys)); y <= Math.max(...ys); y += 1) {
      for (let x = Math.ceil(Math.min(...xs)); x <= Math.max(...xs); x += 1) {
        const shares = sharesAt(xs, ys, x, y);
        if (shares !== null) cells.set(y * (side + 1) + x, { x, y, corners, shares, winding });
      }
    }
  }
  return [...cells.values()];
}

/** Twice the area of a triangle; its sign is the winding. */
function areaOf(xs: readonly number[], ys: readonly number[]): number {
  return (xs[1]! - xs[0]!) * (ys[2]! - ys[0]!) - (xs[2]! - xs[0]!) * (ys[1]! - ys[0]!);
}

/** Barycentric coordinates of a place, or null outside of the triangle. */
function sharesAt(
  xs: readonly number[],
  ys: readonly number[],
  x: number,
  y: number,
): Corners | null {
  const area = areaOf(xs, ys);
  const [dx, dy] = [x - xs[0]!, y - ys[0]!];
  const b = (dx * (ys[2]! - ys[0]!) - (xs[2]! - xs[0]!) * dy) / area;
  const c = ((xs[1]! - xs[0]!) * dy - dx * (ys[1]! - ys[0]!)) / area;
  const a = 1 - b - c;
  return a >= 0 && b >= 0 && c >= 0 ? [a, b, c] : null;
}

/** Brightness at each cell; NaN where the turned face hides it or it leaves the picture. */
function sampleTexture({ image, face }: SeenFace, cells: readonly Cell[], side: number) {
  const reach = Math.max(0, Math.round((widthOf(face) / side - 1) / 2));
  return Float32Array.from(cells, ({ corners, shares, winding }) => {
    const xs = corners.map((corner) => face[corner * FACE_STRIDE]!);
    const ys = corners.map((corner) => face[corner * FACE_STRIDE + 1]!);
    if (Math.sign(areaOf(xs, ys)) !== winding) return Number.NaN;
    const x = shares[0] * xs[0]! + shares[1] * xs[1]! + shares[2] * xs[2]!;
    const y = shares[0] * ys[0]! + shares[1] * ys[1]! + shares[2] * ys[2]!;
    return averageAround(image, Math.round(x), Math.round(y), reach);
  });
}

/** Mean brightness (Rec. 601) of a box of `2 * reach + 1` pixels a side. */
function averageAround({ width, height, data }: RgbaImage, x: number, y: number, reach: number) {
  if (x < 0 || y < 0 || x >= width || y >= height) return Number.NaN;
  let sum = 0;
  let count = 0;
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row += 1) {
    for (let at = Math.max(0, x - reach); at <= Math.min(width - 1, x + reach); at += 1) {
      sum += luminanceAt(data, (row * width + at) * 4);
      count += 1;
    }
  }
  return sum / count;
}

/** The samples at their places, row by row of `side + 1`; NaN where there is none. */
function spread(cells: readonly Cell[], values: Float32Array, side: number): Float32Array {
  const square = new Float32Array((side + 1) ** 2).fill(Number.NaN);
  for (const [i, { x, y }] of cells.entries()) square[y * (side + 1) + x] = values[i]!;
  return square;
}

function correlateBlocks(wanted: Float32Array, given: Float32Array, side: number): number | null {
  const size = Math.ceil((side + 1) / BLOCKS);
  let likeness = 0;
  let weights = 0;
  let count = 0;
  for (let i = 0; i < BLOCKS * BLOCKS; i += 1) {
    const left = (i % BLOCKS) * size;
    const top = Math.floor(i / BLOCKS) * size;
    const box = { left, top, right: left + size, bottom: top + size };
    const best = matchBlock(wanted, given, side, box);
    if (best === null) continue;
    likeness += best.contrast * best.correlation;
    weights += best.contrast;
    count += 1;
  }
  return count < BLOCKS_MIN ? null : likeness / weights;
}

type Block = { left: number; top: number; right: number; bottom: number };
type Match = { correlation: number; contrast: number };

/** The best correlation of one block over all small shifts. */
function matchBlock(
  wanted: Float32Array,
  given: Float32Array,
  side: number,
  block: Block,
): Match | null {
  const reach = Math.round(SHIFT_PART * side);
  let best: Match | null = null;
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const match = correlateAt(wanted, given, side, block, dx, dy);
      if (match && (best === null || match.correlation > best.correlation)) best = match;
    }
  }
  return best;
}

function correlateAt(
  wanted: Float32Array,
  given: Float32Array,
  side: number,
  { left, top, right, bottom }: Block,
  dx: number,
  dy: number,
): Match | null {
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.max(top, -dy); y <= Math.min(bottom - 1, side, side - dy); y += 1) {
    for (let x = Math.max(left, -dx); x <= Math.min(right - 1, side, side - dx); x += 1) {
      const p = wanted[y * (side + 1) + x]!;
      const q = given[(y + dy) * (side + 1) + x + dx]!;
      if (Number.isNaN(p + q)) continue;
      n += 1;
      a += p;
      b += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  }
  if (n < BLOCK_PART_MIN * (right - left) * (bottom - top)) return null;
  const contrast = Math.sqrt(Math.max(0, aa / n - (a / n) ** 2));
  if (contrast < CONTRAST_MIN) return null;
  const other = Math.sqrt(Math.max(0, bb / n - (b / n) ** 2));
  const covariance = ab / n - (a / n) * (b / n);
  return { contrast, correlation: other > 0 ? covariance / (contrast * other) : 0 };
}
