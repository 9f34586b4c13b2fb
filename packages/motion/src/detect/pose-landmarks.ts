/**
 * Reads the 33 body points and the person mask inside one region of a picture (BlazePose GHUM,
 * Bazarevsky et al. 2020).
 */

import type { Plane, RgbaImage } from '../model/image.ts';
import { POSE_LANDMARK_COUNT, POSE_STRIDE, type Pose } from '../model/pose.ts';
import { samplePlane } from '../model/resize.ts';
import { type PoseModel, readPoseModel } from './model-files.ts';
import { regionFromAxis } from './pose-detector.ts';
import { cropRegion, type Region, toPicture } from './region.ts';
import { compileNetwork } from './runtime.ts';
import { sigmoid } from './single-shot.ts';
import { trimNetwork } from './trim-network.ts';

export type PoseReading = {
  pose: Pose;
  /** Probability that a person is in the region. */
  score: number;
  /** Where to look in the next frame. */
  region: Region;
  /** Person probability of the whole picture, when asked for and made by the network. */
  mask: Plane | null;
};

export type PoseLandmarker = {
  /** Null when the network answers with something that is not a number. */
  read(image: RgbaImage, region: Region, options: { mask: boolean }): Promise<PoseReading | null>;
  close(): void;
};

const SIDE = 256;

/** The network's rows: 33 body points, then helpers of which 33 and 34 span the next region. */
const ROW_COUNT = 39;
const ROW_LENGTH = 5;
const CENTRE_ROW = 33;
const RIM_ROW = 34;

const HEAT_SIDE = 64;
const HEAT_REACH = 3;

/** The network's outputs, in its order, without the person mask. */
const OUTPUTS_BUT_MASK = [0, 1, 3];

/** A heat map whose peak is weaker than this does not move its point. */
const HEAT_MIN = 0.5;

/** Without `masks` the part of the network that makes them, a quarter of its work, is left out. */
export async function openPoseLandmarker(
  model: PoseModel,
  { masks }: { masks: boolean },
): Promise<PoseLandmarker> {
  const bytes = await readPoseModel(model);
  const network = await compileNetwork(masks ? bytes : trimNetwork(bytes, OUTPUTS_BUT_MASK));
  // The network copies it.
  const tensor = new Float32Array(SIDE * SIDE * 3);
  return {
    async read(image, region, options) {
      const crop = cropRegion(image, region, { side: SIDE, range: [0, 1], border: 'edge' }, tensor);
      const outputs = await network.run(crop);
      const [rows, presence] = outputs;
      const heat = outputs[masks ? 3 : 2];
      const score = presence![0]!;
      if (!rows!.every(Number.isFinite) || !Number.isFinite(score)) return null;
      refineByHeat(rows!, heat!);
      const place = (row: number) =>
        toPicture(region, rows![row * ROW_LENGTH]! / SIDE, rows![row * ROW_LENGTH + 1]! / SIDE);
      return {
        pose: placePose(rows!, region),
        score,
        region: regionFromAxis(place(CENTRE_ROW), place(RIM_ROW)),
        mask: options.mask && masks ? spreadMask(outputs[2]!, region, image) : null,
      };
    },
    close: network.close,
  };
}

/** Moves each point to the centre of gravity of its heat map around it (7 x 7 cells), in place. */
export function refineByHeat(rows: Float32Array, heat: Float32Array): void {
  for (let row = 0; row < ROW_COUNT; row += 1) {
    const at = row * ROW_LENGTH;
    const column = Math.trunc((rows[at]! / SIDE) * HEAT_SIDE);
    const line = Math.trunc((rows[at + 1]! / SIDE) * HEAT_SIDE);
    if (column < 0 || line < 0 || column >= HEAT_SIDE || line >= HEAT_SIDE) continue;
    let sum = 0;
    let sumX = 0;
    let sumY = 0;
    let peak = 0;
    const lineEnd = Math.min(HEAT_SIDE - 1, line + HEAT_REACH);
    const columnEnd = Math.min(HEAT_SIDE - 1, column + HEAT_REACH);
    for (let y = Math.max(0, line - HEAT_REACH); y <= lineEnd; y += 1) {
      for (let x = Math.max(0, column - HEAT_REACH); x <= columnEnd; x += 1) {
        const weight = sigmoid(heat[(y * HEAT_SIDE + x) * ROW_COUNT + row]!);
        sum += weight;
        sumX += weight * x;
        sumY += weight * y;
        peak = Math.max(peak, weight);
      }
    }
    if (peak < HEAT_MIN || !(sum > 0)) continue;
    rows[at] = (sumX / sum / HEAT_SIDE) * SIDE;
    rows[at + 1] = (sumY / sum / HEAT_SIDE) * SIDE;
  }
}

function placePose(rows: Float32Array, region: Region): Pose {
  const pose = new Float32Array(POSE_LANDMARK_COUNT * POSE_STRIDE);
  for (let i = 0; i < POSE_LANDMARK_COUNT; i += 1) {
    const at = i * ROW_LENGTH;
    const { x, y } = toPicture(region, rows[at]! / SIDE, rows[at + 1]! / SIDE);
    pose[i * POSE_STRIDE] = x;
    pose[i * POSE_STRIDE + 1] = y;
    pose[i * POSE_STRIDE + 2] = (rows[at + 2]! / SIDE) * region.size;
    pose[i * POSE_STRIDE + 3] = sigmoid(rows[at + 3]!);
  }
  return pose;
}

/** Lays the region's mask over the picture, bilinearly; nothing outside the region is a person. */
function spreadMask(
  logits: Float32Array,
  region: Region,
  size: { width: number; height: number },
): Plane {
  const probability = logits.map(sigmoid);
  const data = new Float32Array(size.width * size.height);
  const cos = (Math.cos(region.rotation) * SIDE) / region.size;
  const sin = (Math.sin(region.rotation) * SIDE) / region.size;
  const spreadRow = (y: number): void => {
    const dy = y + 0.5 - region.y;
    for (let x = 0; x < size.width; x += 1) {
      const dx = x + 0.5 - region.x;
      const u = dx * cos + dy * sin + SIDE / 2 - 0.5;
      const v = -dx * sin + dy * cos + SIDE / 2 - 0.5;
      if (u < -0.5 || v < -0.5 || u > SIDE - 0.5 || v > SIDE - 0.5) continue;
      data[y * size.width + x] = samplePlane(probability, SIDE, SIDE, u, v);
    }
  };
  for (let y = 0; y < size.height; y += 1) spreadRow(y);
  return { width: size.width, height: size.height, data };
}
