/**
 * Moves the vertices of the puppet with its joints: torso as a bending strip, limbs as stretching
 * bones, head as one piece.
 */

import { mapPoint, writeBoneMatrix, writeHeadMatrix } from '../model/bone-matrix.ts';
import {
  BONES,
  type Character,
  INFLUENCES_MAX,
  type Layer,
  LIMB_BONES,
  type LimbBone,
} from '../model/character.ts';
import type { PerformanceFrame } from '../model/performance.ts';
import { applySleeve, findSleeves, type SleeveHang } from '../model/sleeve.ts';
import { applySway, findSway } from '../model/sway.ts';
import {
  spineAngle,
  type TorsoFrame,
  torsoCoordinates,
  torsoFrame,
  torsoPoint,
} from '../model/torso.ts';
import { createBorderPins } from './border.ts';
import { createHeadBump, type HeadBump } from './head-bump.ts';
import { createPivotBlend, findPivot, NO_PIVOT, readBends, sideOfPivot } from './pivots.ts';
import { createRoundEnds } from './round-ends.ts';
import { createRoots, findRoots, type Root } from './round-roots.ts';

const TORSO = BONES.indexOf('torso');
const HEAD = BONES.indexOf('head');

/** What is known about the vertices of one layer before any frame. */
type LayerSkin = {
  bind: Float32Array;
  indices: Uint8Array;
  weights: Float32Array;
  /** `u`, `v` of each vertex. */
  torso: Float32Array;
  /** Joint (index * 2) that the two main bones of a vertex turn about, or NO_PIVOT. */
  pivots: Uint8Array;
  /** On which side of the bones a vertex lies at its pivot: -1..1, positive clockwise of them. */
  sides: Float32Array;
  /** 0 free, 1 fixed to its place at the border of the picture. */
  pins: Float32Array;
  /** Number, plus one, of the wide sleeve whose root a vertex belongs to; 0 for none. */
  roots: Uint8Array;
};

/** Writes the places of all vertices of layer `layer` in a frame to `out` (x, y pairs). */
export type Skin = {
  pose(frame: PerformanceFrame): void;
  place(layer: number, out: Float32Array): void;
};

/** Prepares the vertices of a character. `pose` sets the frame that later `place` calls use. */
export function createSkin(character: Character): Skin {
  const bindAngle = spineAngle(character.joints);
  const bindFrame = torsoFrame(character.joints, bindAngle);
  const pins = createBorderPins(character);
  const layers = character.layers.map((layer) => prepareLayer(layer, character, bindFrame, pins));
  const roots = createRoots(character);
  const ends = character.layers.map((layer) => createRoundEnds(character, layer));
  const matrices = new Float64Array(BONES.length * 6);
  const bump = createHeadBump(character);
  const swaying = findSway(character);
  const cloths = findSleeves(character);
  let sway: Float32Array | null = null;
  let hangs: SleeveHang | null = null;
  let bodyScale = 1;
  let torso = bindFrame;
  let joints = character.joints;
  let bends = readBends(joints, joints);
  return {
    pose(frame) {
      joints = frame.joints;
      sway = frame.sway ?? null;
      hangs = frame.sleeves ?? null;
      bodyScale = frame.bodyScale;
      torso = torsoFrame(joints, bindAngle);
      bends = readBends(character.joints, joints);
      for (const root of roots) root.turn(joints);
      writeMatrices(character, frame, matrices);
      bump.turn(frame.face ? 0 : frame.head.yaw, frame.face ? 0 : frame.head.pitch);
    },
    place(layer, out) {
      placeLayer(layers[layer]!, torso, matrices, joints, bends, roots, bump, out);
      ends[layer]?.(joints, bodyScale, out);
      if (sway && swaying) applySway(swaying[layer]!, sway, out);
      for (const cloth of cloths) {
        const hang = hangs?.[cloth.sleeve.side];
        if (!hang || cloth.layer !== layer) continue;
        applySleeve(cloth, layers[layer]!.bind, joints, hang, bodyScale, out);
      }
    },
  };
}

function prepareLayer(
  layer: Layer,
  { joints, wideSleeves = [] }: Character,
  bindFrame: TorsoFrame,
  pinAt: (x: number, y: number) => number,
): LayerSkin {
  const { positions, boneIndices, boneWeights } = layer.mesh;
  const count = positions.length / 2;
  const torso = new Float32Array(count * 2);
  const pivots = new Uint8Array(count).fill(NO_PIVOT);
  const sides = new Float32Array(count);
  const pins = new Float32Array(count);
  for (let vertex = 0; vertex < count; vertex += 1) {
    const x = positions[vertex * 2]!;
    const y = positions[vertex * 2 + 1]!;
    torso.set(torsoCoordinates(bindFrame, x, y), vertex * 2);
    pivots[vertex] = findPivot(boneIndices, boneWeights, vertex);
    sides[vertex] = sideOfPivot(joints, pivots[vertex]!, x, y);
    pins[vertex] = pinAt(x, y) * (1 - armWeight(boneIndices, boneWeights, vertex));
  }
  return {
    bind: positions,
    indices: boneIndices,
    weights: boneWeights,
    torso,
    pivots,
    sides,
    pins,
    roots: findRoots(layer.mesh, wideSleeves),
  };
}

function armWeight(indices: Uint8Array, weights: Float32Array, vertex: number): number {
  let sum = 0;
  for (let i = vertex * INFLUENCES_MAX; i < (vertex + 1) * INFLUENCES_MAX; i += 1) {
    if (/Arm|Forearm|Hand/.test(BONES[indices[i]!]!)) sum += weights[i]!;
  }
  return Math.min(sum, 1);
}

/** One affine map a bone (xx, xy, yx, yy, x, y); the torso has none. */
function writeMatrices(character: Character, frame: PerformanceFrame, out: Float64Array): void {
  const { joints, head, headScale, bodyScale } = frame;
  for (const [index, bone] of BONES.entries()) {
    const limb = LIMB_BONES[bone as LimbBone];
    if (limb) writeBoneMatrix(character.joints, joints, limb, bodyScale, out, index * 6);
    else if (bone === 'head') {
      writeHeadMatrix(character.joints, joints, head.roll, headScale, out, index * 6);
    } else out.set([1, 0, 0, 1, 0, 0], index * 6);
  }
}

function placeLayer(
  skin: LayerSkin,
  torso: TorsoFrame,
  matrices: Float64Array,
  joints: Float32Array,
  bends: Float64Array,
  arms: readonly Root[],
  bump: HeadBump,
  out: Float32Array,
): void {
  const { bind, indices, weights, pivots, sides, pins, roots } = skin;
  const point = new Float64Array(2);
  const blend = createPivotBlend();
  for (let vertex = 0; vertex < pivots.length; vertex += 1) {
    const x = bind[vertex * 2]!;
    const y = bind[vertex * 2 + 1]!;
    const pivot = pivots[vertex]!;
    let sumX = 0;
    let sumY = 0;
    const root = roots[vertex]! > 0 ? arms[roots[vertex]! - 1]! : null;
    root?.begin(x, y);
    if (pivot !== NO_PIVOT) blend.begin(pivot, joints, bends[pivot]!);
    for (let i = vertex * INFLUENCES_MAX; i < (vertex + 1) * INFLUENCES_MAX; i += 1) {
      const weight = weights[i]!;
      if (weight <= 0) continue;
      const bone = indices[i]!;
      if (bone === TORSO) {
        torsoPoint(torso, skin.torso[vertex * 2]!, skin.torso[vertex * 2 + 1]!, point, 0);
      } else if (bone === HEAD) headPoint(matrices, bump, x, y, point);
      else mapPoint(matrices, bone * 6, x, y, point);
      sumX += weight * point[0]!;
      sumY += weight * point[1]!;
      root?.add(bone, weight, point[0]!, point[1]!);
      if (pivot !== NO_PIVOT) blend.add(bone, weight, point[0]!, point[1]!);
    }
    point[0] = sumX;
    point[1] = sumY;
    root?.round(point);
    if (pivot !== NO_PIVOT) blend.round(sides[vertex]!, point);
    const pin = pins[vertex]!;
    out[vertex * 2] = point[0]! + pin * (x - point[0]!);
    out[vertex * 2 + 1] = point[1]! + pin * (y - point[1]!);
  }
}

function headPoint(
  matrices: Float64Array,
  bump: HeadBump,
  x: number,
  y: number,
  out: Float64Array,
): void {
  bump.move(x, y, out);
  mapPoint(matrices, HEAD * 6, out[0]!, out[1]!, out);
}
