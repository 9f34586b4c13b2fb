/**
 * Keeps the mesh over a forehead without folds: under hair the network lays points of the forehead
 * below those of a raised brow, and a mesh that is folded in the picture shows a scratch of hair
 * where the brow comes down.
 */

/** Points between the brows and the oval; nothing but their neighbours tells where they move. */
const FOREHEAD = [71, 68, 104, 69, 108, 301, 298, 333, 299, 337] as const;
/** Points settle between their neighbours in so many rounds. */
const ROUNDS = 20;

/** Points that lie between their neighbours, in the picture and wherever these move. */
export type LoosePoints = readonly { point: number; neighbours: readonly number[] }[];

/**
 * Finds the points of the forehead that belong to folded triangles.
 *
 * @param places x and y of all points in the picture
 */
export function findLoose(places: Float32Array, triangles: ArrayLike<number>): LoosePoints {
  const facing = Array.from({ length: triangles.length / 3 }, (_, i) =>
    Math.sign(areaOf(places, triangles[i * 3]!, triangles[i * 3 + 1]!, triangles[i * 3 + 2]!)),
  );
  const usual = Math.sign(facing.reduce((sum, sign) => sum + sign, 0));
  return FOREHEAD.flatMap((point) => {
    let isFolded = false;
    const neighbours = new Set<number>();
    for (const [i, sign] of facing.entries()) {
      const corners = [0, 1, 2].map((corner) => triangles[i * 3 + corner]!);
      if (!corners.includes(point)) continue;
      isFolded ||= sign === -usual;
      for (const corner of corners) if (corner !== point) neighbours.add(corner);
    }
    return isFolded ? [{ point, neighbours: [...neighbours] }] : [];
  });
}

/** Moves loose points between their neighbours; in place. */
export function settleLoose(places: Float32Array, loose: LoosePoints): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { point, neighbours } of loose) {
      for (const axis of [0, 1]) {
        const sum = neighbours.reduce((total, other) => total + places[other * 2 + axis]!, 0);
        places[point * 2 + axis] = sum / neighbours.length;
      }
    }
  }
}

function areaOf(places: Float32Array, a: number, b: number, c: number): number {
  const [x, y] = [places[a * 2]!, places[a * 2 + 1]!];
  return (
    (places[b * 2]! - x) * (places[c * 2 + 1]! - y) -
    (places[b * 2 + 1]! - y) * (places[c * 2]! - x)
  );
}
