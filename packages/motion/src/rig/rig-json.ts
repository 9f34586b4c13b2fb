/**
 * The text form of a puppet, made for people: one vertex, landmark or joint a line, bones by name.
 */

import {
  BONES,
  type Character,
  FOREARM_LAYERS,
  type Framing,
  HAND_LAYERS,
  INFLUENCES_MAX,
  JOINTS,
  type Layer,
  LIMBS,
  type Mesh,
} from '../model/character.ts';
import { MotionError } from '../model/finding.ts';
import { HAND_POINT_COUNT, HAND_STRIDE, type Hand } from '../model/hand.ts';
import {
  failAt,
  findField,
  type JsonNode,
  parseJson,
  readField,
  readFinding,
  readInteger,
  readList,
  readNumber,
  readOneOf,
  readRows,
} from '../model/json-reader.ts';
import {
  FACE_LANDMARK_COUNT,
  FACE_STRIDE,
  POSE_LANDMARK_COUNT,
  POSE_STRIDE,
} from '../model/pose.ts';

/** Raised when the meaning of a field changes; older files are refused. */
const RIG_VERSION = 1;
/** Longest side of a picture that a rig may speak of, in pixels. */
const SIZE_MAX = 8192;
const VERTICES_MAX = 200_000;
/** Weights are written in steps of one part in this many. */
const WEIGHT_STEPS = 100_000;
/** Weights of a vertex must sum to 1 within this. */
const WEIGHT_SUM_TOLERANCE = 0.01;

const FRAMINGS = [
  'full-body',
  'three-quarter',
  'half-body',
  'head-and-shoulders',
] as const satisfies Framing[];
const LAYER_NAMES = ['body', 'head', ...LIMBS, ...HAND_LAYERS, ...FOREARM_LAYERS] as const;

type Hands = NonNullable<Character['hands']>;

/** Everything of a character except its pictures. */
export type Rig = Omit<Character, 'layers' | 'plate' | 'picture'> & {
  layers: Omit<Layer, 'texture'>[];
};

export function encodeRig(character: Rig): string {
  const joints = JOINTS.map((name, i) => [name, pair(character.joints, i)] as const);
  return `${[
    '{',
    `  "version": ${RIG_VERSION},`,
    `  "width": ${character.width},`,
    `  "height": ${character.height},`,
    `  "framing": "${character.framing}",`,
    `  "movingLimbs": ${JSON.stringify(character.movingLimbs)},`,
    ...(character.wideSleeves
      ? [`  "wideSleeves": ${JSON.stringify(character.wideSleeves)},`]
      : []),
    ...(character.eyes ? [`  "eyes": "${character.eyes}",`] : []),
    `  "findings": ${JSON.stringify(character.findings)},`,
    '  "joints": {',
    joints.map(([name, place]) => `    "${name}": ${JSON.stringify(place)}`).join(',\n'),
    '  },',
    `  "layers": [\n${character.layers.map(encodeLayer).join(',\n')}\n  ],`,
    `  "pose": ${encodeRows(character.pose, POSE_STRIDE)},`,
    `  "face": ${encodeRows(character.face, FACE_STRIDE)}${character.hands ? ',' : ''}`,
    ...(character.hands ? [encodeHands(character.hands)] : []),
    '}',
  ].join('\n')}\n`;
}

function encodeHands({ left, right }: Hands): string {
  return `  "hands": { "left": ${encodeRows(left, HAND_STRIDE)}, "right": ${encodeRows(right, HAND_STRIDE)} }`;
}

function encodeLayer(layer: Omit<Layer, 'texture'>): string {
  const { mesh } = layer;
  const vertices = Array.from({ length: mesh.positions.length / 2 }, (_, vertex) => {
    const row: (number | string)[] = pair(mesh.positions, vertex);
    const from = vertex * INFLUENCES_MAX;
    const shares = roundWeights(mesh.boneWeights.subarray(from, from + INFLUENCES_MAX));
    for (const [i, share] of shares.entries()) {
      if (share > 0) row.push(BONES[mesh.boneIndices[from + i]!]!, share / WEIGHT_STEPS);
    }
    return `      ${JSON.stringify(row)}`;
  });
  const triangles = Array.from({ length: mesh.triangles.length / 3 }, (_, triangle) =>
    JSON.stringify(Array.from(mesh.triangles.subarray(triangle * 3, triangle * 3 + 3))),
  );
  return [
    '    {',
    `      "name": "${layer.name}", "x": ${layer.x}, "y": ${layer.y},`,
    `      "vertices": [\n${vertices.join(',\n')}\n      ],`,
    `      "triangles": [${triangles.join(',')}]`,
    '    }',
  ].join('\n');
}

/**
 * Weights in whole steps that add up to one: reading divides by the sum, and a rig that is written
 * again must not change by that.
 */
function roundWeights(weights: Float32Array): number[] {
  const shares = Array.from(weights, (weight) => Math.round(weight * WEIGHT_STEPS));
  const surplus = shares.reduce((sum, share) => sum + share, 0) - WEIGHT_STEPS;
  shares[shares.indexOf(Math.max(...shares))]! -= surplus;
  return shares;
}

function encodeRows(values: Float32Array | null, stride: number): string {
  if (values === null) return 'null';
  const rows = Array.from({ length: values.length / stride }, (_, i) =>
    JSON.stringify(Array.from(values.subarray(i * stride, (i + 1) * stride), (v) => round(v, 3))),
  );
  return `[\n    ${rows.join(',\n    ')}\n  ]`;
}

function pair(values: Float32Array, i: number): number[] {
  return [round(values[i * 2]!, 2), round(values[i * 2 + 1]!, 2)];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/**
 * Throws a `MotionError` (`character_invalid`) that names the field when the text is not a rig of
 * this version.
 */
export function decodeRig(text: string): Rig {
  const root = parseJson(text, refuseRig);
  readInteger(readField(root, 'version'), RIG_VERSION, RIG_VERSION);
  const nullable = (key: string, count: number, stride: number): Float32Array | null => {
    const node = readField(root, key);
    return node.value === null ? null : readRows(node, count, stride);
  };
  const places = readField(root, 'joints');
  const hands = findField(root, 'hands');
  const wide = findField(root, 'wideSleeves');
  const eyes = findField(root, 'eyes');
  return {
    width: readInteger(readField(root, 'width'), 1, SIZE_MAX),
    height: readInteger(readField(root, 'height'), 1, SIZE_MAX),
    framing: readOneOf(readField(root, 'framing'), FRAMINGS),
    movingLimbs: readList(readField(root, 'movingLimbs')).map((node) => readOneOf(node, LIMBS)),
    ...(wide ? { wideSleeves: readList(wide).map((node) => readOneOf(node, LIMBS)) } : {}),
    ...(eyes ? { eyes: readOneOf(eyes, ['drawn']) } : {}),
    findings: readList(readField(root, 'findings')).map(readFinding),
    joints: Float32Array.from(
      JOINTS.flatMap((name) => readList(readField(places, name), 2).map(readNumber)),
    ),
    layers: readList(readField(root, 'layers')).map(decodeLayer),
    pose: nullable('pose', POSE_LANDMARK_COUNT, POSE_STRIDE),
    face: nullable('face', FACE_LANDMARK_COUNT, FACE_STRIDE),
    ...(hands ? { hands: decodeHands(hands) } : {}),
  };
}

function decodeHands(node: JsonNode): Hands {
  const read = (hand: JsonNode): Hand | null =>
    hand.value === null ? null : readRows(hand, HAND_POINT_COUNT, HAND_STRIDE);
  return { left: read(readField(node, 'left')), right: read(readField(node, 'right')) };
}

function refuseRig(problem: string, cause?: unknown): never {
  throw new MotionError(
    {
      code: 'character_invalid',
      severity: 'error',
      message: `rig.json cannot be used: ${problem}.`,
    },
    { cause },
  );
}

function decodeLayer(node: JsonNode): Omit<Layer, 'texture'> {
  const vertices = readList(readField(node, 'vertices'));
  if (vertices.length > VERTICES_MAX) {
    failAt(readField(node, 'vertices'), `may have ${VERTICES_MAX} items, not ${vertices.length}`);
  }
  const mesh: Mesh = {
    positions: new Float32Array(vertices.length * 2),
    triangles: Uint32Array.from(
      readList(readField(node, 'triangles')).flatMap((row) =>
        readList(row, 3).map((corner) => readInteger(corner, 0, vertices.length - 1)),
      ),
    ),
    boneIndices: new Uint8Array(vertices.length * INFLUENCES_MAX),
    boneWeights: new Float32Array(vertices.length * INFLUENCES_MAX),
  };
  vertices.forEach((row, vertex) => {
    decodeVertex(row, vertex, mesh);
  });
  return {
    name: readOneOf(readField(node, 'name'), LAYER_NAMES),
    x: readInteger(readField(node, 'x'), -SIZE_MAX, SIZE_MAX),
    y: readInteger(readField(node, 'y'), -SIZE_MAX, SIZE_MAX),
    mesh,
  };
}

/** A vertex is x, y and then up to four pairs of bone and weight. */
function decodeVertex(node: JsonNode, vertex: number, mesh: Mesh): void {
  const [x, y, ...pairs] = readList(node);
  if (x === undefined || y === undefined) failAt(node, 'must begin with x and y');
  mesh.positions[vertex * 2] = readNumber(x);
  mesh.positions[vertex * 2 + 1] = readNumber(y);
  const count = pairs.length / 2;
  if (!Number.isInteger(count) || count < 1 || count > INFLUENCES_MAX) {
    failAt(node, `must go on with 1 to ${INFLUENCES_MAX} pairs of bone and weight`);
  }
  let sum = 0;
  for (let n = 0; n < count; n++) {
    const weight = readNumber(pairs[n * 2 + 1]!);
    if (weight < 0) failAt(pairs[n * 2 + 1]!, 'must not be negative');
    mesh.boneIndices[vertex * INFLUENCES_MAX + n] = BONES.indexOf(readOneOf(pairs[n * 2]!, BONES));
    mesh.boneWeights[vertex * INFLUENCES_MAX + n] = weight;
    sum += weight;
  }
  if (Math.abs(sum - 1) > WEIGHT_SUM_TOLERANCE) {
    failAt(node, `has weights that sum to ${sum.toFixed(3)} instead of 1`);
  }
  for (let n = 0; n < count; n++) mesh.boneWeights[vertex * INFLUENCES_MAX + n]! /= sum;
}
