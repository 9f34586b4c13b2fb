/**
 * In which order the triangles of a puppet are painted, so that an arm passes under the hair, a
 * hand over the face and a leg under the skirt although they share one mesh.
 */

import {
  BONES,
  type Bone,
  INFLUENCES_MAX,
  type Layer,
  LIMB_CHAINS,
  LIMBS,
  type Limb,
  type Mesh,
} from './character.ts';

/** Later ranks are painted over earlier ones. */
const RANK = { leg: 0, torso: 1, upperArm: 2, head: 3, forearm: 4 } as const;

/** A stretch of triangles of one layer that is painted in one go. */
export type PaintRun = {
  /** Index into the layers. */
  layer: number;
  firstTriangle: number;
  triangleCount: number;
  /** The limb that all these triangles mostly belong to, or null for torso and head. */
  limb: Limb | null;
  rank: number;
};

/**
 * Group of a triangle: paint rank and limb in one small number, so that equal groups are equal
 * numbers.
 */
function groupOfTriangle(layerName: Layer['name'], mesh: Mesh, triangle: number): number {
  const totals = new Float32Array(BONES.length);
  for (let corner = 0; corner < 3; corner++) {
    const vertex = mesh.triangles[triangle * 3 + corner]!;
    for (let i = vertex * INFLUENCES_MAX; i < (vertex + 1) * INFLUENCES_MAX; i++) {
      totals[mesh.boneIndices[i]!]! += mesh.boneWeights[i]!;
    }
  }
  const bone = BONES[totals.indexOf(Math.max(...totals))]!;
  if (layerName === 'head') return encodeGroup(RANK.head, null);
  if (layerName === 'leftForearm') return encodeGroup(RANK.forearm, 'leftArm');
  if (layerName === 'rightForearm') return encodeGroup(RANK.forearm, 'rightArm');
  if (layerName === 'leftHand') return encodeGroup(RANK.forearm, 'leftArm');
  if (layerName === 'rightHand') return encodeGroup(RANK.forearm, 'rightArm');
  if (layerName === 'leftLeg' || layerName === 'rightLeg') return encodeGroup(RANK.leg, layerName);
  const limb = limbOfBone(bone);
  if (layerName === 'leftArm' || layerName === 'rightArm') {
    const isLower = limb === layerName && !bone.endsWith('UpperArm');
    return encodeGroup(isLower ? RANK.forearm : RANK.upperArm, layerName);
  }
  if (bone === 'head') return encodeGroup(RANK.head, null);
  if (limb === null) return encodeGroup(RANK.torso, null);
  if (limb.endsWith('Leg')) return encodeGroup(RANK.leg, limb);
  return encodeGroup(bone.endsWith('UpperArm') ? RANK.upperArm : RANK.forearm, limb);
}

function encodeGroup(rank: number, limb: Limb | null): number {
  return rank * (LIMBS.length + 1) + (limb === null ? 0 : LIMBS.indexOf(limb) + 1);
}

function limbOfBone(bone: Bone): Limb | null {
  return LIMBS.find((limb) => LIMB_CHAINS[limb].some((own) => own === bone)) ?? null;
}

/**
 * Puts the triangles of a mesh into painting order, so that each {@link PaintRun} is contiguous.
 * Stable.
 */
export function sortTriangles(layerName: Layer['name'], mesh: Mesh): Mesh {
  const count = mesh.triangles.length / 3;
  const groups = Uint8Array.from({ length: count }, (_, i) => groupOfTriangle(layerName, mesh, i));
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => groups[a]! - groups[b]!);
  const triangles = new Uint32Array(mesh.triangles.length);
  order.forEach((from, to) => {
    triangles.set(mesh.triangles.subarray(from * 3, from * 3 + 3), to * 3);
  });
  return { ...mesh, triangles };
}

/**
 * Runs of triangles in painting order, back to front: legs, torso, upper arms, head, forearms with
 * hands; within a rank in the order of the layers. A renderer that wants an arm behind the torso
 * paints the runs of that limb first.
 */
export function paintOrder(layers: readonly Layer[]): PaintRun[] {
  const runs: PaintRun[] = [];
  layers.forEach((layer, index) => {
    const count = layer.mesh.triangles.length / 3;
    let group = -1;
    for (let triangle = 0; triangle < count; triangle++) {
      const next = groupOfTriangle(layer.name, layer.mesh, triangle);
      if (next === group) {
        runs[runs.length - 1]!.triangleCount++;
        continue;
      }
      group = next;
      const limb = LIMBS[(next % (LIMBS.length + 1)) - 1] ?? null;
      const rank = Math.floor(next / (LIMBS.length + 1));
      runs.push({ layer: index, firstTriangle: triangle, triangleCount: 1, limb, rank });
    }
  });
  return runs.sort((a, b) => a.rank - b.rank || a.layer - b.layer);
}
