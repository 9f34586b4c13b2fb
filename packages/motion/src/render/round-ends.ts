/**
 * Keeps the ends of cut sleeves round: what lies past a joint turns with its bone, but is not
 * shortened with it, so that an arm that points at the camera ends in a stump and not in a blade.
 */

import {
  BONES,
  type Character,
  INFLUENCES_MAX,
  type JointPositions,
  type Layer,
  LIMB_BONES,
  type LimbBone,
} from '../model/character.ts';
import { jointAt, jointDistance } from '../model/joints.ts';

/** Moves the places (x, y pairs) of one layer; `scale` is the size of the body. */
export type RoundEnds = (joints: JointPositions, scale: number, out: Float32Array) => void;

/** The round ends of a layer that is a piece of a cut sleeve; null for all others. */
export function createRoundEnds(
  { joints: bind, layers }: Character,
  layer: Layer,
): RoundEnds | null {
  const bone = boneOfPiece(layers, layer);
  if (bone === null) return null;
  const [from, to] = LIMB_BONES[bone];
  const { positions, boneIndices, boneWeights } = layer.mesh;
  const length = jointDistance(bind, from, to) || 1;
  const [start, end] = [jointAt(bind, from), jointAt(bind, to)];
  const [ux, uy] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const index = BONES.indexOf(bone);
  const past = Float32Array.from({ length: positions.length / 2 }, (_, vertex) => {
    const dx = positions[vertex * 2]! - start.x;
    const dy = positions[vertex * 2 + 1]! - start.y;
    const along = ux * dx + uy * dy;
    let weight = 0;
    for (let i = vertex * INFLUENCES_MAX; i < (vertex + 1) * INFLUENCES_MAX; i++) {
      if (boneIndices[i] === index) weight += boneWeights[i]!;
    }
    return weight * (Math.min(0, along) + Math.max(0, along - length));
  });
  return (joints, scale, out) => {
    const [a, b] = [jointAt(joints, from), jointAt(joints, to)];
    const now = Math.hypot(b.x - a.x, b.y - a.y) || 1e-6;
    const missing = scale - now / length;
    const [stepX, stepY] = [(missing * (b.x - a.x)) / now, (missing * (b.y - a.y)) / now];
    for (let vertex = 0; vertex < past.length; vertex++) {
      out[vertex * 2]! += past[vertex]! * stepX;
      out[vertex * 2 + 1]! += past[vertex]! * stepY;
    }
  };
}

/** The bone that carries a piece of a cut sleeve. */
function boneOfPiece(layers: readonly Layer[], { name }: Layer): LimbBone | null {
  if (name === 'leftForearm' || name === 'rightForearm') return name;
  for (const side of ['left', 'right'] as const) {
    const isCut = layers.some((layer) => layer.name === `${side}Forearm`);
    if (isCut && name === `${side}Arm`) return `${side}UpperArm`;
  }
  return null;
}
