/**
 * Decodes the single-shot detectors (SSD, Liu et al. 2016) that find bodies and faces in a whole
 * picture.
 */

import type { Point } from '../model/geometry.ts';

/** A found object in coordinates of the network's input, 0..1 along each side. */
export type Detection = {
  x: number;
  y: number;
  width: number;
  height: number;
  score: number;
  keypoints: Point[];
};

export type AnchorOptions = {
  side: number;
  /** One entry per anchor pair of a cell; equal strides share a grid. */
  strides: readonly number[];
};

export type DecodeOptions = {
  side: number;
  keypointCount: number;
  scoreMin: number;
};

/** Two boxes that overlap more than this part of their union are one object. */
const OVERLAP_MAX = 0.3;

/** At most this many candidates are compared with each other. */
const CANDIDATES_MAX = 200;

/** Beyond this a score is 0 or 1 for certain; it only keeps `exp` within its range. */
const LOGIT_MAX = 100;

const ANCHORS_PER_LAYER = 2;

/** Centres of the anchors, x and y in 0..1, layer by layer in the order of the network's rows. */
export function makeAnchors(options: AnchorOptions): Float32Array {
  const centres: number[] = [];
  for (let layer = 0; layer < options.strides.length; ) {
    const stride = options.strides[layer]!;
    let copies = 0;
    while (options.strides[layer] === stride) {
      copies += ANCHORS_PER_LAYER;
      layer += 1;
    }
    pushGrid(centres, Math.ceil(options.side / stride), copies);
  }
  return Float32Array.from(centres);
}

function pushGrid(centres: number[], cells: number, copies: number): void {
  for (let row = 0; row < cells; row += 1) {
    for (let column = 0; column < cells; column += 1) {
      for (let copy = 0; copy < copies; copy += 1) {
        centres.push((column + 0.5) / cells, (row + 0.5) / cells);
      }
    }
  }
}

/**
 * Turns raw network rows into separate objects, best score first.
 *
 * @param boxes per anchor: centre x, y, width, height, then keypoint pairs, in input pixels
 * relative to the anchor
 * @param logits one per anchor
 */
export function decodeDetections(
  boxes: Float32Array,
  logits: Float32Array,
  anchors: Float32Array,
  options: DecodeOptions,
): Detection[] {
  const rowLength = 4 + 2 * options.keypointCount;
  const candidates: Detection[] = [];
  for (let i = 0; i < logits.length; i += 1) {
    const score = sigmoid(logits[i]!);
    // Written so that a NaN score is refused too.
    if (!(score >= options.scoreMin)) continue;
    const row = boxes.subarray(i * rowLength, (i + 1) * rowLength);
    if (!row.every(Number.isFinite)) continue;
    candidates.push(decodeRow(row, anchors[2 * i]!, anchors[2 * i + 1]!, score, options.side));
  }
  candidates.sort((a, b) => b.score - a.score);
  return keepSeparate(candidates.slice(0, CANDIDATES_MAX));
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-Math.max(-LOGIT_MAX, Math.min(LOGIT_MAX, logit))));
}

function decodeRow(
  row: Float32Array,
  anchorX: number,
  anchorY: number,
  score: number,
  side: number,
): Detection {
  const width = row[2]! / side;
  const height = row[3]! / side;
  const keypoints: Point[] = [];
  for (let i = 4; i < row.length; i += 2) {
    keypoints.push({ x: row[i]! / side + anchorX, y: row[i + 1]! / side + anchorY });
  }
  return {
    x: row[0]! / side + anchorX - width / 2,
    y: row[1]! / side + anchorY - height / 2,
    width,
    height,
    score,
    keypoints,
  };
}

function keepSeparate(candidates: Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of candidates) {
    if (kept.every((other) => measureOverlap(candidate, other) <= OVERLAP_MAX)) {
      kept.push(candidate);
    }
  }
  return kept;
}

function measureOverlap(a: Detection, b: Detection): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
