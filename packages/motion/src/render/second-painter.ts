/**
 * Draws frames in a thread of its own, so that both processors draw; a thread that is closed is
 * gone, however the drawing ended.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Character } from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import type { PerformanceFrame } from '../model/performance.ts';
import type { MouthReading } from './mouth-reading.ts';

/** What the thread is to draw. */
export type PaintTask = {
  frame: PerformanceFrame;
  /** What is known of the frame's mouth; null when it borrows none. */
  reading: MouthReading | null;
  /** Where the pixels go; null takes fresh memory. */
  memory: ArrayBuffer | null;
};
export type PaintMessage = PaintTask | 'stop';

/** A thread that draws frames of one character, in the order in which they are asked for. */
export type SecondPainter = {
  paint(frame: PerformanceFrame, reading: MouthReading | null): Promise<RgbaImage>;
  /** Gives the memory of a picture back that nobody looks at any more. */
  giveBack(image: RgbaImage): void;
  /** Resolves when the thread is gone. */
  close(): Promise<void>;
};

/** The sources run as they are in development, and compiled when installed. */
const SCRIPT = import.meta.url.endsWith('.ts') ? './painter-thread.ts' : './painter-thread.js';

/** Starts the thread; what goes wrong in it is thrown to whoever waits for a frame. */
export function startSecondPainter(character: Character): SecondPainter {
  const { width, height } = character;
  const worker = new Worker(new URL(SCRIPT, import.meta.url), { workerData: character });
  const ended = once(worker, 'exit').catch(() => {});
  const waiting: { resolve(image: RgbaImage): void; reject(error: Error): void }[] = [];
  const spare: ArrayBuffer[] = [];
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('message', (memory: ArrayBuffer) => {
    waiting.shift()?.resolve({ width, height, data: new Uint8Array(memory) });
  });
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => fail(new Error('The drawing thread has ended.')));
  return {
    paint(frame, reading) {
      const memory = spare.pop() ?? null;
      const task: PaintTask = { frame, reading, memory };
      const picture = new Promise<RgbaImage>((resolve, reject) => {
        if (failure) reject(failure);
        else waiting.push({ resolve, reject });
      });
      // A frame that is not asked for any more may fail unheard.
      picture.catch(() => {});
      worker.postMessage(task, memory ? [memory] : []);
      return picture;
    },
    giveBack({ data }) {
      spare.push(data.buffer as ArrayBuffer);
    },
    async close() {
      worker.postMessage('stop' satisfies PaintMessage);
      await ended;
    },
  };
}
