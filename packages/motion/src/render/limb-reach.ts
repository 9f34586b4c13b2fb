/** Where limbs come while the shutter is open, and which triangles are seen there. */

import type { Character, Limb } from '../model/character.ts';
import type { Box } from '../model/geometry.ts';
import type { PaintRun } from '../model/paint-order.ts';

/** A vertex that goes less far than this stands still, in pixels. */
const WAY_MIN = 0.7;

/** The places of all vertices in the frame itself, and where they come from and go to. */
export type Paths = readonly [
  here: readonly Float32Array[],
  from: readonly Float32Array[],
  to: readonly Float32Array[],
];

/** How far each vertex of a layer comes while the shutter is open. */
export type Reach = {
  /** Left, top, right and bottom of each vertex on its way. */
  bounds: Float32Array;
  /** 1 where a vertex moves, else 0. */
  moves: Uint8Array;
};

/** Room for the vertices of a layer. */
export function makeReach(vertexCount: number): Reach {
  return { bounds: new Float32Array(4 * vertexCount), moves: new Uint8Array(vertexCount) };
}

/** Looks once at each vertex, so that nobody has to look at all corners of all triangles. */
export function measureReach(
  [here, from, to]: Paths,
  layer: number,
  { bounds, moves }: Reach,
): void {
  const [a, b, c] = [here[layer]!, from[layer]!, to[layer]!];
  for (let vertex = 0; vertex < moves.length; vertex++) {
    const at = 2 * vertex;
    const [x, fromX, toX] = [a[at]!, b[at]!, c[at]!];
    const [y, fromY, toY] = [a[at + 1]!, b[at + 1]!, c[at + 1]!];
    bounds[2 * at] = Math.min(x, fromX, toX);
    bounds[2 * at + 1] = Math.min(y, fromY, toY);
    bounds[2 * at + 2] = Math.max(x, fromX, toX);
    bounds[2 * at + 3] = Math.max(y, fromY, toY);
    const way = Math.max(Math.hypot(fromX - x, fromY - y), Math.hypot(toX - x, toY - y));
    moves[vertex] = way > WAY_MIN ? 1 : 0;
  }
}

/** Where triangles of a limb are that move while the shutter is open. */
export function boxAround(
  { layers }: Character,
  runs: readonly PaintRun[],
  limb: Limb,
  reaches: readonly Reach[],
): Box[] {
  const around = openBounds();
  for (const { limb: of, layer, firstTriangle, triangleCount } of runs) {
    if (of !== limb) continue;
    const { triangles } = layers[layer]!.mesh;
    const { bounds, moves } = reaches[layer]!;
    const end = 3 * (firstTriangle + triangleCount);
    for (let i = 3 * firstTriangle; i < end; i += 3) {
      const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
      if (moves[a] === 0 && moves[b] === 0 && moves[c] === 0) continue;
      addReach(around, bounds, a);
      addReach(around, bounds, b);
      addReach(around, bounds, c);
    }
  }
  if (around.left > around.right) return [];
  const [x, y] = [Math.floor(around.left) - 1, Math.floor(around.top) - 1];
  return [
    { x, y, width: Math.ceil(around.right) + 1 - x, height: Math.ceil(around.bottom) + 1 - y },
  ];
}

function addReach(around: Bounds, bounds: Float32Array, vertex: number): void {
  extend(around, bounds[4 * vertex]!, bounds[4 * vertex + 1]!);
  extend(around, bounds[4 * vertex + 2]!, bounds[4 * vertex + 3]!);
}

/** The triangles of each run from `first` on that touch a box somewhere on their way. */
export function listTriangles(
  { layers }: Character,
  runs: readonly PaintRun[],
  first: number,
  { x, y, width, height }: Box,
  reaches: readonly Reach[],
): Uint32Array[] {
  const [right, bottom] = [x + width, y + height];
  return runs.map(({ layer, firstTriangle, triangleCount }, index) => {
    const chosen: number[] = [];
    const { triangles } = layers[layer]!.mesh;
    const { bounds } = reaches[layer]!;
    const end = index < first ? 0 : 3 * (firstTriangle + triangleCount);
    for (let i = 3 * firstTriangle; i < end; i += 3) {
      const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
      const [atA, atB, atC] = [4 * a, 4 * b, 4 * c];
      if (Math.min(bounds[atA]!, bounds[atB]!, bounds[atC]!) > right) continue;
      if (Math.min(bounds[atA + 1]!, bounds[atB + 1]!, bounds[atC + 1]!) > bottom) continue;
      if (Math.max(bounds[atA + 2]!, bounds[atB + 2]!, bounds[atC + 2]!) < x) continue;
      if (Math.max(bounds[atA + 3]!, bounds[atB + 3]!, bounds[atC + 3]!) < y) continue;
      chosen.push(a, b, c);
    }
    return new Uint32Array(chosen);
  });
}

export type Bounds = { left: number; top: number; right: number; bottom: number };

/** Of nothing yet. */
export function openBounds(): Bounds {
  return { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
}

/** Makes room for one more point. */
export function extend(bounds: Bounds, x: number, y: number): void {
  if (x < bounds.left) bounds.left = x;
  if (x > bounds.right) bounds.right = x;
  if (y < bounds.top) bounds.top = y;
  if (y > bounds.bottom) bounds.bottom = y;
}
