/** Covers a layer's pixels with triangles whose corners know which bones move them. */

import { INFLUENCES_MAX, type Layer, type Mesh } from '../../model/character.ts';
import type { Box } from '../../model/geometry.ts';
import type { RgbaImage } from '../../model/image.ts';
import { dilate } from '../pixels/binary.ts';
import { storeInfluences } from './weights.ts';

/** Side of a cell in pixels. */
export const CELL = 8;

/** Inside `box` what a texture shows is bent over its edges by up to `reach`, in picture pixels. */
export type Bending = { box: Box; reach: number };

/**
 * A grid over all cells of `texture` (which sits at `box.x`, `box.y` of the picture) that have any
 * alpha, two triangles a cell. The grid lines are at multiples of {@link CELL} of the picture, so
 * that layers share their vertices. `weigh` is asked in picture pixels. Where the texture will be
 * bent, clear cells beside others have triangles too: what is bent into them would be cut off in
 * squares.
 */
export function buildMesh(
  texture: RgbaImage,
  box: Box,
  name: Layer['name'],
  weigh: (x: number, y: number, layer: Layer['name']) => Float32Array,
  bending: Bending | null = null,
): Mesh {
  const firstColumn = Math.floor(box.x / CELL);
  const firstRow = Math.floor(box.y / CELL);
  const columns = Math.ceil((box.x + box.width) / CELL) - firstColumn;
  const rows = Math.ceil((box.y + box.height) / CELL) - firstRow;
  const vertices = new Int32Array((columns + 1) * (rows + 1)).fill(-1);
  const positions: number[] = [];
  const triangles: number[] = [];
  const vertexAt = (column: number, row: number): number => {
    const slot = row * (columns + 1) + column;
    if (vertices[slot] === -1) {
      vertices[slot] = positions.length / 2;
      const x = (firstColumn + column) * CELL;
      const y = (firstRow + row) * CELL;
      positions.push(
        Math.min(box.x + box.width, Math.max(box.x, x)),
        Math.min(box.y + box.height, Math.max(box.y, y)),
      );
    }
    return vertices[slot]!;
  };
  const seen = findUsedCells(texture, box, firstColumn, firstRow, columns, rows);
  const used = bending ? growCells(seen, columns, firstColumn, firstRow, bending) : seen;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (used[row * columns + column] === 0) continue;
      const a = vertexAt(column, row);
      const b = vertexAt(column + 1, row);
      const c = vertexAt(column, row + 1);
      const d = vertexAt(column + 1, row + 1);
      // Alternating diagonals bend alike in all directions.
      if ((column + row) % 2 === 0) triangles.push(a, b, c, b, d, c);
      else triangles.push(a, b, d, a, d, c);
    }
  }
  return weighMesh(Float32Array.from(positions), Uint32Array.from(triangles), name, weigh);
}

function weighMesh(
  positions: Float32Array,
  triangles: Uint32Array,
  name: Layer['name'],
  weigh: (x: number, y: number, layer: Layer['name']) => Float32Array,
): Mesh {
  const count = positions.length / 2;
  const boneIndices = new Uint8Array(count * INFLUENCES_MAX);
  const boneWeights = new Float32Array(count * INFLUENCES_MAX);
  for (let vertex = 0; vertex < count; vertex++) {
    const weights = weigh(positions[vertex * 2]!, positions[vertex * 2 + 1]!, name);
    storeInfluences(weights, vertex, boneIndices, boneWeights);
  }
  return { positions, triangles, boneIndices, boneWeights };
}

/** 1 for each cell in which any pixel is not fully transparent. */
function findUsedCells(
  texture: RgbaImage,
  box: Box,
  firstColumn: number,
  firstRow: number,
  columns: number,
  rows: number,
): Uint8Array {
  const used = new Uint8Array(columns * rows);
  for (let y = 0; y < texture.height; y++) {
    const row = Math.floor((y + box.y) / CELL) - firstRow;
    for (let x = 0; x < texture.width; x++) {
      if (texture.data[(y * texture.width + x) * 4 + 3] === 0) continue;
      const column = Math.floor((x + box.x) / CELL) - firstColumn;
      used[row * columns + column] = 1;
    }
  }
  return used;
}

/** Adds the cells around used ones that something may be bent into. */
function growCells(
  used: Uint8Array,
  columns: number,
  firstColumn: number,
  firstRow: number,
  { box, reach }: Bending,
): Uint8Array {
  const near = dilate(used, columns, used.length / columns, Math.ceil(reach / CELL));
  return used.map((value, i) => {
    const x = ((i % columns) + firstColumn) * CELL;
    const y = (Math.floor(i / columns) + firstRow) * CELL;
    const isBeside = x + CELL <= box.x || x >= box.x + box.width;
    const isOutside = isBeside || y + CELL <= box.y || y >= box.y + box.height;
    return value === 1 || (near[i] === 1 && !isOutside) ? 1 : 0;
  });
}
