/**
 * Draws the pictures of `docs/reference/prompt.md` into `docs/media/prompt`: one for each word of
 * the vocabulary, from our own samples. Looks are single frames, camera moves are moving pictures.
 * Usage: `node --conditions=development scripts/draw-prompt-pictures.ts [word …]`.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CAMERA_WORDS,
  type Character,
  directPrompt,
  LOOK_WORDS,
  openDetectors,
  type Performance,
  readPicture,
  renderFrames,
  resultSize,
  retarget,
  rigPicture,
  trackClip,
} from '@understudy/motion';
import sharp from 'sharp';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/media/prompt');

/** A frame of the sample's performance in which an arm swings, seen from head to waist. */
const LOOK_FRAME = 56;
const LOOK_CROP = { left: 150, top: 150, width: 420, height: 560 } as const;
const LOOK_WIDTH = 240;
const LOOK_QUALITY = 70;

const CAMERA_FRAMES = { from: 36, to: 84, step: 4 } as const;
const CAMERA_WIDTH = 132;
const CAMERA_QUALITY = 46;
/** The end of a move is looked at for a while before it begins again. */
const LAST_FRAME_MS = 900;

async function prepare(): Promise<{ character: Character; performance: Performance }> {
  const size = resultSize(864, 1536, 'std');
  const picture = await readPicture(join(root, 'samples/character.jpg'), { fit: size });
  const detectors = await openDetectors({ poseModel: 'heavy' });
  const character = await rigPicture(picture, detectors);
  detectors.close();
  const motion = await trackClip(join(root, 'samples/reference.mp4'), { fpsMax: 30 });
  return { character, performance: retarget(character, motion, { orientation: 'image' }) };
}

/** The frames of a performance as a prompt has them, as raw pictures of their own. */
async function perform(
  prompt: string,
  character: Character,
  performance: Performance,
): Promise<Buffer[]> {
  const direction = directPrompt(prompt, character, performance);
  if (direction.findings.length > 0) throw new Error(direction.findings[0]?.message);
  const drawings = renderFrames(character, direction.performance, {
    ...(direction.backdrop ? { backdrop: direction.backdrop } : {}),
  });
  const frames: Buffer[] = [];
  for await (const frame of direction.develop(drawings)) frames.push(Buffer.from(frame.data));
  return frames;
}

const rawOf = ({ width, height }: Character) => ({ raw: { width, height, channels: 4 } }) as const;

async function drawLook(name: string, prompt: string, scene: Scene): Promise<number> {
  const { character, performance } = scene;
  const frames = performance.frames.slice(LOOK_FRAME - 1, LOOK_FRAME + 2);
  const [, frame] = await perform(prompt, character, { ...performance, frames });
  const { size } = await sharp(frame, rawOf(character))
    .extract(LOOK_CROP)
    .removeAlpha()
    .resize({ width: LOOK_WIDTH })
    .webp({ quality: LOOK_QUALITY, effort: 6 })
    .toFile(fileOf(name));
  return size;
}

async function drawMove(name: string, scene: Scene): Promise<number> {
  const { character, performance } = scene;
  const { from, to, step } = CAMERA_FRAMES;
  const frames = performance.frames.slice(from, to).filter((_, index) => index % step === 0);
  const fps = performance.fps / step;
  const raw = await perform(name, character, { ...performance, frames, fps });
  const tiles = await Promise.all(
    raw.map((frame) =>
      sharp(frame, rawOf(character)).removeAlpha().resize({ width: CAMERA_WIDTH }).png().toBuffer(),
    ),
  );
  const delay = tiles.map((_, index) =>
    index === tiles.length - 1 ? LAST_FRAME_MS : Math.round(1000 / fps),
  );
  const { size } = await sharp(tiles, { join: { animated: true } })
    .webp({ quality: CAMERA_QUALITY, effort: 6, delay, loop: 0 })
    .toFile(fileOf(name));
  return size;
}

type Scene = Awaited<ReturnType<typeof prepare>>;

const fileOf = (name: string): string => join(folder, `${name.replaceAll(' ', '-')}.webp`);

await mkdir(folder, { recursive: true });
const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const scene = await prepare();
let sizeBytes = 0;
if (isWanted('no prompt')) sizeBytes += await drawLook('no prompt', '', scene);
for (const name of LOOK_WORDS.filter(isWanted)) sizeBytes += await drawLook(name, name, scene);
for (const name of CAMERA_WORDS.filter(isWanted)) sizeBytes += await drawMove(name, scene);
console.log(`${folder}: ${(sizeBytes / 1024).toFixed(0)} kB`);
