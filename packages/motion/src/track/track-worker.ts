/**
 * Runs one range of a clip in a worker thread and posts what it sees, frame by frame, until it is
 * told to stop.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { type Finding, MotionError } from '../model/finding.ts';
import { followRange, type RangeJobs } from './follow-range.ts';

/** What a thread is started with. */
export type WorkerTask<Kind extends keyof RangeJobs = keyof RangeJobs> = {
  kind: Kind;
  job: RangeJobs[Kind]['job'];
};

export type WorkerMessage =
  | { kind: 'frame'; frame: RangeJobs[keyof RangeJobs]['frame'] }
  | { kind: 'failed'; message: string; finding: Finding | null };

const port = parentPort!;

function post(message: WorkerMessage): void {
  port.postMessage(message);
}

let isStopped = false;
// Any message means stop.
port.once('message', () => {
  isStopped = true;
});

try {
  const { kind, job } = workerData as WorkerTask;
  for await (const frame of followRange(kind, job)) {
    if (isStopped) break;
    post({ kind: 'frame', frame });
  }
} catch (error) {
  post({
    kind: 'failed',
    message: error instanceof Error ? error.message : String(error),
    finding: error instanceof MotionError ? error.finding : null,
  });
} finally {
  // Without its port the thread has nothing left to wait for and ends by itself.
  port.close();
}
