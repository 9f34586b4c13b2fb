/**
 * Draws our sample media: `node --conditions=development samples/draw.ts [picture|clip|joints]`.
 * Without a word it draws all three. The same source always gives the same pictures.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { drawBackdrop } from './backdrop.ts';
import { makeFigure } from './figure.ts';
import { beatOf, CLIP, FRAME_COUNT, formatJoints, listAllJoints, PICTURE } from './joints.ts';
import { renderScene } from './ray-march.ts';
import { BACKDROP_RAYS, renderFrames } from './render-frames.ts';
import { STAGE } from './rooms.ts';
import { STANDING } from './stand.ts';
import { playTune } from './tune.ts';
import { writeClip } from './write-clip.ts';

const WORKERS = 2;
const PICTURE_SAMPLES = 3;
const CLIP_SAMPLES = 2;

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function drawPicture(): Promise<void> {
  const { width, height } = PICTURE;
  const { look, room, light, ground, aim } = STAGE;
  const camera = aim(width, height);
  const backdrop = drawBackdrop(room, camera, BACKDROP_RAYS);
  const pixels = new Uint8ClampedArray(width * height * 4);
  const parts = makeFigure(look, STANDING);
  renderScene({ parts, camera, light, ground, backdrop, samples: PICTURE_SAMPLES }, pixels);
  await sharp(pixels, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 90, mozjpeg: true, chromaSubsampling: '4:4:4' })
    .toFile(pathOf('character.jpg'));
}

async function drawClip(): Promise<void> {
  const beats = Array.from({ length: FRAME_COUNT }, (_, frame) => beatOf(frame));
  const frames = renderFrames({
    ...CLIP,
    beats,
    workers: WORKERS,
    samples: CLIP_SAMPLES,
    onFrame: (done) => {
      if (done % CLIP.fps === 0) console.log(`  frame ${done} of ${FRAME_COUNT}`);
    },
  });
  const sound = Float32Array.from(playTune());
  await writeClip({ ...CLIP, file: pathOf('reference.mp4'), frames, sound });
}

async function drawJoints(): Promise<void> {
  await writeFile(pathOf('reference-joints.json'), `${formatJoints(listAllJoints())}\n`);
}

const tasks = { picture: drawPicture, clip: drawClip, joints: drawJoints };

for (const [name, draw] of Object.entries(tasks)) {
  if (process.argv[2] !== undefined && process.argv[2] !== name) continue;
  const start = performance.now();
  await draw();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
