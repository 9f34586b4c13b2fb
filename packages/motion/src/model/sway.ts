/**
 * What swings after the body: the cloth of a skirt and the hair beside a face. A few nodes swing
 * each, and every vertex takes its share of the nodes around it.
 */

import { BONES, type Character, INFLUENCES_MAX, type JointPositions } from './character.ts';
import { jointAt } from './joints.ts';
import { clamp, smoothstep } from './scalar.ts';
import { spineAngle, torsoCoordinates, torsoFrame } from './torso.ts';

/** A node in the bind pose. */
export type SwayNode = {
  part: 'skirt' | 'hair';
  /** How freely it swings, 0..1. */
  share: number;
  /** Sideways, in the coordinates of its part; positive towards the character's left. */
  side: number;
  /** Bind place in picture pixels. */
  x: number;
  y: number;
};

/** Vertices of a layer that swing: their numbers, and up to four nodes and weights of each. */
export type SwayInfluences = { vertices: Uint32Array; nodes: Uint8Array; weights: Float32Array };

/** Rows of nodes by their share; at share 0 nothing swings. */
const SHARES = [0.5, 1] as const;
const SKIRT_SIDES = [-1.3, -0.5, 0.5, 1.3] as const;
const HAIR_SIDES = [-0.75, 0.75] as const;
/** A skirt swings from the first height to the second (spine lengths above the pelvis). */
const SKIRT_RANGE = [0.12, -0.55] as const;
/** Hair swings from the first height to the second (neck to ears), and beside the face only. */
const HAIR_RANGE = [0.95, -0.7] as const;
const HAIR_BESIDE = [0.45, 0.7] as const;
/** Vertices that swing less than this do not. */
const SHARE_MIN = 0.02;
/** Fewer vertices that swing freely are a seam, not cloth. */
const VERTICES_MIN = 12;
/** A skirt has at least this part of its vertices near the hem; a crotch has none there. */
const HEM_SHARE = 0.75;
const HEM_PART_MIN = 0.15;
/** Cloth of a skirt hangs at least this much from the torso; trousers do not. */
const CLOTH_WEIGHT = 0.3;
/** The nodes around a vertex: of two rows, and of two sides. */
const NODES_PER_VERTEX = 4;

const TORSO = BONES.indexOf('torso');
const HEAD = BONES.indexOf('head');
const GROUND = BONES.indexOf('ground');

/** All nodes, in the order of `PerformanceFrame.sway`: two rows of a skirt, two of hair. */
export function swayNodes({ joints }: Character): SwayNode[] {
  const place = createPlaces(joints);
  return (['skirt', 'hair'] as const).flatMap((part) =>
    SHARES.flatMap((share) =>
      (part === 'skirt' ? SKIRT_SIDES : HAIR_SIDES).map((side) => {
        const range = part === 'skirt' ? SKIRT_RANGE : HAIR_RANGE;
        // Half of a smoothstep is reached half-way.
        const height = range[0] + (range[1] - range[0]) * share;
        return { part, share, side, ...place[part](height, side) };
      }),
    ),
  );
}

/** The vertices of each layer that swing; null for a character with nothing that does. */
export function findSway(character: Character): SwayInfluences[] | null {
  const nodes = swayNodes(character);
  const measure = createMeasure(character);
  const all = character.layers.map(({ name, mesh }) => {
    if (name !== 'body' && name !== 'head') return [];
    return Array.from({ length: mesh.positions.length / 2 }, (_, vertex) =>
      measure(mesh, vertex),
    ).flatMap((found, vertex) => (found === null ? [] : [{ vertex, ...found }]));
  });
  const cloth = all.flat().filter(({ part }) => part === 'skirt');
  const hem = cloth.filter(({ share }) => share >= HEM_SHARE);
  const isSkirt = hem.length >= Math.max(VERTICES_MIN, HEM_PART_MIN * cloth.length);
  const swinging = all.map((layer) => layer.filter(({ part }) => part === 'hair' || isSkirt));
  if (swinging.flat().length < VERTICES_MIN) return null;
  return swinging.map((layer) => {
    const around = layer.flatMap((found) => surround(nodes, found));
    return {
      vertices: Uint32Array.from(layer, ({ vertex }) => vertex),
      nodes: Uint8Array.from(around, ({ node }) => node),
      weights: Float32Array.from(around, ({ weight }) => weight),
    };
  });
}

/** Moves the vertices of one layer (x, y pairs in `out`) by the nodes' offsets of a frame. */
export function applySway(
  { vertices, nodes, weights }: SwayInfluences,
  sway: Float32Array,
  out: Float32Array,
): void {
  for (const [i, vertex] of vertices.entries()) {
    for (let k = i * NODES_PER_VERTEX; k < (i + 1) * NODES_PER_VERTEX; k += 1) {
      out[vertex * 2]! += weights[k]! * sway[nodes[k]! * 2]!;
      out[vertex * 2 + 1]! += weights[k]! * sway[nodes[k]! * 2 + 1]!;
    }
  }
}

type Swinging = { part: SwayNode['part']; share: number; side: number; hold: number };

function createMeasure(
  character: Character,
): (mesh: Character['layers'][number]['mesh'], vertex: number) => Swinging | null {
  const { joints, movingLimbs } = character;
  const coordinates = createCoordinates(joints);
  // Below frozen legs nobody knows whether cloth hangs or stands.
  const hasLegs = movingLimbs.includes('leftLeg') && movingLimbs.includes('rightLeg');
  return ({ positions, boneIndices, boneWeights }, vertex) => {
    const weightOf = (bone: number): number => {
      let sum = 0;
      for (let i = vertex * INFLUENCES_MAX; i < (vertex + 1) * INFLUENCES_MAX; i += 1) {
        if (boneIndices[i] === bone) sum += boneWeights[i]!;
      }
      return sum;
    };
    const x = positions[vertex * 2]!;
    const y = positions[vertex * 2 + 1]!;
    const { u, v, h, side } = coordinates(x, y);
    const free = 1 - weightOf(GROUND);
    const skirt = smoothstep(...SKIRT_RANGE, u);
    const cloth = hasLegs ? clamp((weightOf(TORSO) - CLOTH_WEIGHT / 2) / CLOTH_WEIGHT, 0, 1) : 0;
    if (skirt * cloth * free > SHARE_MIN) {
      return { part: 'skirt', share: skirt, side: v, hold: cloth * free };
    }
    const hair = smoothstep(...HAIR_RANGE, h);
    const beside = smoothstep(...HAIR_BESIDE, Math.abs(side)) * weightOf(HEAD);
    if (hair * beside * free > SHARE_MIN) {
      return { part: 'hair', share: hair, side, hold: beside * free };
    }
    return null;
  };
}

/** The four nodes around a vertex; their offsets hold the share already. */
function surround(
  nodes: readonly SwayNode[],
  { part, share, side, hold }: Swinging,
): { node: number; weight: number }[] {
  const sides = part === 'skirt' ? SKIRT_SIDES : HAIR_SIDES;
  const first = nodes.findIndex((node) => node.part === part);
  const at = clamp(side, sides[0], sides[sides.length - 1]!);
  const right = Math.max(
    1,
    sides.findIndex((it) => it >= at),
  );
  const across = clamp((at - sides[right - 1]!) / (sides[right]! - sides[right - 1]!), 0, 1);
  const upper = share <= SHARES[0] ? share / SHARES[0] : (1 - share) / (1 - SHARES[0]);
  const lower = share <= SHARES[0] ? 0 : 1 - upper;
  return [upper, lower].flatMap((row, n) =>
    [1 - across, across].map((column, k) => ({
      node: first + n * sides.length + right - 1 + k,
      weight: hold * row * column,
    })),
  );
}

type Coordinates = { u: number; v: number; h: number; side: number };

function createCoordinates(joints: JointPositions): (x: number, y: number) => Coordinates {
  const torso = torsoFrame(joints, spineAngle(joints));
  const { neck, upX, upY, leftX, leftY, length } = skullAxes(joints);
  return (x, y) => {
    const [u, v] = torsoCoordinates(torso, x, y);
    const [dx, dy] = [x - neck.x, y - neck.y];
    return {
      u,
      v,
      h: (dx * upX + dy * upY) / length,
      side: (dx * leftX + dy * leftY) / length,
    };
  };
}

type Place = (height: number, side: number) => { x: number; y: number };

function createPlaces(joints: JointPositions): Record<SwayNode['part'], Place> {
  const torso = torsoFrame(joints, spineAngle(joints));
  const { neck, upX, upY, leftX, leftY, length } = skullAxes(joints);
  return {
    skirt: (u, v) => ({
      x: torso.pelvisX + u * torso.spineX + v * torso.hipX,
      y: torso.pelvisY + u * torso.spineY + v * torso.hipY,
    }),
    hair: (h, side) => ({
      x: neck.x + length * (h * upX + side * leftX),
      y: neck.y + length * (h * upY + side * leftY),
    }),
  };
}

/** The direction from the neck to the ears, and across it towards the left shoulder. */
function skullAxes(joints: JointPositions) {
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  const left = jointAt(joints, 'leftShoulder');
  const length = Math.max(1, Math.hypot(head.x - neck.x, head.y - neck.y));
  const upX = (head.x - neck.x) / length;
  const upY = (head.y - neck.y) / length;
  const facing = (left.x - neck.x) * -upY + (left.y - neck.y) * upX >= 0 ? 1 : -1;
  return { neck, upX, upY, leftX: -upY * facing, leftY: upX * facing, length };
}
