/**
 * Draws textured triangles so that each pixel of a mesh is drawn exactly once: no seams between
 * neighbours, no overlap.
 */

import { instantiate } from '../kernels/assemble.ts';
import type { Box } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { viewPixels } from '../model/pixels.ts';
import { buildRasterModule, type DrawTriangles } from './raster-kernel.ts';

/**
 * A picture whose pixels are read and written whole; shares the memory of the image it was made
 * from.
 */
export type Surface = { width: number; height: number; pixels: Int32Array };

/**
 * What is drawn: triangles of `triangles[3 * first ..]` from `source` (texture picture coordinates)
 * to `target` (pixels).
 */
export type TriangleRun = {
  texture: Surface;
  /** Upper left corner of the texture in the coordinates of `source`. */
  textureX: number;
  textureY: number;
  source: Float32Array;
  target: Float32Array;
  triangles: Uint32Array | Uint16Array;
  firstTriangle: number;
  triangleCount: number;
};

/** Views an image as whole pixels. Copies when its bytes are not aligned to four. */
export function surfaceOf(image: RgbaImage): Surface {
  const { width, height } = image;
  const { buffer, byteOffset, length } = viewPixels(image);
  return { width, height, pixels: new Int32Array(buffer, byteOffset, length) };
}

/**
 * Scan-line affine texture mapping with bilinear sampling and a half-open fill rule: a pixel
 * belongs to the triangle that contains its centre, centres on an edge to the right or lower
 * neighbour. `over` blends straight alpha onto an opaque surface; `replace` writes colour and alpha
 * as they are. Outside of the texture its edge pixels repeat.
 */
export function drawTriangles(canvas: Surface, run: TriangleRun, mode: 'over' | 'replace'): void {
  const home = easels.get(run.texture.pixels.buffer) ?? easels.get(canvas.pixels.buffer);
  const box = home && isIn(home, canvas) ? null : boundRun(run, canvas);
  if (box !== null && !(box.width > 0 && box.height > 0)) return;
  const bytes = countBytes(run, home) + (box ? box.width * box.height * WORD_BYTES : 0);
  const easel = home && bytes <= home.freeBytes ? home : openCommon(bytes);
  const { buffer } = easel.memory;
  let next = 0;
  const put = (
    values: ArrayLike<number>,
    Kind: typeof Float32Array | typeof Int32Array,
  ): number => {
    const at = next;
    new Kind(buffer, at, values.length).set(values);
    next += values.length * WORD_BYTES;
    return at;
  };
  const first = run.firstTriangle * 3;
  const source = put(run.source, Float32Array);
  const target = put(run.target, Float32Array);
  const corners = run.triangles.subarray(first, first + run.triangleCount * 3);
  const triangles = put(corners, Int32Array);
  const { pixels } = run.texture;
  const texture = isIn(easel, run.texture) ? pixels.byteOffset : put(pixels, Int32Array);
  const part = box && { ...box, pixels: new Int32Array(buffer, next, box.width * box.height) };
  if (part) copyPart(canvas, part, 'out');
  easel.draw(
    part ? next - (part.y * part.width + part.x) * WORD_BYTES : canvas.pixels.byteOffset,
    part ? part.width : canvas.width,
    canvas.width,
    canvas.height,
    texture,
    run.texture.width,
    run.texture.height,
    run.textureX,
    run.textureY,
    source,
    target,
    triangles,
    run.triangleCount,
    mode === 'over' ? 1 : 0,
  );
  if (part) copyPart(canvas, part, 'back');
}

/** Memory in which triangles are drawn; what is not in it already is copied for each drawing. */
type Easel = {
  memory: WebAssembly.Memory;
  draw: DrawTriangles;
  /** So many bytes from its beginning on are free for copies. */
  freeBytes: number;
};

const WORD_BYTES = 4;
/** Pictures lie at multiples of this, as vectors do. */
const ALIGNMENT = 16;
const PAGE_BYTES = 65_536;
/** Room for meshes beside copies of pictures; what is not touched takes no memory. */
const MESH_BYTES = 2 ** 20;

const easels = new WeakMap<ArrayBufferLike, Easel>();
/** For surfaces that stay nowhere; made anew when it is too small, since memory never shrinks. */
let common: Easel | null = null;
let module: WebAssembly.Module | null = null;

/**
 * Copies of surfaces in memory of their own, so that drawing them copies no pixels of theirs. It
 * goes with the last of them.
 */
export function keepTogether(surfaces: readonly Surface[]): Surface[] {
  const sizes = surfaces.map(({ pixels }) => align(pixels.length * WORD_BYTES));
  const freeBytes = MESH_BYTES + Math.max(0, ...sizes);
  const easel = openEasel(
    freeBytes,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const { buffer } = easel.memory;
  easels.set(buffer, easel);
  let at = freeBytes;
  return surfaces.map(({ width, height, pixels }, i) => {
    const copy = new Int32Array(buffer, at, pixels.length);
    copy.set(pixels);
    at += sizes[i]!;
    return { width, height, pixels: copy };
  });
}

function openCommon(bytes: number): Easel {
  if (common === null || common.freeBytes < bytes) common = openEasel(align(bytes), 0);
  return common;
}

function openEasel(freeBytes: number, keptBytes: number): Easel {
  module ??= buildRasterModule();
  const pages = Math.ceil((freeBytes + keptBytes) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { drawTriangles: draw } = instantiate<{ drawTriangles: DrawTriangles }>(module, memory);
  return { memory, draw, freeBytes };
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function isIn({ memory }: Easel, { pixels }: Surface): boolean {
  return pixels.buffer === memory.buffer;
}

/** What a mesh and its texture need in an easel, as far as they are not in there. */
function countBytes({ source, target, triangleCount, texture }: TriangleRun, easel?: Easel) {
  const pixels = easel && isIn(easel, texture) ? 0 : texture.pixels.length;
  return (source.length + target.length + 3 * triangleCount + pixels) * WORD_BYTES;
}

/** All pixels of the canvas that the triangles may cover. */
function boundRun(run: TriangleRun, canvas: Surface): Box {
  const { target, triangles } = run;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const end = (run.firstTriangle + run.triangleCount) * 3;
  for (let i = run.firstTriangle * 3; i < end; i += 1) {
    const x = target[triangles[i]! * 2]!;
    const y = target[triangles[i]! * 2 + 1]!;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  const x = Math.max(0, Math.floor(left));
  const y = Math.max(0, Math.floor(top));
  const width = Math.min(canvas.width, Math.ceil(right)) - x;
  const height = Math.min(canvas.height, Math.ceil(bottom)) - y;
  return { x, y, width, height };
}

type Part = Box & { pixels: Int32Array };

/** Copies a part of a canvas out of it, or back into it. */
function copyPart(canvas: Surface, part: Part, way: 'out' | 'back'): void {
  for (let row = 0; row < part.height; row += 1) {
    const at = (part.y + row) * canvas.width + part.x;
    const own = canvas.pixels.subarray(at, at + part.width);
    const copy = part.pixels.subarray(row * part.width, (row + 1) * part.width);
    if (way === 'out') copy.set(own);
    else own.set(copy);
  }
}
