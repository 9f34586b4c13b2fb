/**
 * Decides whether a character takes hands of a clip at all, so that nobody follows hands in vain.
 */

import type { Character } from '../../model/character.ts';
import { SIDES, type Side } from '../../model/hand.ts';
import type { HandPatch, LabStatistics, Motion } from '../../model/motion.ts';
import { median } from '../../model/percentile.ts';
import { readDriver } from '../driver.ts';
import { type OwnHand, readOwnHand } from './own-hands.ts';

/**
 * `driver`: the clip's wherever they are seen well. `auto`: only where picture and clip are alike
 * enough that they can be taken for the character's own.
 */
export type HandSource = 'auto' | 'driver' | 'own';

/** A hand is borrowed only in a clip that shows it well in at least this many frames. */
export const GOOD_FRAMES_MIN = 6;
/** Lightness and chroma of skin in photographs, CIE L*a*b*. */
const SKIN_LIGHT = [20, 88] as const;
const SKIN_CHROMA = [8, 31] as const;
/** With more frames than this share in sleeves the driver's arms count as covered. */
const COVERED_SHARE_MAX = 0.5;

/**
 * Whether hands of the clip can come to be shown on this character; false is final, true may still
 * fail when the whole clip is known. Without a sample only the picture is asked.
 *
 * @param sample some frames of the clip; hands in it are judged too, when it has any
 */
export function willBorrowHands(
  character: Character,
  sample: Motion | null = null,
  wanted: HandSource = 'auto',
): boolean {
  if (sample !== null && !showsBody(sample)) return false;
  return SIDES.some((side) => {
    const own = readOwnHand(character, side);
    if (!canTakeHand(character, side, wanted)) return false;
    const patches = sample?.frames.flatMap(({ hands }) => hands?.[side]?.patch ?? []) ?? [];
    return wanted === 'driver' || patches.length < GOOD_FRAMES_MIN || isAlike(own, patches);
  });
}

/** Whether this arm of the picture takes a hand of any clip. */
export function canTakeHand(character: Character, side: Side, wanted: HandSource): boolean {
  if (wanted === 'own' || character.pose === null) return false;
  if (!character.movingLimbs.includes(`${side}Arm`)) return false;
  if (wanted === 'driver') return true;
  // One drawn hand tells that the other is drawn too.
  if (SIDES.some((each) => readOwnHand(character, each).isOdd)) return false;
  const { skin } = readOwnHand(character, side);
  return skin !== null && isNaturalSkin(skin.mean);
}

/**
 * Whether hands of the driver look like those of people, and the driver's arm goes on where the
 * character's ends.
 */
export function isAlike(own: OwnHand, patches: readonly HandPatch[]): boolean {
  if (areCovered(patches) && !own.isInSleeve) return false;
  const middle = (c: 0 | 1 | 2): number => median(patches.map(({ skin }) => skin.mean[c]));
  return isNaturalSkin([middle(0), middle(1), middle(2)]);
}

/** Whether the arms behind the hands are in sleeves. */
export function areCovered(patches: readonly HandPatch[]): boolean {
  return patches.filter(({ cut }) => cut === null).length > COVERED_SHARE_MAX * patches.length;
}

/** Skin in a photograph; painted, drawn and rendered skin is nearly always more colourful. */
function isNaturalSkin([light, a, b]: LabStatistics['mean']): boolean {
  const chroma = Math.hypot(a, b);
  return (
    light > SKIN_LIGHT[0] &&
    light < SKIN_LIGHT[1] &&
    chroma > SKIN_CHROMA[0] &&
    chroma < SKIN_CHROMA[1] &&
    a > 0 &&
    b > 0
  );
}

/** A clip of a face alone has no arms. */
function showsBody(sample: Motion): boolean {
  return sample.frames.some(({ pose }) => pose !== null) && readDriver(sample).reach !== 'face';
}
