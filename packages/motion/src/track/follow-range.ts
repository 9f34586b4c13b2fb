/** What can be followed through a range of frames, in whichever thread. */

import { type FaceJob, type FaceOfFrame, trackFaceRange } from './face-range.ts';
import { type HandJob, type HandsOfFrame, trackHandRange } from './hand-range.ts';
import { type RangeJob, type TrackedFrame, trackRange } from './track-range.ts';

/** What is asked for, and what each frame of the range comes to. */
export type RangeJobs = {
  person: { job: RangeJob; frame: TrackedFrame };
  hands: { job: HandJob; frame: HandsOfFrame };
  faces: { job: FaceJob; frame: FaceOfFrame };
};

const FOLLOWERS: {
  [Kind in keyof RangeJobs]: (
    job: RangeJobs[Kind]['job'],
  ) => AsyncIterable<RangeJobs[Kind]['frame']>;
} = { person: trackRange, hands: trackHandRange, faces: trackFaceRange };

/** Frame by frame; whoever breaks off closes what was opened for it. */
export function followRange<Kind extends keyof RangeJobs>(
  kind: Kind,
  job: RangeJobs[Kind]['job'],
): AsyncIterable<RangeJobs[Kind]['frame']> {
  return FOLLOWERS[kind](job);
}
