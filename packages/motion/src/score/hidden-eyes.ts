/**
 * Tells eyes that nobody can see, behind dark glasses, from those that are seen: the network places
 * lids there all the same, which move as chance has it.
 */

import { luminanceAt } from '../model/colour.ts';
import { EYE_RIMS, EYE_SIDES, type EyeSide } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import { facePointAt } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import type { Face } from '../model/pose.ts';
import { clamp } from '../model/scalar.ts';

/** Brightness of what is above and below an eye, over that of the face's skin. */
export type EyeLight = Record<EyeSide, number>;

/** Places where a face shows its skin: cheeks, forehead, the bridge and the side of the nose. */
const SKIN_POINTS: readonly number[] = [205, 425, 50, 280, 151, 9, 108, 337, 6, 5, 195];
/**
 * Lids and cheeks in deep shade, made up, painted and drawn ones alike, have 0.5 and more of the
 * skin's brightness in the median of a video; dark glasses 0.12 and less.
 */
const DARK = 0.25;

/** Measures the skin around both eyes of a face in its picture. */
export function measureEyeLight(image: RgbaImage, face: Face): EyeLight {
  const lightOf = (points: readonly number[]): number =>
    median(points.map((point) => lightAt(image, face, point)));
  const skin = Math.max(lightOf(SKIN_POINTS), 1);
  const [right, left] = EYE_SIDES.map((side) => {
    const { above, below } = EYE_RIMS[side];
    // One of them alone may be a shadow, or hair.
    return Math.max(lightOf(above), lightOf(below)) / skin;
  });
  return { right: right!, left: left! };
}

/** The eyes that are hidden in most of a video's moments; none where no moment was looked at. */
export function findHiddenEyes(moments: readonly EyeLight[]): EyeSide[] {
  if (moments.length === 0) return [];
  return EYE_SIDES.filter((side) => median(moments.map((light) => light[side])) < DARK);
}

function lightAt({ width, height, data }: RgbaImage, face: Face, point: number): number {
  const { x, y } = facePointAt(face, point);
  const row = Math.round(clamp(y, 0, height - 1));
  const at = (row * width + Math.round(clamp(x, 0, width - 1))) * 4;
  return luminanceAt(data, at);
}
