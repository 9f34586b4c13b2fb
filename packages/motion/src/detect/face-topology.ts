/**
 * How the 468 face points hang together, read from the tables of the installed @mediapipe/holistic
 * package.
 */

import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { packagePath } from './model-files.ts';

export type FaceTopology = {
  /** Point indices, three a triangle; `852 * 3`. */
  triangles: Uint16Array;
  /** Closed outline of the face as point indices in walking order, the first one not repeated. */
  oval: Uint16Array;
};

type Edge = [from: number, to: number];

let cached: FaceTopology | null = null;

/**
 * Reads the tables on the first call and keeps them. The arrays are shared: treat them as constant.
 */
export function readFaceTopology(): FaceTopology {
  cached ??= loadTopology();
  return cached;
}

/**
 * Reads one of the package's tables of outlines, such as `FACEMESH_LIPS`: closed outlines as point
 * indices in walking order.
 */
export function readOutlines(table: string): Uint16Array[] {
  return joinLoops(readEdges(table));
}

function loadTopology(): FaceTopology {
  const [oval, ...others] = readOutlines('FACEMESH_FACE_OVAL');
  if (oval === undefined || others.length > 0) {
    throw new Error(`Expected one outline of the face, found ${oval ? others.length + 1 : 0}.`);
  }
  return { triangles: joinTriangles(readEdges('FACEMESH_TESSELATION')), oval };
}

function readEdges(table: string): Edge[] {
  const tables: Record<string, Edge[]> = {};
  runInContext(readFileSync(packagePath('holistic.js'), 'utf8'), createContext(tables));
  return tables[table] ?? [];
}

/** The table lists each triangle as its three edges a-b, b-c, c-a in a row. */
function joinTriangles(edges: Edge[]): Uint16Array {
  const triangles = new Uint16Array(edges.length);
  for (let i = 0; i + 2 < edges.length; i += 3) {
    const [a, b, c] = [edges[i]!, edges[i + 1]!, edges[i + 2]!];
    if (a[1] !== b[0] || b[1] !== c[0] || c[1] !== a[0]) {
      throw new Error('The face tessellation is not a list of triangles.');
    }
    triangles.set([a[0], b[0], c[0]], i);
  }
  return triangles;
}

/** Joins loose edges into closed outlines, whatever way each edge is written. */
export function joinLoops(edges: Edge[]): Uint16Array[] {
  const neighbours = new Map<number, number[]>();
  for (const [from, to] of edges) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const seen = new Set<number>();
  const loops: Uint16Array[] = [];
  for (const start of neighbours.keys()) {
    const loop: number[] = [];
    let at: number | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      loop.push(at);
      at = neighbours.get(at)!.find((next) => !seen.has(next));
    }
    if (loop.length > 0) loops.push(Uint16Array.from(loop));
  }
  return loops;
}
