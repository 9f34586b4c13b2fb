/** Makes the driver's open mouth look as if it were lit and painted like the character. */

import type { RgbaImage } from '../model/image.ts';
import { type FacePerformance, INNER_LIPS } from '../model/performance.ts';
import { FACE_LANDMARK_COUNT } from '../model/pose.ts';
import { tightenRim } from './mouth-rim.ts';
import { type Surface, surfaceOf } from './raster.ts';

type Mouth = NonNullable<FacePerformance['mouth']>;
type Colour = [number, number, number];

/** The outer rim beside each inner point; halfway between is the red of the lip. */
const OUTER_LIPS = [
  61, 40, 39, 37, 0, 0, 267, 269, 270, 270, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
] as const;
const CHEEKS = [50, 280, 205, 425, 101, 330] as const;
const RATIO_LIMITS = [0.35, 1.4] as const;
/**
 * Lipstick must not colour the teeth, so a ratio of lips counts mostly as a ratio of brightness.
 */
const LIP_CHROMA = 0.12;
/**
 * The colour of the cheeks tells the colour of the light and of old varnish; teeth take this power
 * of it.
 */
const LIGHT_TINT = 0.45;
/** Teeth in shade are at most this much brighter than the cheeks. */
const TEETH_PER_CHEEK = 1.12;
/** The recoloured picture and where each face point lies in it (only inner lips are set). */
export type BorrowedMouth = { surface: Surface; places: Float32Array };

/**
 * Recolours the driver's mouth by the ratio of the lips, which are all that is known of the
 * driver's skin. `face` holds the places of the character's face points in `own`.
 */
export function recolourMouth(
  mouth: Mouth,
  picture: RgbaImage,
  own: Surface,
  face: Float32Array,
): BorrowedMouth {
  const places = new Float32Array(FACE_LANDMARK_COUNT * 2);
  const scaleX = picture.width / mouth.patch.width;
  const scaleY = picture.height / mouth.patch.height;
  for (const [i, point] of INNER_LIPS.entries()) {
    places[point * 2] = (mouth.lips[i * 2]! - mouth.patch.x) * scaleX;
    places[point * 2 + 1] = (mouth.lips[i * 2 + 1]! - mouth.patch.y) * scaleY;
  }
  const from = surfaceOf(picture);
  const ratio = colourRatio(from, places, own, face);
  tightenRim(from, places);
  const pixels = new Int32Array(from.pixels.length);
  for (const [i, pixel] of from.pixels.entries()) {
    const red = Math.min(255, (pixel & 0xff) * ratio[0]);
    const green = Math.min(255, ((pixel >>> 8) & 0xff) * ratio[1]);
    const blue = Math.min(255, ((pixel >>> 16) & 0xff) * ratio[2]);
    pixels[i] = red | (green << 8) | (blue << 16) | 0xff000000;
  }
  return { surface: { width: from.width, height: from.height, pixels }, places };
}

function colourRatio(
  from: Surface,
  places: Float32Array,
  own: Surface,
  face: Float32Array,
): Colour {
  const limited = (value: number): number =>
    Math.min(Math.max(value, RATIO_LIMITS[0]), RATIO_LIMITS[1]);
  const ours = meanColour(
    own,
    INNER_LIPS.map((point, i) => [
      (face[point * 2]! + face[OUTER_LIPS[i]! * 2]!) / 2,
      (face[point * 2 + 1]! + face[OUTER_LIPS[i]! * 2 + 1]!) / 2,
    ]),
  );
  const theirs = meanColour(from, outsideLips(places));
  const teeth = brightest(from);
  const cheek = meanColour(own, cheekPlaces(face));
  const cheekLight = Math.max(luminance(cheek), 1);
  const brightness = Math.min(
    luminance(ours) / Math.max(luminance(theirs), 1),
    (TEETH_PER_CHEEK * cheekLight) / Math.max(teeth, 1),
  );
  return [0, 1, 2].map((i) => {
    const channel = ours[i]! / Math.max(theirs[i]!, 1);
    const tint = (Math.max(cheek[i]!, 1) / cheekLight) ** LIGHT_TINT;
    return limited(tint * (brightness + LIP_CHROMA * (channel - brightness)));
  }) as Colour;
}

/** Places just outside the inner rim, on the red of the driver's lips. */
function outsideLips(places: Float32Array): [number, number][] {
  const [x, y] = middleOfLips(places);
  return INNER_LIPS.map((point) => [
    x + 1.12 * (places[point * 2]! - x),
    y + 1.2 * (places[point * 2 + 1]! - y),
  ]);
}

function middleOfLips(places: Float32Array): [number, number] {
  let x = 0;
  let y = 0;
  for (const point of INNER_LIPS) {
    x += places[point * 2]! / INNER_LIPS.length;
    y += places[point * 2 + 1]! / INNER_LIPS.length;
  }
  return [x, y];
}

function meanColour(surface: Surface, places: readonly (readonly [number, number])[]): Colour {
  const sum: Colour = [0, 0, 0];
  for (const [x, y] of places) {
    const column = Math.min(Math.max(Math.round(x - 0.5), 0), surface.width - 1);
    const row = Math.min(Math.max(Math.round(y - 0.5), 0), surface.height - 1);
    const pixel = surface.pixels[row * surface.width + column]!;
    for (let i = 0; i < 3; i += 1) sum[i]! += ((pixel >>> (8 * i)) & 0xff) / places.length;
  }
  return sum;
}

function cheekPlaces(face: Float32Array): [number, number][] {
  return CHEEKS.map((point) => [face[point * 2]!, face[point * 2 + 1]!]);
}

/** Luminance that 4 % of the pixels exceed: the teeth, if they are seen. */
function brightest(surface: Surface): number {
  const histogram = new Uint32Array(256);
  for (const pixel of surface.pixels) {
    const colour: Colour = [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
    histogram[Math.min(255, Math.round(luminance(colour)))]! += 1;
  }
  let above = 0;
  let level = 255;
  while (level > 0 && above + histogram[level]! < 0.04 * surface.pixels.length) {
    above += histogram[level]!;
    level -= 1;
  }
  return level;
}

function luminance(colour: Colour): number {
  return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}
