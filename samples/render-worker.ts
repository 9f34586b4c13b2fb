/** One thread that draws frames of the dance as they are asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { poseDance } from './dance.ts';
import { makeFigure } from './figure.ts';
import { renderScene } from './ray-march.ts';
import type { FrameDone, FrameJob, WorkerSetup } from './render-frames.ts';
import { STUDIO } from './rooms.ts';

const { width, height, samples, backdrop } = workerData as WorkerSetup;
const camera = STUDIO.aim(width, height);

parentPort?.on('message', ({ index, beat }: FrameJob) => {
  const { look, light, ground } = STUDIO;
  const pixels = new Uint8ClampedArray(width * height * 4);
  const parts = makeFigure(look, poseDance(beat));
  renderScene({ parts, camera, light, ground, backdrop, samples }, pixels);
  const done: FrameDone = { index, data: new Uint8Array(pixels.buffer) };
  parentPort?.postMessage(done, [pixels.buffer]);
});
