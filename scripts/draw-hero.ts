/**
 * Draws the moving picture of the README, `docs/media/hero.webp`: the reference clip beside what
 * the engine made of it. Usage: `node --conditions=development scripts/draw-hero.ts [result.mp4]`;
 * without a result it animates the samples first.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { animate, openClip } from '@understudy/motion';
import sharp from 'sharp';

const root = join(import.meta.dirname, '..');
const REFERENCE = join(root, 'samples/reference.mp4');
const PICTURE = join(root, 'samples/character.jpg');
const HEIGHT = 400;
const FPS = 12;
const SECONDS = 5;
const QUALITY = 62;

async function readTiles(file: string): Promise<Buffer[]> {
  const clip = await openClip(file);
  const size = { width: Math.round((HEIGHT * clip.width) / clip.height / 2) * 2, height: HEIGHT };
  const tiles: Buffer[] = [];
  for await (const { image } of clip.frames({ fps: FPS, toIndex: FPS * SECONDS, size })) {
    const raw = { width: image.width, height: image.height, channels: 4 } as const;
    tiles.push(await sharp(image.data, { raw }).png().toBuffer());
  }
  clip.close();
  return tiles;
}

async function joinTiles(left: Buffer, right: Buffer): Promise<Buffer> {
  return sharp([left, right], { join: { across: 2, shim: 8, background: '#ffffff' } })
    .removeAlpha()
    .png()
    .toBuffer();
}

let result = process.argv[2];
if (result === undefined) {
  result = join(root, 'out/hero.mp4');
  await mkdir(join(root, 'out'), { recursive: true });
  await animate({
    imageFile: PICTURE,
    videoFile: REFERENCE,
    outputFile: result,
    mode: 'std',
    orientation: 'image',
    keepOriginalSound: false,
    watermark: false,
    prompt: null,
    createdAt: new Date(),
  });
}
const [reference, performed] = [await readTiles(REFERENCE), await readTiles(result)];
const frames = await Promise.all(
  reference
    .slice(0, performed.length)
    .map((tile, index) => joinTiles(tile, performed[index] as Buffer)),
);
const output = join(root, 'docs/media/hero.webp');
await mkdir(join(root, 'docs/media'), { recursive: true });
const delay = frames.map(() => Math.round(1000 / FPS));
const { size } = await sharp(frames, { join: { animated: true } })
  .webp({ quality: QUALITY, effort: 6, delay, loop: 0 })
  .toFile(output);
console.log(`${output}: ${frames.length} frames, ${(size / 1024).toFixed(0)} kB`);
