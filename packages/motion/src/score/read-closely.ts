/**
 * Reads the faces of a tracked video once more, closely, so that faint expressions are measured.
 */

import { openFaceLandmarker } from '../detect/face-landmarks.ts';
import { regionFromFace } from '../detect/face-regions.ts';
import { type FaceView, readFaceViews } from '../detect/face-views.ts';
import type { Region } from '../detect/region.ts';
import { openClip } from '../media/clip.ts';
import { makeRepeatFinder } from '../media/repeats.ts';
import type { EyeSide } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import type { Motion } from '../model/motion.ts';
import { median } from '../model/percentile.ts';
import type { Face } from '../model/pose.ts';
import { type EyeLight, findHiddenEyes, measureEyeLight } from './hidden-eyes.ts';

/**
 * Six views of each face, one of them closer: the mean of their points errs less. On a painting the
 * correlation of lids and pitch with the driver's is 0.78 and 0.83 with one view, 0.88 and 0.92
 * with these; on photographs hardly anything changes.
 */
const VIEWS: readonly FaceView[] = [
  [0.9, 0, 0],
  [1, 0, 0],
  [1, 0.03, 0],
  [1, -0.03, 0],
  [1, 0, 0.03],
  [1, 0, -0.03],
];

/** A motion whose faces were read again, and the eyes that are not seen in it. */
export type CloseReading = { motion: Motion; hiddenEyes: readonly EyeSide[] };

/**
 * The motion with each of its faces read again around where it was found, at one size for the whole
 * video, without any smoothing over time. A face that no view shows any more stays as it is. A
 * moment whose picture only repeats the one before shows what was a frame ago: there the face lies
 * on the way to the next new picture, as the tracker has it.
 *
 * @param file the video that the motion was tracked in
 * @throws MotionError those of `openClip`; the signal's reason when aborted
 */
export async function readFacesClosely(
  file: string,
  motion: Motion,
  signal?: AbortSignal,
): Promise<CloseReading> {
  const regions = motion.frames.map(({ face }) => face && regionFromFace(face));
  const known = regions.filter((region) => region !== null);
  if (known.length === 0) return { motion, hiddenEyes: [] };
  const size = median(known.map((region) => region.size));
  const frames = motion.frames.slice();
  const landmarker = await openFaceLandmarker();
  const clip = await openClip(file);
  const read = async (image: RgbaImage, region: Region): Promise<Face | null> => {
    // A face that comes nearer than usual keeps its own size, so that no view cuts its chin off.
    const place = { ...region, size: Math.max(size, region.size) };
    return (await readFaceViews(landmarker, image, place, VIEWS))?.face ?? null;
  };
  const lights: EyeLight[] = [];
  const isRepeat = makeRepeatFinder();
  const momentAt = findMoments(motion, clip.fps);
  let stale: Stale[] = [];
  let repeats = 0;
  try {
    for await (const { index, image } of clip.frames({
      fps: clip.fps,
      sharesMemory: true,
      hasRoughColours: true,
    })) {
      signal?.throwIfAborted();
      repeats = isRepeat(image) ? repeats + 1 : 0;
      if (repeats === 0) {
        for (const { moment, face, region, behind, frame } of stale) {
          const next = await read(image, region);
          const share = behind / (behind + index - frame);
          if (next) frames[moment] = { ...frames[moment]!, face: mixFaces(face, next, share) };
        }
        stale = [];
      }
      const moment = momentAt.get(index);
      const region = moment === undefined ? null : regions[moment];
      if (moment === undefined || !region) continue;
      const face = await read(image, region);
      if (face === null) continue;
      frames[moment] = { ...frames[moment]!, face };
      lights.push(measureEyeLight(image, face));
      if (repeats > 0) stale.push({ moment, face, region, behind: repeats, frame: index });
    }
  } finally {
    clip.close();
    landmarker.close();
  }
  return { motion: { ...motion, frames }, hiddenEyes: findHiddenEyes(lights) };
}

/** A face that was seen `behind` frames before the frame whose moment it stands for. */
type Stale = { moment: number; face: Face; region: Region; behind: number; frame: number };

/** Which frame of the motion each frame of the clip is. */
function findMoments({ frames, fps }: Motion, clipFps: number): Map<number, number> {
  return new Map(frames.map((_, moment) => [Math.round((moment * clipFps) / fps), moment]));
}

function mixFaces(a: Face, b: Face, share: number): Face {
  return a.map((value, i) => value + share * (b[i]! - value));
}
