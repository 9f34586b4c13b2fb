/** Makes the driver's open mouth look as if it were lit and painted like the character. */

import { BLACK, type Colour, luminanceOf, meanColour } from '../model/colour.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import { percentile } from '../model/percentile.ts';
import { type FacePerformance, INNER_LIPS } from '../model/performance.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { distanceToSegment } from '../model/segment.ts';
import { colourAt } from './colour.ts';
import { type MouthReading, placesOfRim } from './mouth-reading.ts';
import { tightenRim } from './mouth-rim.ts';
import { type Surface, surfaceOf } from './raster.ts';

type Mouth = NonNullable<FacePerformance['mouth']>;
type Shade = { depth: number; strength: number };

/** The outer rim beside each inner point; halfway between is the red of the lip. */
const OUTER_LIPS = [
  61, 40, 39, 37, 0, 0, 267, 269, 270, 270, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
] as const;
const CHEEKS = [50, 280, 205, 425, 101, 330, 199, 151] as const;
const BRIGHTNESS = [0.15, 1.4] as const;
/**
 * How the cheeks differ from skin in white light tells the colour of the light and of old varnish.
 * Teeth take this power of it; and this power of the colour of the cheeks, as they lie among skin.
 */
const SKIN: Colour = [200, 150, 125];
const LIGHT_TINT = 0.45;
const CHEEK_TINT = 0.35;
/** Lips allow for so much light beside them. */
const LIGHT_PER_LIP = 1.2;
/**
 * The brightest teeth are at most as bright as the cheeks or the whites of the eyes. Where the
 * driver's are brighter than so many lips, usual ones are at least these parts as bright as either:
 * with a light that only keeps the brightest spot in bounds, teeth of a small or dark-skinned face
 * are grey beside a pale one.
 */
const TEETH_PER_LIP = 1.25;
const TEETH_PER_CHEEK_MIN = 0.8;
const TEETH_PER_EYE_MIN = 0.92;
/** Whites of eyes are this bright part of what lies between the lids, looked at in such steps. */
const EYE_WHITE_SHARE = 0.9;
const EYE_DEPTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** Gums and tongue take this part of the way from the driver's red to that of the own lips. */
const LIP_PART = 0.45;
/** Of colours that are no red of lips this part stays. */
const OTHER_CHROMA = 0.3;
/** Light falls in from above and ahead: lips and corners leave shade, in widths of the mouth. */
const UPPER_SHADE = { depth: 0.07, strength: 0.35 } as const;
const LOWER_SHADE = { depth: 0.08, strength: 0.3 } as const;
const CORNER_SHADE = { depth: 0.2, strength: 0.5 } as const;
/** That of the lips reaches this part of a flat opening, so that its middle is in full light. */
const SHADE_PART = 0.35;

/** The recoloured picture and where each face point lies in it (only inner lips are set). */
export type BorrowedMouth = { surface: Surface; places: Float32Array };

/**
 * Recolours the driver's mouth: what is grey gets the light of the character's cheeks, what is red
 * the red of the character's lips. `face` holds the places of the character's face points in `own`.
 */
export function recolourMouth(
  mouth: Mouth,
  picture: RgbaImage,
  reading: MouthReading,
  own: Surface,
  face: Float32Array,
): BorrowedMouth {
  const places = placesOfRim(mouth, picture);
  tightenRim(places, reading.opening);
  const from = surfaceOf(picture);
  const recolour = matchColours(reading, own, face);
  const shadeAt = createShade(places);
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
  own: Surface,
  face: Float32Array,
): (pixel: number, shade: number) => number {
  const ownLips = INNER_LIPS.map((point, i) => {
    const outer = OUTER_LIPS[i]!;
    const x = (face[point * 2]! + face[outer * 2]!) / 2;
    return colourAt(own, x, (face[point * 2 + 1]! + face[outer * 2 + 1]!) / 2);
  });
  const lips = meanColour(ownLips) ?? BLACK;
  const cheeks = CHEEKS.map((point) => colourAt(own, face[point * 2]!, face[point * 2 + 1]!));
  // The darker half may lie under hair or glasses.
  cheeks.sort((a, b) => luminanceOf(b) - luminanceOf(a));
  const cheek = meanColour(cheeks.slice(0, cheeks.length / 2)) ?? BLACK;
  const cheekLight = Math.max(luminanceOf(cheek), 1);
  const { lip } = reading;
  const lipLight = Math.max(luminanceOf(lip), 1);
  const eyes = whiteOfEyes(own, face);
  const light = lightOf(reading, { lips: luminanceOf(lips), cheek: cheekLight, eyes });
  const tint = cheek.map((value, i) => {
    const warm = Math.max(value, 1) / cheekLight;
    return warm ** CHEEK_TINT * ((warm * luminanceOf(SKIN)) / SKIN[i]!) ** LIGHT_TINT;
  });
  const tintLight = luminanceOf([tint[0]!, tint[1]!, tint[2]!]);
  const grey = tint.map((value) => (light * value) / tintLight);
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
    let result = 0xff000000;
    for (let i = 0; i < 3; i += 1) {
      const rest = OTHER_CHROMA * light * (chroma[i]! - part * red[i]!);
      const value = shade * (bright * grey[i]! + part * ownRed[i]! + rest);
      result |= Math.round(clamp(value, 0, 255)) << (8 * i);
    }
    return result;
  };
}

/** How bright the mouth is beside the driver's, from luminances of the picture. */
function lightOf(
  { lip, teeth, usualTeeth }: MouthReading,
  { lips, cheek, eyes }: { lips: number; cheek: number; eyes: number },
): number {
  const lipLight = Math.max(luminanceOf(lip), 1);
  const most = Math.min(
    (LIGHT_PER_LIP * lips) / lipLight,
    Math.max(cheek, eyes) / Math.max(teeth, 1),
  );
  const seen = Math.max(TEETH_PER_CHEEK_MIN * cheek, TEETH_PER_EYE_MIN * eyes);
  const least = teeth > TEETH_PER_LIP * lipLight ? seen / Math.max(usualTeeth, 1) : 0;
  return clamp(Math.max(most, least), ...BRIGHTNESS);
}

/** Luminance of the whites of the eyes; the mean of both, as one may catch all the light. */
function whiteOfEyes(own: Surface, face: Float32Array): number {
  const whites = EYE_SIDES.map((side) => {
    const { upper, lower } = EYE_RIMS[side];
    const lights = upper.slice(1, -1).flatMap((point, i) =>
      EYE_DEPTHS.map((depth) => {
        const under = lower[i + 1]!;
        const x = mix(face[point * 2]!, face[under * 2]!, depth);
        const y = mix(face[point * 2 + 1]!, face[under * 2 + 1]!, depth);
        return luminanceOf(colourAt(own, x, y));
      }),
    );
    return percentile(lights, EYE_WHITE_SHARE);
  });
  return whites.reduce((sum, white) => sum + white, 0) / whites.length;
}

/** How much light the lips let through to each place of the opening whose rim lies at `places`. */
function createShade(places: Float32Array): (x: number, y: number) => number {
  const rim = INNER_LIPS.map((point) => [places[point * 2]!, places[point * 2 + 1]!] as const);
  const corner = INNER_LIPS.length / 2;
  const [right, left] = [rim[0]!, rim[corner]!];
  const width = Math.max(Math.hypot(left[0] - right[0], left[1] - right[1]), 1);
  const upper = rim.slice(0, corner + 1);
  const lower = [...rim.slice(corner), right];
  const height = Math.max(...upper.map(([x, y]) => distanceTo(lower, x, y))) / width;
  const lipDepth = Math.max(SHADE_PART * height, 1e-6);
  const shadeOf = (away: number, { depth, strength }: Shade, limit = depth) =>
    1 - strength * (1 - smoothstep(0, Math.min(depth, limit), away / width));
  return (x, y) => {
    const toCorner = Math.min(
      Math.hypot(x - left[0], y - left[1]),
      Math.hypot(x - right[0], y - right[1]),
    );
    return (
      shadeOf(distanceTo(upper, x, y), UPPER_SHADE, lipDepth) *
      shadeOf(distanceTo(lower, x, y), LOWER_SHADE, lipDepth) *
      shadeOf(toCorner, CORNER_SHADE)
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
