/** Reads a face whose place is already known in the frames that nobody has looked at yet. */

import { readGaze } from '../detect/face-iris.ts';
import { openFaceLandmarker } from '../detect/face-landmarks.ts';
import { regionFromFace } from '../detect/face-regions.ts';
import type { Gaze } from '../model/eyes.ts';
import type { MouthPatch } from '../model/motion.ts';
import { FACE_STRIDE, type Face } from '../model/pose.ts';
import { cutMouth } from './mouth.ts';
import { type FrameStretch, openSmallFrames, scalePoints } from './small-frames.ts';

export type FaceJob = FrameStretch & {
  /** Where the face is about in each frame of the range, in clip pixels; null skips the frame. */
  faces: readonly (Face | null)[];
};

/** What was read in one frame, in clip pixels; all null where the face could not be read. */
export type FaceOfFrame = {
  index: number;
  face: Face | null;
  mouth: MouthPatch | null;
  gaze: Gaze | null;
};

const SCORE_MIN = 0.5;

/** Holds one decoded frame at a time; frames without a face to look for are left out. */
export async function* trackFaceRange(job: FaceJob): AsyncGenerator<FaceOfFrame, void, undefined> {
  const landmarker = await openFaceLandmarker();
  const { frames, scale, close } = await openSmallFrames(job);
  try {
    for await (const { index, image } of frames) {
      const near = job.faces[index - job.fromIndex] ?? null;
      if (near === null) continue;
      const region = regionFromFace(scalePoints(near, FACE_STRIDE, 1 / scale));
      const reading = await landmarker.read(image, region);
      if (reading === null || reading.score < SCORE_MIN) {
        yield { index, face: null, mouth: null, gaze: null };
        continue;
      }
      yield {
        index,
        face: scalePoints(reading.face, FACE_STRIDE, scale),
        mouth: await cutMouth(image, reading.face, scale),
        gaze: readGaze(image, reading.face),
      };
    }
  } finally {
    close();
    landmarker.close();
  }
}
