/** Of a sleeve that folds over itself one sees the outside: its opening is painted first. */

import type { JointPositions, Layer } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { paintOrder } from '../../model/paint-order.ts';
import type { Side } from '../segment/parts.ts';

/**
 * The mesh of an arm, sorted as it is painted, with the triangles of forearm and hand in the order
 * from the opening of the sleeve to the elbow. `joints` are in the pixels of the mesh.
 */
export function paintInsideFirst(
  { name, mesh }: Pick<Layer, 'name' | 'mesh'>,
  joints: JointPositions,
  side: Side,
): Layer['mesh'] {
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const [alongX, alongY] = [wrist.x - elbow.x, wrist.y - elbow.y];
  const placeOf = (corners: Uint32Array): number =>
    corners.reduce((sum, vertex) => {
      const [x, y] = [mesh.positions[vertex * 2]!, mesh.positions[vertex * 2 + 1]!];
      return sum + alongX * x + alongY * y;
    }, 0);
  const run = paintOrder([{ name, mesh, x: 0, y: 0, texture: NO_TEXTURE }]).at(-1);
  if (run === undefined) return mesh;
  const triangles = Uint32Array.from(mesh.triangles);
  const rows = Array.from({ length: run.triangleCount }, (_, n) => {
    const corners = mesh.triangles.subarray(
      (run.firstTriangle + n) * 3,
      (run.firstTriangle + n + 1) * 3,
    );
    return { corners, place: placeOf(corners) };
  });
  rows.sort((a, b) => b.place - a.place);
  for (const [n, { corners }] of rows.entries()) {
    triangles.set(corners, (run.firstTriangle + n) * 3);
  }
  return { ...mesh, triangles };
}

/** The order does not depend on what the mesh shows. */
const NO_TEXTURE = { width: 0, height: 0, data: new Uint8Array() };
