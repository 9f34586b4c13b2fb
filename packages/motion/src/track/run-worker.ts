/**
 * Starts a worker thread for one range and collects its frames; the thread is gone when this is
 * over, however it ends.
 */

import { Worker } from 'node:worker_threads';
import { MotionError } from '../model/finding.ts';
import type { WorkerJobs, WorkerMessage, WorkerTask } from './track-worker.ts';

export type RunOptions<Frame> = {
  signal: AbortSignal;
  onFrame: (frame: Frame) => void;
};

/** The sources run as they are in development, and compiled when installed. */
const SCRIPT = import.meta.url.endsWith('.ts') ? './track-worker.ts' : './track-worker.js';

/**
 * Tracks a range in a thread of its own. The thread is asked to stop and never terminated: the
 * codec library takes the whole process down when its thread is torn away while it decodes.
 *
 * @throws what the worker or `onFrame` threw; the signal's reason when aborted
 */
export function runWorker<Kind extends keyof WorkerJobs>(
  kind: Kind,
  job: WorkerJobs[Kind]['job'],
  { signal, onFrame }: RunOptions<WorkerJobs[Kind]['frame']>,
): Promise<WorkerJobs[Kind]['frame'][]> {
  type Frame = WorkerJobs[Kind]['frame'];
  signal.throwIfAborted();
  const workerData = { kind, job } as WorkerTask;
  const worker = new Worker(new URL(SCRIPT, import.meta.url), { workerData });
  const frames: Frame[] = [];
  let failure: Error | null = null;
  const stop = () => worker.postMessage('stop');
  const report = (frame: Frame) => {
    try {
      onFrame(frame);
    } catch (error) {
      // Thrown in an event it would end the whole process.
      failure ??= error instanceof Error ? error : new Error(String(error));
      stop();
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'failed') {
      failure = toError(message);
    } else if (!signal.aborted) {
      const frame = message.frame as Frame;
      frames.push(frame);
      report(frame);
    }
  });
  return new Promise((resolve, reject) => {
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (failure !== null) reject(failure);
      else if (code !== 0) reject(new Error(`The tracking thread ended with exit code ${code}.`));
      else resolve(frames);
    });
  });
}

function toError(failure: Extract<WorkerMessage, { kind: 'failed' }>): Error {
  return failure.finding === null
    ? new Error(`Tracking failed: ${failure.message}`)
    : new MotionError(failure.finding);
}
