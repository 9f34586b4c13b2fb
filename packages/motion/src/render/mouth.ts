/** Makes the driver's open mouth look as if it were lit and painted like the character. */

import { type Colour, luminanceOf } from '../model/colour.ts';
import type { RgbaImage } from '../model/image.ts';
import { type FacePerformance, INNER_LIPS } from '../model/performance.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { distanceToSegment } from '../model/segment.ts';
import { type MouthReading, placesOfRim } from './mouth-reading.ts';
import { tightenRim } from './mouth-rim.ts';
import { type OwnMouth, shadeOf, usualTeethLight } from './own-mouth.ts';
import { type Surface, surfaceOf } from './raster.ts';

type Mouth = NonNullable<FacePerformance['mouth']>;
type Shade = { depth: number; strength: number };

const BRIGHTNESS = [0.15, 1.4] as const;
/** Lips allow for so much light beside them. */
const LIGHT_PER_LIP = 1.2;
/**
 * The brightest teeth are at most as bright as the cheeks or the whites of the eyes. Where the
 * driver's are brighter than so many lips, usual ones are as bright as usual teeth in that light:
 * with a light that only keeps the brightest spot in bounds, teeth of a small or dark-skinned face
 * are grey beside a pale one.
 */
const TEETH_PER_LIP = 1.25;
/** Gums and tongue take this part of the way from the driver's red to that of the own lips. */
const LIP_PART = 0.45;
/** Of colours that are no red of lips this part stays. */
const OTHER_CHROMA = 0.3;
/** Light falls in from above and ahead: lips and corners leave shade, in widths of the mouth. */
const UPPER_SHADE = { depth: 0.09, strength: 0.5 } as const;
const LOWER_SHADE = { depth: 0.08, strength: 0.3 } as const;
const CORNER_SHADE = { depth: 0.3, strength: 0.6 } as const;
/** That of the lips reaches this part of a flat opening, so that its middle is in full light. */
const SHADE_PART = 0.35;

/** The recoloured picture and where each face point lies in it (only inner lips are set). */
export type BorrowedMouth = { surface: Surface; places: Float32Array };

/**
 * Recolours the driver's mouth: what is grey gets the light of the character's cheeks, what is red
 * the red of the character's lips.
 */
export function recolourMouth(
  mouth: Mouth,
  picture: RgbaImage,
  reading: MouthReading,
  own: OwnMouth,
): BorrowedMouth {
  const places = placesOfRim(mouth, picture);
  tightenRim(places, reading.opening);
  const from = surfaceOf(picture);
  const recolour = matchColours(reading, own);
  const shadeAt = createShade(places, own.sides);
  const pixels = new Int32Array(from.pixels.length);
  for (const [i, pixel] of from.pixels.entries()) {
    const shade = shadeAt((i % from.width) + 0.5, Math.floor(i / from.width) + 0.5);
    pixels[i] = recolour(pixel, shade);
  }
  return { surface: { width: from.width, height: from.height, pixels }, places };
}

/**
 * The linear map of colours that takes grey to the light of the cheeks, and the driver's lips to
 * the own ones as far as `LIP_PART`.
 */
function matchColours(
  reading: MouthReading,
  own: OwnMouth,
): (pixel: number, shade: number) => number {
  const { lip } = reading;
  const { lips } = own;
  const lipLight = Math.max(luminanceOf(lip), 1);
  const light = lightOf(reading, own);
  const grey = own.tint.map((value) => light * value);
  const red = lip.map((value) => value - lipLight);
  const square = Math.max(red[0]! ** 2 + red[1]! ** 2 + red[2]! ** 2, 1);
  const ownLight = Math.max(luminanceOf(lips), 1);
  const ownRed = red.map((value, i) => {
    const wanted = (light * lipLight * lips[i]!) / ownLight - lipLight * grey[i]!;
    return LIP_PART * wanted + (1 - LIP_PART) * light * value;
  });
  return (pixel, shade) => {
    const colour: Colour = [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
    const bright = luminanceOf(colour);
    const chroma = colour.map((value) => value - bright);
    const part = (chroma[0]! * red[0]! + chroma[1]! * red[1]! + chroma[2]! * red[2]!) / square;
    const left = shadeOf(shade);
    let result = 0xff000000;
    for (let i = 0; i < 3; i += 1) {
      const rest = OTHER_CHROMA * light * (chroma[i]! - part * red[i]!);
      const value = left[i]! * (bright * grey[i]! + part * ownRed[i]! + rest);
      result |= Math.round(clamp(value, 0, 255)) << (8 * i);
    }
    return result;
  };
}

/** How bright the mouth is beside the driver's. */
function lightOf({ lip, teeth, usualTeeth }: MouthReading, own: OwnMouth): number {
  const { cheek, eyes } = own;
  const lipLight = Math.max(luminanceOf(lip), 1);
  const most = Math.min(
    (LIGHT_PER_LIP * luminanceOf(own.lips)) / lipLight,
    Math.max(cheek, eyes) / Math.max(teeth, 1),
  );
  const isBright = teeth > TEETH_PER_LIP * lipLight;
  const least = isBright ? usualTeethLight(cheek, eyes) / Math.max(usualTeeth, 1) : 0;
  return clamp(Math.max(most, least), ...BRIGHTNESS);
}

/** How much light the lips let through to each place of the opening whose rim lies at `places`. */
function createShade(
  places: Float32Array,
  sides: OwnMouth['sides'],
): (x: number, y: number) => number {
  const rim = INNER_LIPS.map((point) => [places[point * 2]!, places[point * 2 + 1]!] as const);
  const [rightLight, leftLight] = sides;
  const corner = INNER_LIPS.length / 2;
  const [right, left] = [rim[0]!, rim[corner]!];
  const width = Math.max(Math.hypot(left[0] - right[0], left[1] - right[1]), 1);
  const upper = rim.slice(0, corner + 1);
  const lower = [...rim.slice(corner), right];
  const height = Math.max(...upper.map(([x, y]) => distanceTo(lower, x, y))) / width;
  const lipDepth = Math.max(SHADE_PART * height, 1e-6);
  const shadeBy = (away: number, { depth, strength }: Shade, limit = depth) =>
    1 - strength * (1 - smoothstep(0, Math.min(depth, limit), away / width));
  return (x, y) => {
    const toCorner = Math.min(
      Math.hypot(x - left[0], y - left[1]),
      Math.hypot(x - right[0], y - right[1]),
    );
    const toLeft = (x - right[0]) * (left[0] - right[0]) + (y - right[1]) * (left[1] - right[1]);
    return (
      mix(rightLight, leftLight, clamp(toLeft / width ** 2, 0, 1)) *
      shadeBy(distanceTo(upper, x, y), UPPER_SHADE, lipDepth) *
      shadeBy(distanceTo(lower, x, y), LOWER_SHADE, lipDepth) *
      shadeBy(toCorner, CORNER_SHADE)
    );
  };
}

function distanceTo(line: readonly (readonly [number, number])[], x: number, y: number): number {
  let nearest = Infinity;
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    nearest = Math.min(nearest, distanceToSegment(x, y, a[0], a[1], b[0], b[1]));
  }
  return nearest;
}
