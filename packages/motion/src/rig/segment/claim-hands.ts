/**
 * Gives all of a bare hand to its arm: fingers left on a hip would stay there when the arm moves.
 */

import type { Limb } from '../../model/character.ts';
import { type Colour, meanColour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { labelComponents } from '../pixels/binary.ts';
import type { Appearance } from './appearance.ts';
import { chromaDistance, colourAt, type Figure } from './figure.ts';
import { NO_PART, PART, SIDES, type Side } from './parts.ts';

/** The hand is looked for within this many palm lengths of its middle. */
const REACH = 2.2;
/** Pixels nearer than this to the hand in chroma may be hand ... */
const SAME_SKIN_MAX = 30;
/** ... when no more than this much darker or lighter (0..255). */
const SAME_LIGHT_MAX = 60;
/** Cloth must differ from the hand by this much in chroma, or colours cannot tell them apart. */
const CLOTH_MIN = 50;

/** Labels with the hands of moving arms completed. */
export function claimHands(
  figure: Figure,
  appearance: Appearance,
  labels: Int8Array,
  frozen: readonly Limb[],
): Int8Array {
  const result = Int8Array.from(labels);
  for (const side of SIDES) {
    if (frozen.includes(`${side}Arm`) || !appearance.isHandVisible[side]) continue;
    const wrist = jointAt(figure.joints, `${side}Wrist`);
    const hand = jointAt(figure.joints, `${side}Hand`);
    const skin = meanColour(
      [0.3, 0.6, 0.9]
        .map((t) => colourAt(figure, between(wrist, hand, t)))
        .filter((colour) => colour !== null),
    );
    if (skin === null) continue;
    const palm = Math.hypot(hand.x - wrist.x, hand.y - wrist.y);
    claimHand(figure, result, side, {
      skin,
      centre: between(wrist, hand, 0.8),
      radius: REACH * palm,
    });
  }
  return result;
}

function claimHand(
  figure: Figure,
  labels: Int8Array,
  side: Side,
  { skin, centre, radius }: { skin: Colour; centre: Point; radius: number },
): void {
  const { width, height } = figure.rgb;
  const arm = PART[`${side}Arm`];
  if (isClothLikeSkin(figure, labels, skin, centre, 3 * radius)) return;
  const skinLike = new Uint8Array(labels.length);
  forDisc(width, height, centre, radius, (i) => {
    if (labels[i] === NO_PART) return;
    skinLike[i] = labels[i] === arm || isSkin(figure, i, skin) ? 1 : 0;
  });
  const { labels: pieces } = labelComponents(skinLike, width, height);
  const ofArm = new Set<number>();
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === arm && pieces[i] !== 0) ofArm.add(pieces[i]!);
  }
  const hand = skinLike.map((value, i) => (value === 1 && ofArm.has(pieces[i]!) ? 1 : 0));
  forDisc(width, height, centre, radius, (i) => {
    const isBody =
      labels[i] === PART.torso || labels[i] === PART.leftLeg || labels[i] === PART.rightLeg;
    if (isBody && hand[i] === 1) labels[i] = arm;
  });
}

function isSkin({ rgb }: Figure, i: number, skin: Colour): boolean {
  const [r, g, b] = rgb.channels;
  const colour: Colour = [r[i]!, g[i]!, b[i]!];
  const light = Math.abs(colour[1] - skin[1]);
  return chromaDistance(colour, skin) < SAME_SKIN_MAX && light < SAME_LIGHT_MAX;
}

/** Bare thighs or skin-coloured cloth beside the hand: then the flood knows better than colours. */
function isClothLikeSkin(
  figure: Figure,
  labels: Int8Array,
  skin: Colour,
  centre: Point,
  radius: number,
): boolean {
  const { width, height, channels } = figure.rgb;
  const [r, g, b] = channels;
  let near = 0;
  let alike = 0;
  forDisc(width, height, centre, radius, (i) => {
    const label = labels[i]!;
    if (label !== PART.torso && label !== PART.leftLeg && label !== PART.rightLeg) return;
    near++;
    const colour: Colour = [r[i]!, g[i]!, b[i]!];
    const isFar =
      chromaDistance(colour, skin) > CLOTH_MIN || Math.abs(colour[1] - skin[1]) > SAME_LIGHT_MAX;
    if (!isFar) alike++;
  });
  return alike * 3 > near;
}

function forDisc(
  width: number,
  height: number,
  centre: Point,
  radius: number,
  visit: (i: number) => void,
): void {
  const top = Math.max(0, Math.floor(centre.y - radius));
  const bottom = Math.min(height - 1, Math.ceil(centre.y + radius));
  const left = Math.max(0, Math.floor(centre.x - radius));
  const right = Math.min(width - 1, Math.ceil(centre.x + radius));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      if (Math.hypot(x - centre.x, y - centre.y) <= radius) visit(y * width + x);
    }
  }
}
