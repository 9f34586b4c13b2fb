/** A puppet as a folder that a person can open, mend and render again. */

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { readPicture, writePng } from '../media/picture.ts';
import type { Character, Layer } from '../model/character.ts';
import { MotionError } from '../model/finding.ts';
import type { RgbaImage } from '../model/image.ts';
import { drawOverlay } from './overlay.ts';
import { decodeRig, encodeRig } from './rig-json.ts';

const FILES = {
  rig: 'rig.json',
  picture: 'picture.png',
  plate: 'plate.png',
  mask: 'mask.png',
  overlay: 'overlay.png',
} as const;

/** A larger rig.json is not read into memory; those of full HD pictures have about 1 MB. */
const RIG_FILE_BYTES_MAX = 64_000_000;

function layerFile(name: Layer['name']): string {
  return `layer-${name}.png`;
}

/**
 * Writes `rig.json` (joints, limbs, meshes, findings), `picture.png`, `plate.png`, `mask.png`,
 * `layer-<name>.png` for each layer, and `overlay.png`, which is only for looking. The folder is
 * made when it is missing; files of an earlier rig are replaced.
 */
export async function writeCharacter(character: Character, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILES.rig), encodeRig(character));
  await writePng(join(folder, FILES.picture), character.picture);
  await writePng(join(folder, FILES.plate), character.plate);
  await writePng(join(folder, FILES.mask), drawMask(character));
  for (const layer of character.layers) {
    await writePng(join(folder, layerFile(layer.name)), layer.texture);
  }
  const { width, height, data } = character.picture;
  await sharp(data, { raw: { width, height, channels: 4 } })
    .composite([{ input: Buffer.from(drawOverlay(character)) }])
    .png()
    .toFile(join(folder, FILES.overlay));
}

/**
 * Opens a folder of {@link writeCharacter}. `mask.png` and `overlay.png` are not read. Throws a
 * `MotionError` with the finding `character_invalid` that names the file and field when something
 * is missing or does not fit.
 */
export async function readCharacter(folder: string): Promise<Character> {
  const rig = decodeRig(await readText(folder, FILES.rig));
  const layers: Layer[] = [];
  for (const layer of rig.layers) {
    const file = layerFile(layer.name);
    const texture = await readPng(folder, file);
    checkFit(layer, texture, file);
    layers.push({ ...layer, texture });
  }
  const character: Character = {
    ...rig,
    layers,
    plate: await readPng(folder, FILES.plate),
    picture: await readPng(folder, FILES.picture),
  };
  for (const file of ['picture', 'plate'] as const) {
    const { width, height } = character[file];
    if (width === rig.width && height === rig.height) continue;
    fail(
      `${FILES[file]} is ${width} x ${height} pixels, rig.json says ${rig.width} x ${rig.height}`,
    );
  }
  return character;
}

/**
 * The character as {@link readCharacter} would give it back: its numbers are rounded as in
 * `rig.json`. A puppet used at once then moves exactly like one that was written and opened again.
 */
export function settleCharacter(character: Character): Character {
  const rig = decodeRig(encodeRig(character));
  const layers = rig.layers.map((layer, i) => ({
    ...layer,
    texture: character.layers[i]!.texture,
  }));
  return { ...rig, layers, plate: character.plate, picture: character.picture };
}

/** The mesh of a layer must lie on its texture, else a repainted texture was cropped or scaled. */
function checkFit(layer: Omit<Layer, 'texture'>, texture: RgbaImage, file: string): void {
  const { positions } = layer.mesh;
  for (let i = 0; i < positions.length; i += 2) {
    const x = positions[i]! - layer.x;
    const y = positions[i + 1]! - layer.y;
    if (x >= 0 && y >= 0 && x <= texture.width && y <= texture.height) continue;
    fail(
      `${file} is ${texture.width} x ${texture.height} pixels, but vertex ${i / 2} of its mesh lies at ` +
        `${x.toFixed(0)}, ${y.toFixed(0)}; keep the size of the texture`,
    );
  }
}

/** Everything the character covers in the bind pose, white on black. */
function drawMask({ width, height, layers }: Character): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  for (const { texture, x: left, y: top } of layers) {
    for (let y = 0; y < texture.height; y++) {
      for (let x = 0; x < texture.width; x++) {
        const alpha = texture.data[(y * texture.width + x) * 4 + 3]!;
        const to = ((y + top) * width + x + left) * 4;
        if (alpha > data[to]!) data.fill(alpha, to, to + 3);
      }
    }
  }
  return { width, height, data };
}

async function readText(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  const { size } = await stat(path).catch((cause: unknown) =>
    fail(`${file} cannot be read in ${folder}`, cause),
  );
  if (size > RIG_FILE_BYTES_MAX) {
    fail(`${file} is ${size} bytes large; at most ${RIG_FILE_BYTES_MAX} can be read`);
  }
  return await readFile(path, 'utf8');
}

async function readPng(folder: string, file: string): Promise<RgbaImage> {
  try {
    return await readPicture(join(folder, file));
  } catch (cause) {
    return fail(`${file} cannot be read in ${folder}`, cause);
  }
}

function fail(problem: string, cause?: unknown): never {
  throw new MotionError(
    {
      code: 'character_invalid',
      severity: 'error',
      message: `The character folder cannot be used: ${problem}.`,
    },
    { cause },
  );
}
