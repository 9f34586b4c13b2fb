/**
 * Keeps the roots of arms in wide sleeves round: cloth between trunk and upper arm goes around the
 * shoulder, where plain blending would pull a raised arm to a wedge.
 */

import { wrapAngle } from '../model/angles.ts';
import {
  BONES,
  type Character,
  INFLUENCES_MAX,
  type JointPositions,
  type Mesh,
} from '../model/character.ts';
import { jointAt } from '../model/joints.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { spineAngle } from '../model/torso.ts';

/** An arm turns by no more than this across the chest; all other turns lead outwards. */
const ACROSS_MAX = 0.6 * Math.PI;
const TORSO = BONES.indexOf('torso');
/** A turn of so many radians tells inside and outside apart. */
const TURN_CLEAR = 0.35;
/** This part of the way to the arc is gone, as hanging cloth never fills it. */
const ARC_SHARE = 0.87;
/** Vertices that other bones move by more than this are none of a root. */
const OTHERS_MAX = 0.03;
const SHARE_MIN = 0.01;

/** The root of one arm: `begin` a vertex, `add` what its bones want, then `round` its place. */
export type Root = {
  /** Sets the pose of a frame. */
  turn(joints: JointPositions): void;
  /** Starts the vertex that lies at a place of the bind pose. */
  begin(x: number, y: number): void;
  add(bone: number, weight: number, x: number, y: number): void;
  /**
   * Moves the plainly blended place in `point` onto the arc around the shoulder, on the outside of
   * its turn: inside, cloth gives way.
   */
  round(point: Float64Array): void;
};

/** For each vertex of a mesh the number of its root in `limbs`, plus one; 0 for all others. */
export function findRoots(
  { boneIndices, boneWeights }: Mesh,
  limbs: readonly string[],
): Uint8Array {
  const bones = limbs.map((limb) =>
    BONES.indexOf(limb === 'leftArm' ? 'leftUpperArm' : 'rightUpperArm'),
  );
  const roots = new Uint8Array(boneIndices.length / INFLUENCES_MAX);
  for (let vertex = 0; vertex < roots.length; vertex += 1) {
    const shares = new Float32Array(BONES.length);
    for (let i = vertex * INFLUENCES_MAX; i < (vertex + 1) * INFLUENCES_MAX; i += 1) {
      shares[boneIndices[i]!]! += boneWeights[i]!;
    }
    const trunk = shares[TORSO]!;
    const found = bones.findIndex(
      (bone) => shares[bone]! > SHARE_MIN && shares[bone]! + trunk > 1 - OTHERS_MAX,
    );
    if (found >= 0 && trunk > SHARE_MIN) roots[vertex] = found + 1;
  }
  return roots;
}

/** The roots of all arms of a character that are in wide sleeves, in their order. */
export function createRoots({ joints: bind, wideSleeves = [] }: Character): Root[] {
  return wideSleeves.map((limb) => createRoot(bind, limb === 'leftArm' ? 'left' : 'right'));
}

function createRoot(bind: JointPositions, side: 'left' | 'right'): Root {
  // Clockwise on one side, anticlockwise on the other.
  const outward = jointAt(bind, `${side}Shoulder`).x > jointAt(bind, 'neck').x ? -1 : 1;
  const middle = jointAt(bind, `${side}Shoulder`);
  const elbow = jointAt(bind, `${side}Elbow`);
  const upper = Math.hypot(elbow.x - middle.x, elbow.y - middle.y) || 1;
  const [axisX, axisY] = [(elbow.x - middle.x) / upper, (elbow.y - middle.y) / upper];
  let pivot = middle;
  const upperArm = BONES.indexOf(`${side}UpperArm`);
  let turned = 0;
  let share = 0;
  let inside = 0;
  const [trunk, arm] = [new Float64Array(2), new Float64Array(2)];
  return {
    turn(joints) {
      pivot = jointAt(joints, `${side}Shoulder`);
      const raised = wrapAngle(outward * (armAngle(joints, side) - armAngle(bind, side)));
      turned = outward * (raised < -ACROSS_MAX ? raised + 2 * Math.PI : raised);
    },
    begin(x, y) {
      share = 0;
      const [dx, dy] = [x - middle.x, y - middle.y];
      // Sine of the way from the upper arm to the vertex, positive clockwise.
      const across = (axisX * dy - axisY * dx) / (Math.hypot(dx, dy) || 1);
      inside = smoothstep(-1, 1, 2 * across * clamp(turned / TURN_CLEAR, -1, 1));
    },
    add(bone, weight, x, y) {
      if (bone !== TORSO && bone !== upperArm) return;
      const place = bone === TORSO ? trunk : arm;
      if (bone === upperArm) share += weight;
      place[0] = x - pivot.x;
      place[1] = y - pivot.y;
    },
    round(point) {
      const from = Math.atan2(trunk[1]!, trunk[0]!);
      const way = turned + wrapAngle(Math.atan2(arm[1]!, arm[0]!) - from - turned);
      const reach = mix(Math.hypot(trunk[0]!, trunk[1]!), Math.hypot(arm[0]!, arm[1]!), share);
      const angle = from + share * way;
      const round = ARC_SHARE * (1 - inside);
      point[0] = mix(point[0]!, pivot.x + reach * Math.cos(angle), round);
      point[1] = mix(point[1]!, pivot.y + reach * Math.sin(angle), round);
    },
  };
}

/** Angle of an upper arm against the spine. */
function armAngle(joints: JointPositions, side: 'left' | 'right'): number {
  const [from, to] = [jointAt(joints, `${side}Shoulder`), jointAt(joints, `${side}Elbow`)];
  return Math.atan2(to.y - from.y, to.x - from.x) - spineAngle(joints);
}
