/**
 * Reads the networks out of the installed @mediapipe/holistic package, so that no model file is
 * copied into ours.
 */

import { open, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

export type PoseModel = 'lite' | 'full' | 'heavy';

/** The networks packed together in one data file of the package. */
export type PackedModel =
  | 'pose_detection'
  | 'face_detection_short_range'
  | 'face_landmark'
  | 'face_landmark_with_attention'
  | 'hand_landmark_full';

type PackedFile = { filename: string; start: number; end: number };

export async function readPoseModel(model: PoseModel): Promise<Uint8Array> {
  return await readFile(join(packageFolder(), `pose_landmark_${model}.tflite`));
}

/** @throws Error when the package does not hold the model where its own loader says. */
export async function readPackedModel(model: PackedModel): Promise<Uint8Array> {
  const loader = await readFile(packagePath('holistic_solution_packed_assets_loader.js'), 'utf8');
  const entry = findPackedFile(loader, `/${model}.tflite`);
  const file = await open(packagePath('holistic_solution_packed_assets.data'));
  try {
    const bytes = new Uint8Array(entry.end - entry.start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, entry.start);
    if (bytesRead !== bytes.length) throw new Error(`The model ${model} is cut short.`);
    return bytes;
  } finally {
    await file.close();
  }
}

/** Path of a file of the @mediapipe/holistic package. */
export function packagePath(name: string): string {
  return join(packageFolder(), name);
}

function packageFolder(): string {
  return dirname(require.resolve('@mediapipe/holistic/package.json'));
}

function findPackedFile(loader: string, suffix: string): PackedFile {
  const table = /loadPackage\((\{.*\})\)/.exec(loader)?.[1];
  if (table === undefined) throw new Error('The table of packed models was not found.');
  const { files } = JSON.parse(table) as { files: PackedFile[] };
  const entry = files.find((file) => file.filename.endsWith(suffix));
  if (entry === undefined) throw new Error(`The package holds no model ${suffix}.`);
  return entry;
}
