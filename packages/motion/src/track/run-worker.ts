/**
 * Follows one range, in a thread of its own or in this one, and collects its frames; the thread is
 * gone when this is over, however it ends.
 */

import { Worker } from 'node:worker_threads';
import { MotionError } from '../model/finding.ts';
import { followRange, type RangeJobs } from './follow-range.ts';
import type { WorkerMessage, WorkerTask } from './track-worker.ts';

export type RunOptions<Frame> = {
  signal: AbortSignal;
  onFrame: (frame: Frame) => void;
};

/**
 * Follows a range in this thread, which then answers nobody between two frames, but starts no
 * second one with networks of its own.
 *
 * @throws what following or `onFrame` threw; the signal's reason when aborted
 */
export async function runHere<Kind extends keyof RangeJobs>(
  kind: Kind,
  job: RangeJobs[Kind]['job'],
  { signal, onFrame }: RunOptions<RangeJobs[Kind]['frame']>,
): Promise<RangeJobs[Kind]['frame'][]> {
  signal.throwIfAborted();
  const frames: RangeJobs[Kind]['frame'][] = [];
  for await (const frame of followRange(kind, job)) {
    signal.throwIfAborted();
    frames.push(frame);
    onFrame(frame);
  }
  signal.throwIfAborted();
  return frames;
}

/** The sources run as they are in development, and compiled when installed. */
const SCRIPT = import.meta.url.endsWith('.ts') ? './track-worker.ts' : './track-worker.js';

/**
 * Tracks a range in a thread of its own. The thread is asked to stop and never terminated: the
 * codec library takes the whole process down when its thread is torn away while it decodes.
 *
 * @throws what the worker or `onFrame` threw; the signal's reason when aborted
 */
export function runWorker<Kind extends keyof RangeJobs>(
  kind: Kind,
  job: RangeJobs[Kind]['job'],
  { signal, onFrame }: RunOptions<RangeJobs[Kind]['frame']>,
): Promise<RangeJobs[Kind]['frame'][]> {
  type Frame = RangeJobs[Kind]['frame'];
  signal.throwIfAborted();
  const workerData: WorkerTask<Kind> = { kind, job };
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
