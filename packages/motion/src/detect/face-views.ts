/**
 * Reads one face in several slightly different views and takes the mean: what the network reads
 * trembles with where it is told to look, and independent readings err less together.
 */

import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import type { FaceLandmarker, FaceReading } from './face-landmarks.ts';
import type { Region } from './region.ts';

/** One view of a region: its size, and how far it lies to the right and below, in sizes. */
export type FaceView = readonly [size: number, right: number, down: number];

const SCORE_MIN = 0.5;

/**
 * The mean of the views that show a face, in pixels of the picture; null when none does. The
 * presence is that of the clearest one.
 */
export async function readFaceViews(
  landmarker: FaceLandmarker,
  image: RgbaImage,
  region: Region,
  views: readonly FaceView[],
): Promise<FaceReading | null> {
  const readings: FaceReading[] = [];
  for (const view of views) {
    const reading = await landmarker.read(image, regionOfView(region, view));
    if (reading !== null && reading.score >= SCORE_MIN) readings.push(reading);
  }
  return readings.length === 0 ? null : meanReading(readings);
}

function regionOfView(region: Region, [size, right, down]: FaceView): Region {
  const cos = Math.cos(region.rotation) * region.size;
  const sin = Math.sin(region.rotation) * region.size;
  return {
    ...region,
    x: region.x + right * cos - down * sin,
    y: region.y + right * sin + down * cos,
    size: size * region.size,
  };
}

function meanReading(readings: readonly FaceReading[]): FaceReading {
  const share = 1 / readings.length;
  const face = new Float32Array(readings[0]!.face.length);
  const right: Point = { x: 0, y: 0 };
  const left: Point = { x: 0, y: 0 };
  for (const reading of readings) {
    for (const [i, value] of reading.face.entries()) face[i]! += share * value;
    for (const [sum, iris] of [
      [right, reading.irises.right],
      [left, reading.irises.left],
    ] as const) {
      sum.x += share * iris.x;
      sum.y += share * iris.y;
    }
  }
  const score = Math.max(...readings.map((reading) => reading.score));
  return { face, irises: { right, left }, score };
}
