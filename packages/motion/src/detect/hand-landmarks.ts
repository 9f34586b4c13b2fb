/**
 * Reads the 21 points of a hand inside one region of a picture (MediaPipe Hands, Zhang et al.
 * 2020).
 */

import { HAND_POINT_COUNT, HAND_STRIDE, type Hand } from '../model/hand.ts';
import type { RgbaImage } from '../model/image.ts';
import { readPackedModel } from './model-files.ts';
import { cropRegion, type Region, toPicture } from './region.ts';
import { compileNetwork } from './runtime.ts';

export type HandReading = {
  hand: Hand;
  /** Probability, 0..1, that a hand is in the region. */
  presence: number;
};

export type HandLandmarker = {
  /** Null when the network answers with something that is not a number. */
  read(image: RgbaImage, region: Region): Promise<HandReading | null>;
  close(): void;
};

const SIDE = 224;

export async function openHandLandmarker(): Promise<HandLandmarker> {
  const network = await compileNetwork(await readPackedModel('hand_landmark_full'));
  // The network copies it.
  const tensor = new Float32Array(SIDE * SIDE * 3);
  return {
    async read(image, region) {
      const crop = cropRegion(image, region, { side: SIDE, range: [0, 1], border: 'edge' }, tensor);
      const [points, presence] = await network.run(crop);
      if (!points!.every(Number.isFinite) || !Number.isFinite(presence![0]!)) return null;
      return { hand: placeHand(points!, region), presence: presence![0]! };
    },
    close: network.close,
  };
}

function placeHand(points: Float32Array, region: Region): Hand {
  const hand = new Float32Array(HAND_POINT_COUNT * HAND_STRIDE);
  for (let i = 0; i < hand.length; i += HAND_STRIDE) {
    const { x, y } = toPicture(region, points[i]! / SIDE, points[i + 1]! / SIDE);
    hand[i] = x;
    hand[i + 1] = y;
    hand[i + 2] = (points[i + 2]! / SIDE) * region.size;
  }
  return hand;
}
