/** Renders the frames of the dance on worker threads and hands them out in their order. */
import { Worker } from 'node:worker_threads';
import { drawBackdrop } from './backdrop.ts';
import { STUDIO } from './rooms.ts';

/** Lens rays for each pixel of the empty room; more makes its blur smoother. */
export const BACKDROP_RAYS = 40;

export type FramesOptions = {
  width: number;
  height: number;
  /** The beat of each frame. */
  beats: readonly number[];
  workers: number;
  samples: number;
  onFrame?: (done: number) => void;
};

export type WorkerSetup = Pick<FramesOptions, 'width' | 'height' | 'samples'> & {
  backdrop: Float32Array;
};

export type FrameJob = { index: number; beat: number };
export type FrameDone = { index: number; data: Uint8Array<ArrayBuffer> };

/** Frames as RGBA; each worker is at most one frame ahead of what has been taken. */
export async function* renderFrames(options: FramesOptions): AsyncGenerator<Uint8Array> {
  const { width, height, samples, beats } = options;
  const empty = drawBackdrop(STUDIO.room, STUDIO.aim(width, height), BACKDROP_RAYS);
  const backdrop = new Float32Array(new SharedArrayBuffer(empty.byteLength));
  backdrop.set(empty);
  const setup: WorkerSetup = { width, height, samples, backdrop };
  const workers = Array.from(
    { length: options.workers },
    () => new Worker(new URL('./render-worker.ts', import.meta.url), { workerData: setup }),
  );
  const pending = new Map<number, PromiseWithResolvers<Uint8Array>>();
  const ticketOf = (index: number): PromiseWithResolvers<Uint8Array> => {
    const ticket = pending.get(index) ?? Promise.withResolvers<Uint8Array>();
    pending.set(index, ticket);
    return ticket;
  };
  const give = (worker: Worker, index: number): void => {
    const beat = beats[index];
    if (beat !== undefined) worker.postMessage({ index, beat } satisfies FrameJob);
  };
  workers.forEach((worker, k) => {
    worker.on('message', ({ index, data }: FrameDone) => {
      ticketOf(index).resolve(data);
      give(worker, index + workers.length);
    });
    worker.on('error', (error) => {
      for (let i = 0; i < beats.length; i++) ticketOf(i).reject(error);
    });
    give(worker, k);
  });
  try {
    for (let index = 0; index < beats.length; index++) {
      yield await ticketOf(index).promise;
      pending.delete(index);
      options.onFrame?.(index + 1);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
