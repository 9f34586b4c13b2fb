/** Finds faces in a picture or in a part of it (BlazeFace short range, Bazarevsky et al. 2019). */

import type { RgbaImage } from '../model/image.ts';
import { regionFromBox } from './face-regions.ts';
import { readPackedModel } from './model-files.ts';
import { cropRegion, type Region, toPicture } from './region.ts';
import { compileNetwork } from './runtime.ts';
import { type Detection, decodeDetections, makeAnchors } from './single-shot.ts';

export type FaceDetector = {
  /** The most prominent face within `view`, as the region for the landmark network, or null. */
  find(image: RgbaImage, view: Region): Promise<Region | null>;
  close(): void;
};

const SIDE = 128;
const STRIDES = [8, 16, 16, 16];
const SCORE_MIN = 0.5;
const KEYPOINT_COUNT = 6;
const RIGHT_EYE = 0;
const LEFT_EYE = 1;

export async function openFaceDetector(): Promise<FaceDetector> {
  const network = await compileNetwork(await readPackedModel('face_detection_short_range'));
  // The network copies it.
  const tensor = new Float32Array(SIDE * SIDE * 3);
  const anchors = makeAnchors({ side: SIDE, strides: STRIDES });
  return {
    async find(image, view) {
      const crop = cropRegion(image, view, { side: SIDE, range: [-1, 1], border: 'black' }, tensor);
      const [boxes, logits] = await network.run(crop);
      const detections = decodeDetections(boxes!, logits!, anchors, {
        side: SIDE,
        keypointCount: KEYPOINT_COUNT,
        scoreMin: SCORE_MIN,
      }).sort((a, b) => b.score * b.width - a.score * a.width);
      const best = detections[0];
      return best === undefined ? null : placeRegion(best, view);
    },
    close: network.close,
  };
}

function placeRegion(face: Detection, view: Region): Region {
  const place = (point: { x: number; y: number }) => toPicture(view, point.x, point.y);
  const centre = place({ x: face.x + face.width / 2, y: face.y + face.height / 2 });
  const size = Math.max(face.width, face.height) * view.size;
  return regionFromBox(
    centre,
    size,
    place(face.keypoints[RIGHT_EYE]!),
    place(face.keypoints[LEFT_EYE]!),
  );
}
