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
  /** Closed outlines as point indices in walking order, the first point not repeated. */
  oval: Uint16Array;
  outerLips: Uint16Array;
  innerLips: Uint16Array;
  /** The person's own left and right eye. */
  leftEye: Uint16Array;
  rightEye: Uint16Array;
};

type Edge = [from: number, to: number];

/** The middle of the upper lip's inner rim; tells the two outlines of the lips apart. */
const INNER_LIP_POINT = 13;

let cached: FaceTopology | null = null;

/**
 * Reads the tables on the first call and keeps them. The arrays are shared: treat them as constant.
 */
export function readFaceTopology(): FaceTopology {
  cached ??= loadTopology();
  return cached;
}

function loadTopology(): FaceTopology {
  const tables = createContext({});
  runInContext(readFileSync(packagePath('holistic.js'), 'utf8'), tables);
  const edges = (name: string) => (tables as Record<string, Edge[]>)[name] ?? [];
  const lips = joinLoops(edges('FACEMESH_LIPS'));
  const isInner = (loop: Uint16Array) => loop.includes(INNER_LIP_POINT);
  return {
    triangles: joinTriangles(edges('FACEMESH_TESSELATION')),
    oval: onlyLoop(joinLoops(edges('FACEMESH_FACE_OVAL'))),
    outerLips: onlyLoop(lips.filter((loop) => !isInner(loop))),
    innerLips: onlyLoop(lips.filter(isInner)),
    leftEye: onlyLoop(joinLoops(edges('FACEMESH_LEFT_EYE'))),
    rightEye: onlyLoop(joinLoops(edges('FACEMESH_RIGHT_EYE'))),
  };
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

function onlyLoop(loops: Uint16Array[]): Uint16Array {
  if (loops.length !== 1)
    throw new Error(`Expected one outline of the face, found ${loops.length}.`);
  return loops[0]!;
}
