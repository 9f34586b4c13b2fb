/**
 * Lets a clip drive its own first frame and compares the result with the clip, frame by frame: the
 * one case in which the true pictures are known. Usage:
 * `node --conditions=development scripts/self-reenactment.ts [clip] [--every n]`; every n-th frame
 * is compared (4). Without a clip it takes the sample dance. The frozen first frame is the
 * baseline.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  animate,
  comparePictures,
  type Motion,
  openClip,
  type PictureLikeness,
  type RgbaImage,
  scoreResult,
  writePng,
} from '@understudy/motion';

const root = join(import.meta.dirname, '..');
const OUT = join(root, 'out/self-reenactment');
const PICTURE = join(OUT, 'first-frame.png');
const RESULT = join(OUT, 'result.mp4');

async function reenact(clipFile: string): Promise<Motion> {
  let motion: Motion | null = null;
  const clip = await openClip(clipFile);
  try {
    for await (const { image } of clip.frames({ toIndex: 1 })) await writePng(PICTURE, image);
  } finally {
    clip.close();
  }
  await animate({
    imageFile: PICTURE,
    videoFile: clipFile,
    outputFile: RESULT,
    mode: 'std',
    orientation: 'image',
    keepOriginalSound: false,
    watermark: false,
    createdAt: new Date(),
    onMotion: (tracked) => {
      motion = tracked;
    },
  });
  return motion!;
}

type Means = Record<'result' | 'frozen', PictureLikeness>;

/** Means over every n-th frame, at the size of the result; the first frame itself is left out. */
async function comparePixels(clipFile: string, every: number): Promise<Means> {
  const [result, clip] = [await openClip(RESULT), await openClip(clipFile)];
  const size = { width: result.width, height: result.height };
  const pairs: Means[] = [];
  try {
    const truth = clip.frames({ fps: result.fps, size });
    let first: RgbaImage | null = null;
    for await (const { index, image } of result.frames({ sharesMemory: true })) {
      const next = await truth.next();
      if (next.done) break;
      const shown = next.value.image;
      first ??= shown;
      if (index === 0 || index % every !== 0) continue;
      pairs.push({ result: comparePictures(image, shown), frozen: comparePictures(first, shown) });
    }
    await truth.return();
  } finally {
    result.close();
    clip.close();
  }
  const mean = (of: keyof Means, key: keyof PictureLikeness): number =>
    pairs.reduce((sum, pair) => sum + pair[of][key], 0) / pairs.length;
  const both = (of: keyof Means) => ({ ssim: mean(of, 'ssim'), psnr: mean(of, 'psnr') });
  return { result: both('result'), frozen: both('frozen') };
}

function show({ ssim, psnr }: PictureLikeness): string {
  return `SSIM ${ssim.toFixed(4)}  PSNR ${psnr.toFixed(2)} dB`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '4' } },
});
const clipFile = positionals[0] ?? join(root, 'samples/reference.mp4');
await mkdir(OUT, { recursive: true });
const motion = await reenact(clipFile);
const pixels = await comparePixels(clipFile, Math.max(1, Number(values.every)));
const { measures } = await scoreResult({ motion, resultFile: RESULT });
const percent = (share: number | null): string =>
  share === null ? 'unknown' : `${(100 * share).toFixed(1)} %`;
console.log(`result        ${show(pixels.result)}`);
console.log(`frozen frame  ${show(pixels.frozen)}`);
console.log(`PCK 0.1 ${percent(measures.pck01)}  PCK 0.2 ${percent(measures.pck02)}`);
console.log(`limb angles   ${measures.limbAngleDegrees?.toFixed(2)} degrees`);
console.log(
  `planted feet  ${measures.footDrift?.toFixed(1)} % of the torso a second; ` +
    `the clip's own ${measures.footDriftReference?.toFixed(1)} %`,
);
