/** Tells the hands of a clip that can be borrowed from those that would look wrong. */

import { wrapAngle } from '../../model/angles.ts';
import type { Point } from '../../model/geometry.ts';
import { HAND, type Hand, handPointAt } from '../../model/hand.ts';
import { distanceBetween } from '../../model/landmarks.ts';
import type { HandPatch, HandSighting } from '../../model/motion.ts';
import type { ArmPath } from './place-hand.ts';

/** Body and hand network must agree on the wrist to within this many palm lengths ... */
const WRIST_APART_MAX = 0.62;
/** ... and on the arm to within this angle, unless it points at the camera. */
const AXIS_APART_MAX = 0.6;
const FOREARM_MIN = 0.8;
/** A hand blurred more than the first is not shown; up to the second its arm must be told well. */
const SHARPNESS_MIN = 30;
const SHARPNESS_SURE = 60;
/** A finger that is short for a moment was lost, not bent: it loses this part of its reach ... */
const REACH_LEFT_MIN = 0.75;
/** ... against the best of so long on both sides. */
const GLITCH_SECONDS = 0.17;
/** The start of a hand lies at most this part of the palm beside its wrist point. */
const HEEL_ASIDE_MAX = 0.4;
const TIPS = [4, 8, 12, 16, 20] as const;

/** A sighting whose hand was cut out. */
export type GoodHand = HandSighting & { patch: HandPatch };

/**
 * The sightings that hang on their arm and show their fingers; null elsewhere.
 *
 * @param wristOf the wrist of the body in each frame, in clip pixels
 */
export function judgeHands(
  sightings: readonly (HandSighting | null)[],
  wristOf: (frame: number) => Point,
  arm: ArmPath,
  fps: number,
): (GoodHand | null)[] {
  const attached = sightings.map((it, i) =>
    it !== null && hasPatch(it) && isAttached(it, wristOf(i), arm, i) ? it : null,
  );
  const reaches = attached.map((it) => it && reachOf(it.hand, it.patch.palm));
  return attached.map((it, i) =>
    isCutShort(reaches, i, Math.floor(GLITCH_SECONDS * fps)) ? null : it,
  );
}

function hasPatch(sighting: HandSighting): sighting is GoodHand {
  return sighting.patch !== null;
}

function isAttached({ hand, patch }: GoodHand, wrist: Point, arm: ArmPath, i: number): boolean {
  if (patch.sharpness < SHARPNESS_MIN) return false;
  if (distanceBetween(handPointAt(hand, HAND.wrist), wrist) > WRIST_APART_MAX * patch.palm)
    return false;
  const isForeshortened = arm.length[i]! < FOREARM_MIN * patch.palm;
  if (isForeshortened && patch.sharpness >= SHARPNESS_SURE) return true;
  return Math.abs(wrapAngle(patch.axis - arm.angle[i]!)) < AXIS_APART_MAX;
}

/**
 * Whether the hand is seen from its wrist on. One of which a sleeve hides the start would float at
 * the end of a bare arm.
 */
export function beginsAtWrist({ patch: { heel, palm } }: GoodHand): boolean {
  return heel !== null && Math.abs(heel.offset) < HEEL_ASIDE_MAX * palm;
}

/** From the wrist to the farthest finger tip, in palm lengths. */
function reachOf(hand: Hand, palm: number): number {
  const wrist = handPointAt(hand, HAND.wrist);
  return Math.max(...TIPS.map((tip) => distanceBetween(handPointAt(hand, tip), wrist))) / palm;
}

function isCutShort(reaches: readonly (number | null)[], i: number, frames: number): boolean {
  const own = reaches[i] ?? null;
  if (own === null) return false;
  const best = (from: number, to: number): number =>
    Math.max(0, ...reaches.slice(Math.max(0, from), to).map((reach) => reach ?? 0));
  const beside = Math.min(best(i - frames, i), best(i + 1, i + 1 + frames));
  return own < REACH_LEFT_MIN * beside;
}
