/** Evens out a face's deformation where it would turn triangles over, and only there. */

import { FACE_LANDMARK_COUNT, type Face } from '../model/pose.ts';

/** A triangle may shrink to this share of its area. */
const AREA_SHARE_MIN = 0.05;
/** Triangles of less than this share of the face are specks whose turning cannot be seen. */
const SPECK_SHARE = 1.2e-4;
const SMOOTH_ROUNDS_MAX = 60;
const CALM_ROUNDS_MAX = 30;
/** After so many rounds one more ring of points around a turned triangle is calmed. */
const CALM_ROUNDS_A_RING = 6;
const SHRINK_ROUNDS_MAX = 40;
const SHRINK_STEP = 0.85;
/** Turned triangles that are less than this share of the face may stay at the very last. */
const LEFT_SHARE = 1.5e-3;
/** So few are left after this many rounds, before calming takes the expression away. */
const SPECKS_SHARE = 5e-4;
const CALM_ROUNDS_ENOUGH = 12;

/**
 * Makes a function that changes a deformed copy of `source`, in place, until every triangle keeps
 * its orientation in the picture plane that is seen at all in `source`. Points of turned triangles
 * take over the mean movement of their neighbours, so that the movement itself is kept; should that
 * not be enough (a temple that a turn of the head hides), they and what lies around them come to
 * move as one. At the very last a few small ones are left turned, which is hardly seen, or else the
 * whole deformation is taken back: the face would jump for a frame.
 */
export function createUnfold(source: Face, triangles: Uint16Array): (target: Face) => void {
  const neighbours = findNeighbours(triangles);
  const seen = findSeen(source, triangles);
  return (target) => {
    for (let round = 0; round < SMOOTH_ROUNDS_MAX; round += 1) {
      const turned = listTurned(seen, target, triangles);
      if (turned.length === 0) return;
      smoothAround(source, target, triangles, turned, neighbours);
    }
    let best: Face | null = null;
    let bestShare = LEFT_SHARE;
    for (let round = 0; round < CALM_ROUNDS_MAX; round += 1) {
      const turned = listTurned(seen, target, triangles);
      if (turned.length === 0) return;
      const share = shareOf(seen, turned);
      if (share < bestShare) {
        best = Float32Array.from(target);
        bestShare = share;
      }
      if (round >= CALM_ROUNDS_ENOUGH && bestShare < SPECKS_SHARE) break;
      const reach = 1 + Math.floor(round / CALM_ROUNDS_A_RING);
      for (const triangle of turned) {
        const corners = triangles.subarray(triangle * 3, triangle * 3 + 3);
        calmAround(source, target, corners, reach, neighbours);
      }
    }
    if (best && listTurned(seen, target, triangles).length > 0) {
      target.set(best);
      return;
    }
    for (let round = 0; round < SHRINK_ROUNDS_MAX; round += 1) {
      if (listTurned(seen, target, triangles).length === 0) return;
      for (let i = 0; i < target.length; i += 1) {
        target[i] = source[i]! + SHRINK_STEP * (target[i]! - source[i]!);
      }
    }
    // 0.85^40 leaves 0.15 % of a movement; what still turns then does so by rounding alone.
    target.set(source);
  };
}

/**
 * Numbers of the triangles that are turned over, or nearly, against `source`. Triangles that face
 * away there already (the far cheek of a turned head, the rim of closed lips) and specks do not
 * count.
 */
export function findTurned(source: Face, target: Face, triangles: Uint16Array): number[] {
  return listTurned(findSeen(source, triangles), target, triangles);
}

/** The triangles that count, and their areas in the source. */
type Seen = { numbers: Uint16Array; areas: Float64Array; whole: number };

/** How much of the face these triangles are. */
function shareOf({ areas, whole }: Seen, triangles: readonly number[]): number {
  return triangles.reduce((sum, triangle) => sum + areas[triangle]!, 0) / whole;
}

function findSeen(source: Face, triangles: Uint16Array): Seen {
  const face = frontArea(source, triangles);
  const speck = SPECK_SHARE * Math.abs(face);
  const areas = Float64Array.from({ length: triangles.length / 3 }, (_, triangle) =>
    areaOf(source, triangles, triangle),
  );
  const numbers = Uint16Array.from(areas.keys()).filter(
    (triangle) => areas[triangle]! * Math.sign(face) >= speck,
  );
  return { numbers, areas, whole: face };
}

function listTurned({ numbers, areas }: Seen, target: Face, triangles: Uint16Array): number[] {
  const result: number[] = [];
  for (const triangle of numbers) {
    const share = areaOf(target, triangles, triangle) / areas[triangle]!;
    if (share < AREA_SHARE_MIN) result.push(triangle);
  }
  return result;
}

function smoothAround(
  source: Face,
  target: Face,
  triangles: Uint16Array,
  turned: readonly number[],
  neighbours: readonly (readonly number[])[],
): void {
  const touched = new Set<number>();
  for (const triangle of turned) {
    for (let corner = 0; corner < 3; corner += 1) touched.add(triangles[triangle * 3 + corner]!);
  }
  const moves: [number, number][] = [];
  for (const point of touched) {
    const around = neighbours[point]!;
    for (let axis = 0; axis < 3; axis += 1) {
      const at = point * 3 + axis;
      let mean = 0;
      for (const other of around) {
        mean += (target[other * 3 + axis]! - source[other * 3 + axis]!) / around.length;
      }
      moves.push([at, source[at]! + 0.4 * (target[at]! - source[at]!) + 0.6 * mean]);
    }
  }
  for (const [at, value] of moves) target[at] = value;
}

/** Brings the points up to `reach` rings around a turned triangle nearer to their mean movement. */
function calmAround(
  source: Face,
  target: Face,
  corners: Uint16Array,
  reach: number,
  neighbours: readonly (readonly number[])[],
): void {
  const points = new Set<number>(corners);
  for (let ring = 0; ring < reach; ring += 1) {
    for (const point of [...points]) for (const other of neighbours[point]!) points.add(other);
  }
  for (let axis = 0; axis < 3; axis += 1) {
    let mean = 0;
    for (const point of points) {
      mean += (target[point * 3 + axis]! - source[point * 3 + axis]!) / points.size;
    }
    for (const point of points) {
      const at = point * 3 + axis;
      target[at] = source[at]! + mean + SHRINK_STEP * (target[at]! - source[at]! - mean);
    }
  }
}

function findNeighbours(triangles: Uint16Array): number[][] {
  const sets = Array.from({ length: FACE_LANDMARK_COUNT }, () => new Set<number>());
  for (let i = 0; i < triangles.length; i += 3) {
    for (let corner = 0; corner < 3; corner += 1) {
      sets[triangles[i + corner]!]!.add(triangles[i + ((corner + 1) % 3)]!);
      sets[triangles[i + corner]!]!.add(triangles[i + ((corner + 2) % 3)]!);
    }
  }
  return sets.map((set) => [...set]);
}

/** Signed area of the whole face; its sign is that of a triangle seen from the front. */
function frontArea(face: Face, triangles: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < triangles.length / 3; i += 1) sum += areaOf(face, triangles, i);
  return sum;
}

/** Twice the area, positive when the corners run clockwise in the picture. */
function areaOf(face: Face, triangles: Uint16Array, triangle: number): number {
  const a = triangles[triangle * 3]! * 3;
  const b = triangles[triangle * 3 + 1]! * 3;
  const c = triangles[triangle * 3 + 2]! * 3;
  const ax = face[a]!;
  const ay = face[a + 1]!;
  return (face[b]! - ax) * (face[c + 1]! - ay) - (face[b + 1]! - ay) * (face[c]! - ax);
}
