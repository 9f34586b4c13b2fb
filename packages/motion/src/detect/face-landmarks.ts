/**
 * Reads the 468 face points inside one region of a picture: Face Mesh (Kartynnik et al. 2019), its
 * lips, lids, brows and irises by Attention Mesh.
 */

import { luminanceAt } from '../model/colour.ts';
import type { EyeSide } from '../model/eyes.ts';
import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { FACE_LANDMARK_COUNT, FACE_STRIDE, type Face } from '../model/pose.ts';
import { openAttentionMesh } from './face-attention.ts';
import { cropRegion, type Region, toPicture } from './region.ts';
import { sigmoid } from './single-shot.ts';

/** Middles of both irises in pixels of the picture. */
export type Irises = Readonly<Record<EyeSide, Point>>;

export type FaceReading = {
  face: Face;
  /** Middles of the irises, also behind closed lids. */
  irises: Irises;
  /** Probability that a face is in the region. */
  score: number;
};

export type FaceLandmarker = {
  /** Null when the network answers with something that is not a number. */
  read(image: RgbaImage, region: Region): Promise<FaceReading | null>;
  close(): void;
};

const SIDE = 192;

export async function openFaceLandmarker(): Promise<FaceLandmarker> {
  const network = await openAttentionMesh();
  // The network copies it.
  const tensor = new Float32Array(SIDE * SIDE * 3);
  return {
    async read(image, region) {
      const crop = cropRegion(image, region, { side: SIDE, range: [0, 1], border: 'edge' }, tensor);
      takeColour(crop);
      const found = await network.run(crop);
      if (found === null) return null;
      const { points, irises, presence } = found;
      const middle = (iris: Float32Array): Point =>
        toPicture(region, iris[0]! / SIDE, iris[1]! / SIDE);
      return {
        face: placeFace(points, region),
        irises: { right: middle(irises.right), left: middle(irises.left) },
        score: sigmoid(presence),
      };
    },
    close: network.close,
  };
}

/**
 * Leaves only the luminance (Rec. 601): the network knows photographs, and takes the lips and lids
 * of a yellowed or tinted face for skin. On photographs it changes nothing that could be measured
 * (correlation of mouth and lids with the coloured reading 0.97 to 1.00); a painted open mouth is
 * seen half again as far open.
 */
function takeColour(crop: Float32Array): void {
  for (let i = 0; i < crop.length; i += 3) {
    const light = luminanceAt(crop, i);
    crop[i] = light;
    crop[i + 1] = light;
    crop[i + 2] = light;
  }
}

function placeFace(points: Float32Array, region: Region): Face {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  for (let i = 0; i < face.length; i += FACE_STRIDE) {
    const { x, y } = toPicture(region, points[i]! / SIDE, points[i + 1]! / SIDE);
    face[i] = x;
    face[i + 1] = y;
    face[i + 2] = (points[i + 2]! / SIDE) * region.size;
  }
  return face;
}
