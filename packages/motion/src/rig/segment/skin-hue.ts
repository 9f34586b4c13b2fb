/** Tells skin from cloth, hair and walls by its hue, in whatever light it lies. */

import type { Colour } from '../../model/colour.ts';
import { smoothstep } from '../../model/scalar.ts';

/** Skin in any light is this much as colourful as the arm's usual, in its hue within the second. */
const COLOURFUL = [0.3, 0.6] as const;
const HUE_OFF = [0.045, 0.085] as const;
/** Arms and face of one person differ less than this in hue (in shares of a colour's sum). */
const SAME_SKIN_MAX = 0.1;

/** Whether two colours may be skin of one person in different light. */
export function isSameSkin(one: Colour, other: Colour): boolean {
  const [a, b] = [one, other].map(([r, g, b]) => Math.max(1, r + g + b)) as [number, number];
  const apart = one.map((value, c) => value / a - other[c]! / b);
  return Math.hypot(...apart) < SAME_SKIN_MAX;
}

/** How far a colour is from grey, in shares of its sum. */
export function colourfulness([r, g, b]: Colour): number {
  const sum = Math.max(1, r + g + b);
  return Math.hypot(r / sum - 1 / 3, g / sum - 1 / 3);
}

/** 1 for the skin of an arm in any light, 0 for cloth and walls of another hue or of none. */
export function shareOfSkin(skin: Colour, r: number, g: number, b: number): number {
  const usual = Math.max(1, skin[0] + skin[1] + skin[2]);
  const [ux, uy] = [skin[0] / usual - 1 / 3, skin[1] / usual - 1 / 3];
  const sum = Math.max(1, r + g + b);
  const [x, y] = [r / sum - 1 / 3, g / sum - 1 / 3];
  const square = ux * ux + uy * uy;
  const along = (x * ux + y * uy) / square;
  const off = Math.hypot(x - along * ux, y - along * uy);
  return smoothstep(...COLOURFUL, along) * (1 - smoothstep(...HUE_OFF, off));
}
