/**
 * Reads what light and which colours lie on the character's own face, so that whatever is put into
 * its mouth looks as if it belonged there.
 */

import { BLACK, type Colour, luminanceOf, meanColour } from '../model/colour.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import { percentile } from '../model/percentile.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { FACE } from '../model/pose.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { colourAt } from './colour.ts';
import type { Surface } from './raster.ts';

/** What is known of a character's mouth and the light on it. */
export type OwnMouth = {
  /** The red of the lips. */
  lips: Colour;
  /** Luminance of the lit half of the cheeks, and of the whites of the eyes. */
  cheek: number;
  eyes: number;
  /** How much of that light falls on the person's right and on the left side of the mouth. */
  sides: readonly [right: number, left: number];
  /** The colour that white has in this light; its luminance is 1. */
  tint: Colour;
  /** Colour of the teeth in full light. */
  teeth: Colour;
  /** Between the outer corners of the eyes in the picture, in pixels. */
  eyeDistance: number;
  /** Lengths in the mouth are shares of this part of the distance of the eyes. */
  size: number;
  /** How far the lips are apart in the picture, in distances of the eyes. */
  opening: number;
  /** How far teeth hang below the upper lip of the picture at rest, in such lengths. */
  teethDown: number;
  /** How far the picture shows an open mouth, and teeth in it, 0..1. */
  openness: number;
  teethShown: number;
};

/** The outer rim beside each inner point; halfway between is the red of the lip. */
const OUTER_LIPS = [
  61, 40, 39, 37, 0, 0, 267, 269, 270, 270, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
] as const;
const CHEEKS = [50, 280, 205, 425, 101, 330, 199, 151] as const;
/** Cheeks beside the mouth; hair and glasses do not reach so far down. */
const RIGHT_CHEEK = [205, 206, 216, 207] as const;
const LEFT_CHEEK = [425, 426, 436, 427] as const;
/** Cheeks turn to the sides and teeth to the front: these get this power of the difference. */
const SIDE_POWER = 0.4;
const SIDE_MIN = 0.8;
/**
 * How the cheeks differ from skin in white light tells the colour of the light and of old varnish.
 * Teeth take this power of it; and this power of the colour of the cheeks, as they lie among skin.
 */
const SKIN: Colour = [200, 150, 125];
const LIGHT_TINT = 0.45;
const CHEEK_TINT = 0.35;
/** Whites of eyes are this bright part of what lies between the lids, looked at in such steps. */
const EYE_WHITE_SHARE = 0.9;
const EYE_DEPTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** Usual teeth are at least these parts as bright as the cheeks and the whites of the eyes. */
const TEETH_PER_CHEEK_MIN = 0.75;
const TEETH_PER_EYE_MIN = 0.92;
/** Teeth in full light are this many times as bright as the cheeks or the whites of the eyes. */
const LIT_TEETH = 1;
/** Light between lips has come by their red: of what is left of it, red takes this power. */
export const SHADE_POWERS: Colour = [0.75, 1, 1.1];
/** Teeth in white light; its luminance is 1. */
const IVORY: Colour = [1.03, 1, 0.94];

/** Mouths of people are this part of the distance of their eyes wide; drawn eyes are larger. */
const MOUTH_PER_EYES = 0.52;
const SIZE_MIN = 0.6;
/** Lips so far apart, in distances of the eyes, begin to show what is behind, and do. */
const OPEN = [0.03, 0.06] as const;
/** Teeth of the picture are this part of the brightest in its opening, and brighter than lips. */
const TEETH_PART = 0.75;
const LIT_PART = 0.95;
const TEETH_SHARE = 0.9;
const TEETH_PER_LIP = 1.1;
const TEETH_PER_CHEEK = 0.6;
/** Gums and lips are so far from grey; what is nearer to it is teeth. */
const REDNESS = [0.3, 0.15] as const;
/** The middle of the opening is looked at in so many steps, from this part of its way down. */
const STEPS = 24;
/** Of closed lips the teeth end so far below the line where they meet; in lengths of the mouth. */
const TEETH_DOWN = 0.022;
const TEETH_DOWN_MAX = 0.085;

/**
 * Reads the mouth of a character.
 *
 * @param own the texture that shows the face
 * @param face x and y of its face points in pixels of `own`
 */
export function readOwnMouth(own: Surface, face: Float32Array): OwnMouth {
  const lips = colourOfLips(own, face);
  const skin = colourOfCheeks(own, face);
  const cheek = Math.max(luminanceOf(skin), 1);
  const eyes = whiteOfEyes(own, face);
  const tint = tintOf(skin, cheek);
  const eyeDistance = Math.max(apart(face, FACE.rightEyeOuter, FACE.leftEyeOuter), 1);
  const mouth = apart(face, FACE.mouthRight, FACE.mouthLeft) / eyeDistance;
  const size = clamp(mouth / MOUTH_PER_EYES, SIZE_MIN, 1);
  const gap = apart(face, FACE.upperLip, FACE.lowerLip) / eyeDistance;
  const openness = smoothstep(...OPEN, gap);
  const seen = openness > 0 ? readTeeth(own, face, { lips: luminanceOf(lips), cheek }) : null;
  const lit = LIT_TEETH * Math.max(cheek, eyes);
  return {
    lips,
    cheek,
    eyes,
    sides: lightOfSides(own, face),
    tint,
    teeth: colourOfTeeth(seen?.colour ?? null, lit, tint),
    eyeDistance,
    size,
    opening: gap,
    teethDown: seen ? clamp((seen.down * gap) / size, TEETH_DOWN, TEETH_DOWN_MAX) : TEETH_DOWN,
    openness,
    teethShown: seen ? openness : 0,
  };
}

/** How much of each colour is left where lips let this part of the light through. */
export function shadeOf(light: number): Colour {
  const [red, green, blue] = SHADE_POWERS;
  return [light ** red, light ** green, light ** blue];
}

/** How bright teeth usually are beside such cheeks and eyes. */
export function usualTeethLight(cheek: number, eyes: number): number {
  const seen = Math.max(TEETH_PER_CHEEK_MIN * cheek, TEETH_PER_EYE_MIN * eyes);
  return Math.min(seen, Math.max(cheek, eyes));
}

function colourOfLips(own: Surface, face: Float32Array): Colour {
  const colours = INNER_LIPS.map((point, i) => {
    const outer = OUTER_LIPS[i]!;
    const x = (face[point * 2]! + face[outer * 2]!) / 2;
    return colourAt(own, x, (face[point * 2 + 1]! + face[outer * 2 + 1]!) / 2);
  });
  return meanColour(colours) ?? BLACK;
}

/** The darker half of the cheeks may lie under hair or glasses. */
function colourOfCheeks(own: Surface, face: Float32Array): Colour {
  const cheeks = CHEEKS.map((point) => colourAt(own, face[point * 2]!, face[point * 2 + 1]!));
  cheeks.sort((a, b) => luminanceOf(b) - luminanceOf(a));
  return meanColour(cheeks.slice(0, cheeks.length / 2)) ?? BLACK;
}

/** A face that is lit from one side has a mouth that is. */
function lightOfSides(own: Surface, face: Float32Array): readonly [number, number] {
  const [right, left] = [RIGHT_CHEEK, LEFT_CHEEK].map((points) => {
    const colours = points.map((point) => colourAt(own, face[point * 2]!, face[point * 2 + 1]!));
    return Math.max(luminanceOf(meanColour(colours) ?? BLACK), 1);
  });
  const most = Math.max(right!, left!);
  return [
    Math.max((right! / most) ** SIDE_POWER, SIDE_MIN),
    Math.max((left! / most) ** SIDE_POWER, SIDE_MIN),
  ];
}

/** Skin that is paler than ours does not lie in a light of the other colour. */
function tintOf(skin: Colour, cheek: number): Colour {
  const [red, green, blue] = skin.map((value, i) => {
    const warm = Math.max(value, 1) / cheek;
    const light = warm ** CHEEK_TINT * ((warm * luminanceOf(SKIN)) / SKIN[i]!) ** LIGHT_TINT;
    return clamp(light, Math.min(warm, 1), Math.max(warm, 1));
  });
  const light = luminanceOf([red!, green!, blue!]);
  return [red! / light, green! / light, blue! / light];
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

/** The teeth that the picture shows, and which part of the opening's middle they take. */
function readTeeth(
  own: Surface,
  face: Float32Array,
  { lips, cheek }: { lips: number; cheek: number },
): { colour: Colour; down: number } | null {
  const [top, bottom] = [FACE.upperLip * 2, FACE.lowerLip * 2];
  const colours = Array.from({ length: STEPS }, (_, step) => {
    const way = (step + 0.5) / STEPS;
    return colourAt(
      own,
      mix(face[top]!, face[bottom]!, way),
      mix(face[top + 1]!, face[bottom + 1]!, way),
    );
  });
  const brightest = percentile(colours.map(luminanceOf), TEETH_SHARE);
  if (brightest < TEETH_PER_LIP * lips || brightest < TEETH_PER_CHEEK * cheek) return null;
  const isTooth = (colour: Colour): boolean => luminanceOf(colour) >= TEETH_PART * brightest;
  // The brightest of them lies in no shade.
  const lit = colours.filter((colour) => luminanceOf(colour) >= LIT_PART * brightest);
  const colour = meanColour(lit);
  return colour && { colour, down: (colours.findLastIndex(isTooth) + 1) / STEPS };
}

/**
 * The teeth of the picture as far as they are pale, else what ivory would be in that light; teeth
 * in the shade of a small opening are brought to full light.
 */
function colourOfTeeth(seen: Colour | null, light: number, tint: Colour): Colour {
  const ivory = scaled(IVORY, scaled(tint, [light, light, light]));
  if (seen === null) return ivory;
  const most = Math.max(...seen, 1);
  const pale = smoothstep(...REDNESS, (most - Math.min(...seen)) / most);
  const by = Math.max(1, light / Math.max(luminanceOf(seen), 1));
  const [red, green, blue] = ivory.map((value, i) =>
    Math.min(mix(value, by * seen[i]!, pale), 255),
  );
  return [red!, green!, blue!];
}

function scaled(colour: Colour, by: Colour): Colour {
  return [colour[0] * by[0], colour[1] * by[1], colour[2] * by[2]];
}

function apart(face: Float32Array, a: number, b: number): number {
  return Math.hypot(face[a * 2]! - face[b * 2]!, face[a * 2 + 1]! - face[b * 2 + 1]!);
}
