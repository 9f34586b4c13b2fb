/** Tells the skin of one face by its colour, and the white of its eyes by the lack of it. */

import type { Colour } from '../model/colour.ts';
import { median } from '../model/percentile.ts';

/** Face points where a face shows its skin: cheeks, below the eyes, the bridge of the nose. */
export const SKIN_POINTS: readonly number[] = [205, 425, 50, 280, 117, 346, 6, 168, 9];

/** Skin has at least this part of the colour of other skin, and of its brightness. */
const SKIN_CHROMA = 0.5;
const SKIN_ASIDE = 0.6;
const SKIN_LIGHT = 0.55;
/** White has at most this part of the skin's colour, and at least so much of its brightness. */
const WHITE_CHROMA = 0.4;
const WHITE_LIGHT = 0.75;

export type SkinLooks = { isSkin: boolean; isWhite: boolean };

/**
 * Prepares the test by the colours at `SKIN_POINTS`, in light and in shade. Some of them may be of
 * hair, of lines, or of eyes that reach as far: the one counts that most others are like.
 */
export function createSkinTest(colours: readonly Colour[]): (colour: Colour) => SkinLooks {
  const skin = mostAlike(colours);
  const light = lightOf(skin);
  const tint = tintOf(skin);
  const size = Math.max(Math.hypot(tint[0], tint[1]), 1e-3);
  return (colour) => {
    const [x, y] = tintOf(colour);
    const along = (x * tint[0] + y * tint[1]) / (size * size);
    const aside = Math.abs(x * tint[1] - y * tint[0]) / (size * size);
    const bright = lightOf(colour) / Math.max(light, 1);
    return {
      isSkin: along > SKIN_CHROMA && aside < SKIN_ASIDE * Math.max(along, 1) && bright > SKIN_LIGHT,
      isWhite: along < WHITE_CHROMA && aside < WHITE_CHROMA && bright > WHITE_LIGHT,
    };
  };
}

/** The colour to which at least half of the others are nearest. */
function mostAlike(colours: readonly Colour[]): Colour {
  const far = colours.map((a) =>
    median(colours.map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))),
  );
  return colours[far.indexOf(Math.min(...far))]!;
}

const lightOf = ([red, green, blue]: Colour): number => (red + green + blue) / 3;

/** How red and how green a colour is beyond grey, whatever its brightness. */
function tintOf([red, green, blue]: Colour): readonly [number, number] {
  const sum = Math.max(red + green + blue, 1);
  return [red / sum - 1 / 3, green / sum - 1 / 3];
}
