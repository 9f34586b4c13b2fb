/**
 * Runs one range of a clip in a worker thread and posts what it sees, frame by frame, until it is
 * told to stop.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { type Finding, MotionError } from '../model/finding.ts';
import { type FaceJob, type FaceOfFrame, trackFaceRange } from './face-range.ts';
import { type HandJob, type HandsOfFrame, trackHandRange } from './hand-range.ts';
import { type RangeJob, type TrackedFrame, trackRange } from './track-range.ts';

/** What a thread can do, and what it posts of each frame. */
export type WorkerJobs = {
  person: { job: RangeJob; frame: TrackedFrame };
  hands: { job: HandJob; frame: HandsOfFrame };
  faces: { job: FaceJob; frame: FaceOfFrame };
};
export type WorkerTask =
  | { kind: 'person'; job: RangeJob }
  | { kind: 'hands'; job: HandJob }
  | { kind: 'faces'; job: FaceJob };

export type WorkerMessage =
  | { kind: 'frame'; frame: TrackedFrame | HandsOfFrame | FaceOfFrame }
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

function follow({
  kind,
  job,
}: WorkerTask): AsyncIterable<TrackedFrame | HandsOfFrame | FaceOfFrame> {
  if (kind === 'faces') return trackFaceRange(job);
  return kind === 'person' ? trackRange(job) : trackHandRange(job);
}

try {
  for await (const frame of follow(workerData as WorkerTask)) {
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
