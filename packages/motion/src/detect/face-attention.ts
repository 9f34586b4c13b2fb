/**
 * Runs the Attention Mesh network (Grishchenko et al. 2020), which looks at lips and eyes once more
 * and closely. It is cut where it moves its attention, because the runtime lacks those operations:
 * the crops of its features are taken here, and each goes to the part that reads it.
 */

import { FACE_STRIDE } from '../model/pose.ts';
import { readPackedModel } from './model-files.ts';
import { compileNetwork, type Network } from './runtime.ts';
import { cutNetwork } from './trim-network.ts';

/** All in pixels of the network's input, 192 x 192. */
export type AttentiveReading = {
  /** The 468 points, x, y and z, with lips and eyes where the closer look found them. */
  points: Float32Array;
  /** Middle and four rim points of each iris, x and y: `right` is the person's own. */
  irises: { right: Float32Array; left: Float32Array };
  /** The network's raw presence of a face. */
  presence: number;
};

export type AttentionMesh = {
  /** Null when the network answers with something that is not a number. */
  run(input: Float32Array): Promise<AttentiveReading | null>;
  close(): void;
};

/** Maps a place of a crop to the input, in pixels of both. */
type Placement = { x: number; y: number; xx: number; xy: number; yx: number; yy: number };

type Part = {
  /** Names of its input and its outputs in the network. */
  input: string;
  outputs: readonly string[];
  /** The points it reads, in its order; the crop is laid around where they were found first. */
  points: readonly number[];
  /** The crop lies along the line between these two. */
  line: readonly [from: number, to: number];
};

/** Features that the crops are taken of: 48 x 48 places of 32 numbers. */
const FEATURES = 'p_re_lu_3';
const FEATURE_SIDE = 48;
const CHANNELS = 32;
const CROP_SIDE = 16;
/** Pixels of the input for one place of the features, and of a crop for one of its places. */
const PIXELS_A_PLACE = 4;
/** A crop is this much larger than the box around its points. */
const MARGIN = 1.5;

const LIPS: Part = {
  input: 'transform_tensor_bilinear_v2',
  outputs: ['conv_lips'],
  points: [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78,
    95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77,
    90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89,
    179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407,
  ],
  line: [61, 291],
};
/** The network names the eyes by their side of the picture. */
const RIGHT_EYE: Part = {
  input: 'transform_tensor_bilinear_v2_1',
  outputs: ['conv_left_eye', 'conv_left_iris'],
  points: [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24,
    23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244,
    113, 225, 224, 223, 222, 221, 189, 35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121,
    128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
  ],
  line: [33, 133],
};
const LEFT_EYE: Part = {
  input: 'transform_tensor_bilinear_v2_2',
  outputs: ['conv_right_eye', 'conv_right_iris'],
  points: [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339,
    254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451,
    452, 453, 464, 342, 445, 444, 443, 442, 441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346,
    347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336, 285, 417,
  ],
  line: [362, 263],
};
const PARTS = [LIPS, RIGHT_EYE, LEFT_EYE] as const;

/** Loads the network, in four pieces, into the runtime of this thread. */
export async function openAttentionMesh(): Promise<AttentionMesh> {
  const bytes = await readPackedModel('face_landmark_with_attention');
  const open: Network[] = [];
  const compile = async (input: string | null, outputs: readonly string[]): Promise<Network> => {
    const network = await compileNetwork(cutNetwork(bytes, input, outputs));
    open.push(network);
    return network;
  };
  const close = (): void => {
    for (const network of open) network.close();
  };
  try {
    const base = await compile(null, [FEATURES, 'output_mesh_identity', 'conv_faceflag']);
    const parts: Network[] = [];
    for (const { input, outputs } of PARTS) parts.push(await compile(input, outputs));
    return { run: (input) => runPieces(base, parts, input), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function runPieces(
  base: Network,
  parts: readonly Network[],
  input: Float32Array,
): Promise<AttentiveReading | null> {
  const [features, mesh, flag] = await base.run(input);
  const points = Float32Array.from(mesh!);
  if (!points.every(Number.isFinite) || !Number.isFinite(flag![0]!)) return null;
  const irises: Float32Array[] = [];
  const crop = new Float32Array(CROP_SIDE * CROP_SIDE * CHANNELS);
  for (const [i, part] of PARTS.entries()) {
    const place = placeCrop(mesh!, part);
    cropFeatures(features!, place, crop);
    const [found, iris] = await parts[i]!.run(crop);
    if (!found!.every(Number.isFinite)) return null;
    movePoints(found!, place);
    for (const [k, point] of part.points.entries()) {
      points[point * FACE_STRIDE] = found![k * 2]!;
      points[point * FACE_STRIDE + 1] = found![k * 2 + 1]!;
    }
    if (iris === undefined) continue;
    movePoints(iris, place);
    irises.push(iris);
  }
  return { points, irises: { right: irises[0]!, left: irises[1]! }, presence: flag![0]! };
}

/** The crop around the points of a part: turned with its line, `MARGIN` times as large as they. */
function placeCrop(mesh: Float32Array, { points, line }: Part): Placement {
  const at = (point: number): [number, number] => [
    mesh[point * FACE_STRIDE]!,
    mesh[point * FACE_STRIDE + 1]!,
  ];
  const [from, to] = [at(line[0]), at(line[1])];
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const point of points) {
    const [x, y] = at(point);
    const [u, v] = [x * cos + y * sin, y * cos - x * sin];
    left = Math.min(left, u);
    right = Math.max(right, u);
    top = Math.min(top, v);
    bottom = Math.max(bottom, v);
  }
  const side = CROP_SIDE * PIXELS_A_PLACE;
  const scaleX = (MARGIN * (right - left)) / side;
  const scaleY = (MARGIN * (bottom - top)) / side;
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  const placement = {
    xx: cos * scaleX,
    xy: -sin * scaleY,
    yx: sin * scaleX,
    yy: cos * scaleY,
  };
  const half = side / 2;
  return {
    ...placement,
    x: u * cos - v * sin - half * (placement.xx + placement.xy),
    y: u * sin + v * cos - half * (placement.yx + placement.yy),
  };
}

/** Samples the features between their places; nothing is known beyond their border. */
function cropFeatures(features: Float32Array, place: Placement, crop: Float32Array): void {
  crop.fill(0);
  const last = FEATURE_SIDE - 1;
  for (let row = 0; row < CROP_SIDE; row += 1) {
    for (let column = 0; column < CROP_SIDE; column += 1) {
      // Middles of places are half a place away from their corners, in the crop and outside.
      const [u, v] = [(column + 0.5) * PIXELS_A_PLACE, (row + 0.5) * PIXELS_A_PLACE];
      const x = (place.x + place.xx * u + place.xy * v) / PIXELS_A_PLACE - 0.5;
      const y = (place.y + place.yx * u + place.yy * v) / PIXELS_A_PLACE - 0.5;
      if (x < 0 || y < 0 || x > last || y > last) continue;
      sampleFeatures(features, x, y, crop, (row * CROP_SIDE + column) * CHANNELS);
    }
  }
}

function sampleFeatures(
  features: Float32Array,
  x: number,
  y: number,
  crop: Float32Array,
  out: number,
): void {
  const column = Math.min(Math.floor(x), FEATURE_SIDE - 2);
  const row = Math.min(Math.floor(y), FEATURE_SIDE - 2);
  const [fx, fy] = [x - column, y - row];
  const at = (row * FEATURE_SIDE + column) * CHANNELS;
  const below = at + FEATURE_SIDE * CHANNELS;
  for (let i = 0; i < CHANNELS; i += 1) {
    const upper = (1 - fx) * features[at + i]! + fx * features[at + CHANNELS + i]!;
    const lower = (1 - fx) * features[below + i]! + fx * features[below + CHANNELS + i]!;
    crop[out + i] = (1 - fy) * upper + fy * lower;
  }
}

/** Carries points of a crop to the input, in place. */
function movePoints(points: Float32Array, { x, y, xx, xy, yx, yy }: Placement): void {
  for (let i = 0; i < points.length; i += 2) {
    const [u, v] = [points[i]!, points[i + 1]!];
    points[i] = x + xx * u + xy * v;
    points[i + 1] = y + yx * u + yy * v;
  }
}
