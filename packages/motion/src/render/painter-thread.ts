/** Draws frames in a worker thread as they are asked for, until it is told to stop. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Character } from '../model/character.ts';
import type { MouthPatch } from '../model/motion.ts';
import type { MouthReading } from './mouth-reading.ts';
import { createRenderer, decodePatches } from './renderer.ts';
import type { PaintMessage, PaintTask } from './second-painter.ts';

const port = parentPort!;
const mouths = new Map<MouthPatch, MouthReading>();
const renderer = createRenderer(workerData as Character, mouths);
let last: Promise<void> = Promise.resolve();

port.on('message', (message: PaintMessage) => {
  // Without its port the thread has nothing left to wait for and ends by itself.
  if (message === 'stop') port.close();
  else {
    // Opened in other threads while this one still draws the frame before.
    const patches = decodePatches(message.frame);
    last = last.then(() => paint(message, patches));
  }
});

async function paint(
  { frame, reading, memory }: PaintTask,
  patches: ReturnType<typeof decodePatches>,
): Promise<void> {
  const { mouth, hands } = await patches;
  mouths.clear();
  if (frame.face?.mouth && reading) mouths.set(frame.face.mouth.patch, reading);
  const { data } = renderer.renderFrame(frame, mouth, null, hands);
  const out = memory ?? new ArrayBuffer(data.length);
  new Uint8Array(out).set(data);
  port.postMessage(out, [out]);
}
