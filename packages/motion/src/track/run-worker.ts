/** Starts a worker thread for one range and collects its frames; the thread is gone when this is over, however it ends. */

import { Worker } from 'node:worker_threads';
import { MotionError } from '../model/finding.ts';
import type { RangeJob, TrackedFrame } from './track-range.ts';
import type { WorkerMessage } from './track-worker.ts';

export type RunOptions = {
  signal: AbortSignal | null;
  onFrame: () => void;
};

/** The sources run as they are in development, and compiled when installed. */
const SCRIPT = import.meta.url.endsWith('.ts') ? './track-worker.ts' : './track-worker.js';

/** @throws what the worker threw; the signal's reason when aborted */
export async function runWorker(job: RangeJob, options: RunOptions): Promise<TrackedFrame[]> {
  options.signal?.throwIfAborted();
  const worker = new Worker(new URL(SCRIPT, import.meta.url), { workerData: job });
  try {
    return await collectFrames(worker, options);
  } finally {
    await worker.terminate();
  }
}

function collectFrames(worker: Worker, { signal, onFrame }: RunOptions): Promise<TrackedFrame[]> {
  const frames: TrackedFrame[] = [];
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('error', reject);
    worker.on('exit', () => {
      signal?.removeEventListener('abort', abort);
      reject(new Error('The tracking worker ended before its range was done.'));
    });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'done') return resolve(frames);
      if (message.kind === 'failed') return reject(toError(message));
      frames.push(message.frame);
      onFrame();
    });
  });
}

function toError(failure: Extract<WorkerMessage, { kind: 'failed' }>): Error {
  return failure.finding === null
    ? new Error(`Tracking failed: ${failure.message}`)
    : new MotionError(failure.finding);
}
