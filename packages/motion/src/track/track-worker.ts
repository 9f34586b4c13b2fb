/** Runs one range of a clip in a worker thread and posts what it sees, frame by frame. */

import { parentPort, workerData } from 'node:worker_threads';
import { type Finding, MotionError } from '../model/finding.ts';
import { type RangeJob, type TrackedFrame, trackRange } from './track-range.ts';

export type WorkerMessage =
  | { kind: 'frame'; frame: TrackedFrame }
  | { kind: 'done' }
  | { kind: 'failed'; message: string; finding: Finding | null };

function post(message: WorkerMessage): void {
  parentPort!.postMessage(message);
}

try {
  for await (const frame of trackRange(workerData as RangeJob)) post({ kind: 'frame', frame });
  post({ kind: 'done' });
} catch (error) {
  post({
    kind: 'failed',
    message: error instanceof Error ? error.message : String(error),
    finding: error instanceof MotionError ? error.finding : null,
  });
}
