/**
 * Finds the bodies in a picture, as turned squares for the landmark network (BlazePose, Bazarevsky
 * et al. 2020).
 */

import { wrapAngle } from '../model/angles.ts';
import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { readPackedModel } from './model-files.ts';
import { cropRegion, type Region, toPicture, wholePicture } from './region.ts';
import { compileNetwork } from './runtime.ts';
import { decodeDetections, makeAnchors } from './single-shot.ts';

export type FoundBody = { region: Region; score: number };

export type PoseDetector = {
  /** Bodies of the picture, the most prominent first. */
  find(image: RgbaImage): Promise<FoundBody[]>;
  close(): void;
};

const SIDE = 224;
const STRIDES = [8, 16, 32, 32, 32];
const SCORE_MIN = 0.5;
const KEYPOINT_COUNT = 4;
const MID_HIP = 0;
const BODY_END = 1;

/** How much wider than the body's circle the landmark network looks. */
const MARGIN = 1.25;

export async function openPoseDetector(): Promise<PoseDetector> {
  const network = await compileNetwork(await readPackedModel('pose_detection'));
  // The network copies it.
  const tensor = new Float32Array(SIDE * SIDE * 3);
  const anchors = makeAnchors({ side: SIDE, strides: STRIDES });
  return {
    async find(image) {
      const view = wholePicture(image);
      const crop = cropRegion(image, view, { side: SIDE, range: [-1, 1], border: 'black' }, tensor);
      const [boxes, logits] = await network.run(crop);
      const detections = decodeDetections(boxes!, logits!, anchors, {
        side: SIDE,
        keypointCount: KEYPOINT_COUNT,
        scoreMin: SCORE_MIN,
      });
      return detections
        .map((detection) => {
          const [hip, end] = [MID_HIP, BODY_END].map((index) => {
            const keypoint = detection.keypoints[index]!;
            return toPicture(view, keypoint.x, keypoint.y);
          });
          return { region: regionFromAxis(hip!, end!), score: detection.score };
        })
        .sort((a, b) => b.score * b.region.size - a.score * a.region.size);
    },
    close: network.close,
  };
}

/**
 * The square around a body whose circle has its centre at `centre` and passes through `rim`; the
 * way from centre to rim points up in it.
 */
export function regionFromAxis(centre: Point, rim: Point): Region {
  const dx = rim.x - centre.x;
  const dy = rim.y - centre.y;
  return {
    x: centre.x,
    y: centre.y,
    size: 2 * Math.hypot(dx, dy) * MARGIN,
    rotation: wrapAngle(Math.PI / 2 - Math.atan2(-dy, dx)),
  };
}
