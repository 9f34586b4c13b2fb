/**
 * Keeps a small picture of the driver's open mouth, so that a character can borrow its teeth and
 * tongue.
 */

import sharp from 'sharp';
import type { Box, Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { distanceBetween, facePointAt } from '../model/landmarks.ts';
import type { MouthPatch } from '../model/motion.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { FACE, FACE_STRIDE, type Face } from '../model/pose.ts';

/** A mouth is open when its lips are farther apart than this part of the distance of the eyes. */
const OPEN_MIN = 0.03;

/** The box around the inner lips is enlarged by this part of its size, half on each side. */
const BOX_MARGIN = 0.5;

/** A mouth smaller than this many pixels has nothing to lend. */
const SIDE_MIN = 4;

const JPEG_QUALITY = 90;

/** How far the mouth is open: gap of the lips over the distance of the eye corners. */
export function measureMouthOpening(face: Face): number {
  const apart = (a: number, b: number): number =>
    distanceBetween(facePointAt(face, a), facePointAt(face, b));
  const eyes = apart(FACE.rightEyeOuter, FACE.leftEyeOuter);
  return eyes > 0 ? apart(FACE.upperLip, FACE.lowerLip) / eyes : 0;
}

/**
 * Cuts the mouth out of a frame when it is open.
 *
 * @param image the frame
 * @param face in pixels of `image`
 * @param scale clip pixels per pixel of `image`; the patch's box is in clip pixels, its JPEG in
 * pixels of `image`
 */
export async function cutMouth(
  image: RgbaImage,
  face: Face,
  scale: number,
): Promise<MouthPatch | null> {
  if (measureMouthOpening(face) < OPEN_MIN) return null;
  const box = boxAroundLips(face, image);
  if (box.width < SIDE_MIN || box.height < SIDE_MIN) return null;
  const { width, height } = box;
  const jpeg = await sharp(copyColours(image, box), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return {
    x: box.x * scale,
    y: box.y * scale,
    width: box.width * scale,
    height: box.height * scale,
    jpeg: Uint8Array.from(jpeg),
  };
}

/** The few pixels of a box, so that the encoder need not look at the whole frame. */
function copyColours({ width, data }: RgbaImage, box: Box): Uint8Array {
  const colours = new Uint8Array(box.width * box.height * 3);
  for (let i = 0, out = 0; i < box.width * box.height; i += 1) {
    const at = ((box.y + Math.floor(i / box.width)) * width + box.x + (i % box.width)) * 4;
    colours[out++] = data[at]!;
    colours[out++] = data[at + 1]!;
    colours[out++] = data[at + 2]!;
  }
  return colours;
}

/** A mouth is not looked for farther away than this many readings. */
const NEAR_MAX = 3;

/**
 * The mouth for the face of one frame: its own, or where its picture only repeats the one before,
 * or no face was read, the one read nearest to it, so that no open mouth is empty for a frame.
 *
 * @param seen all readings; a frame without one has no face
 * @param at which of them the face belongs to
 */
export function mouthNear(
  seen: readonly ({ face: Face | null; mouth: MouthPatch | null } | null)[],
  at: number,
  face: Face,
): MouthPatch | null {
  for (let away = 0; away <= NEAR_MAX; away += 1) {
    for (const near of [seen[at - away], seen[at + away]]) {
      if (near?.face) return near.mouth && moveMouth(near.mouth, near.face, face);
    }
  }
  return null;
}

/**
 * Moves a patch with its lips: smoothing and interpolation put a face a little beside where it was
 * seen, and the pixels of the mouth have to stay under its lips.
 *
 * @param seenOn the face on which the patch was cut, in clip pixels
 * @param face the face that it shall lie on
 */
export function moveMouth(patch: MouthPatch, seenOn: Face, face: Face): MouthPatch {
  const from = middleOfLips(seenOn);
  const to = middleOfLips(face);
  return { ...patch, x: patch.x + to.x - from.x, y: patch.y + to.y - from.y };
}

function middleOfLips(face: Face): Point {
  let x = 0;
  let y = 0;
  for (const index of INNER_LIPS) {
    x += face[index * FACE_STRIDE]! / INNER_LIPS.length;
    y += face[index * FACE_STRIDE + 1]! / INNER_LIPS.length;
  }
  return { x, y };
}

/** Whole pixels inside the picture; empty when the lips are outside it. */
function boxAroundLips(face: Face, size: { width: number; height: number }): Box {
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (const index of INNER_LIPS) {
    const x = face[index * FACE_STRIDE]!;
    const y = face[index * FACE_STRIDE + 1]!;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const marginX = ((right - left) * BOX_MARGIN) / 2;
  const marginY = ((bottom - top) * BOX_MARGIN) / 2;
  const x = Math.max(0, Math.floor(left - marginX));
  const y = Math.max(0, Math.floor(top - marginY));
  return {
    x,
    y,
    width: Math.min(size.width, Math.ceil(right + marginX)) - x,
    height: Math.min(size.height, Math.ceil(bottom + marginY)) - y,
  };
}
