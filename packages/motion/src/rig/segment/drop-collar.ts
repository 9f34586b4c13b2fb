/**
 * Leaves collars to the trunk: a head whose neck goes into a collar would carry the upper half of
 * the cloth along and leave the lower half behind.
 */

import { BLACK, type Colour, luminanceOf } from '../../model/colour.ts';
import { facePointAt } from '../../model/landmarks.ts';
import { FACE, type Face } from '../../model/pose.ts';
import { labelComponents } from '../pixels/binary.ts';
import { type Appearance, distanceToNearest, skinColour } from './appearance.ts';
import { colourAt, type Figure } from './figure.ts';
import { PART } from './parts.ts';
import { colourfulness, shareOfSkin } from './skin-hue.ts';
import { createHeadFrame } from './torso-frame.ts';

/** Places of a face that show skin in any light: forehead, cheeks, jaws and chin. */
const SKIN_PLACES = [151, 9, 4, 50, 280, 205, 425, 117, 346, 136, 365, 150, 379, 199, 175] as const;
/** This part of them is paler; the palest may be a highlight. */
const PALE = 0.2;
/** Light on skin makes it at least this much as bright as those; cloth in shadow is pale too. */
const PALE_LIGHT = 0.85;
/** Pixels that are fainter have colours of the background. */
const SOLID_ALPHA = 0.9;
/** Below this share of skin a colour is another thing's. */
const SKIN_MIN = 0.3;
/** Pixels nearer than this to the colours of the hair may be a strand or a beard. */
const HAIR_MAX = 45;
/** A collar is at least this large, as a share of the head's length squared: chains stay. */
const SIZE_MIN = 0.03;
/** A scarf around the head reaches farther above the chin; the soft rim of a jaw does not. */
const ABOVE_SHARE_MAX = 0.15;

/**
 * Labels in which the trunk has the cloth below the chin: that has neither the hue of skin nor the
 * colour of hair, and does not reach up beside the face, as a scarf does. Without a face, or
 * without a colour of hair, nothing can be told.
 */
export function dropCollar(figure: Figure, appearance: Appearance, labels: Int8Array): Int8Array {
  const { hair } = appearance;
  if (figure.face === null || hair.length === 0) return labels;
  if (figure.framing === 'head-and-shoulders') return labels;
  const isSkin = createSkinTest(figure, figure.face);
  const { width, height, channels } = figure.rgb;
  const [r, g, b] = channels;
  const cloth = labels.map((label, i) => {
    if (label !== PART.head || figure.alpha[i]! < SOLID_ALPHA) return 0;
    const colour: Colour = [r[i]!, g[i]!, b[i]!];
    return isSkin(colour) || distanceToNearest(colour, hair) < HAIR_MAX ? 0 : 1;
  });
  const { labels: pieces, sizes } = labelComponents(Uint8Array.from(cloth), width, height);
  const frame = createHeadFrame(figure.joints);
  const chin = facePointAt(figure.face, FACE.chin);
  const above = sizes.map(() => 0);
  for (let i = 0; i < cloth.length; i++) {
    const x = i % width;
    const isAbove = frame.h(x, (i - x) / width) > frame.h(chin.x, chin.y);
    if (cloth[i] === 1 && isAbove) above[pieces[i]!]! += 1;
  }
  const least = SIZE_MIN * frame.length ** 2;
  const isCollar = sizes.map(
    (size, piece) => size >= least && above[piece]! < ABOVE_SHARE_MAX * size,
  );
  const collar = cloth.map((value, i) => (value === 1 && isCollar[pieces[i]!] ? 1 : 0));
  return labels.map((label, i) => (collar[i] === 1 ? PART.torso : label));
}

/** Skin has the hue of the face, whose paleness is that of bright light alone. */
function createSkinTest(figure: Figure, face: Face): (colour: Colour) => boolean {
  const colours = SKIN_PLACES.map((point) => colourAt(figure, facePointAt(face, point)))
    .filter((colour) => colour !== null)
    .sort((a, b) => colourfulness(a) - colourfulness(b));
  const usual = skinColour(figure) ?? BLACK;
  const pale = colours[Math.floor(PALE * colours.length)] ?? usual;
  const bright = PALE_LIGHT * luminanceOf(pale);
  return (colour) =>
    shareOfSkin(luminanceOf(colour) > bright ? pale : usual, ...colour) >= SKIN_MIN;
}
