/** A hand comes out of its sleeve: it is painted over the cloth that swings behind it. */

import type { JointPositions, Mesh } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { distanceToSegment } from '../../model/segment.ts';
import type { Side } from '../segment/parts.ts';

/** Past its hem the hand is seen between these shares of the way from the wrist to its joint. */
const HAND_START = 0.75;
const HAND_REACH = 1.7;
/** What is nearer to it than so many palms is painted last. */
const NEAR_PALMS = 0.65;

/**
 * The mesh of an arm, sorted as it is painted, with the triangles around its hand at the end. They
 * belong to the last run, of forearm and hand, so that the runs stay whole. Stable. `joints` are in
 * the pixels of the mesh.
 */
export function paintHandLast(mesh: Mesh, joints: JointPositions, side: Side): Mesh {
  const wrist = jointAt(joints, `${side}Wrist`);
  const hand = jointAt(joints, `${side}Hand`);
  const heel = between(wrist, hand, HAND_START);
  const tip = between(wrist, hand, HAND_REACH);
  const reach = NEAR_PALMS * Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
  const isHand = (corners: Uint32Array): boolean => {
    let [x, y] = [0, 0];
    for (const vertex of corners) {
      x += mesh.positions[vertex * 2]! / 3;
      y += mesh.positions[vertex * 2 + 1]! / 3;
    }
    return distanceToSegment(x, y, heel.x, heel.y, tip.x, tip.y) < reach;
  };
  const rows = Array.from({ length: mesh.triangles.length / 3 }, (_, n) =>
    mesh.triangles.subarray(n * 3, n * 3 + 3),
  );
  const sorted = [...rows.filter((row) => !isHand(row)), ...rows.filter(isHand)];
  const triangles = new Uint32Array(mesh.triangles.length);
  for (const [n, corners] of sorted.entries()) triangles.set(corners, n * 3);
  return { ...mesh, triangles };
}
