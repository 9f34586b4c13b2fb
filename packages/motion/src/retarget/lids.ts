/** Opens and closes the character's eyes by the driver's, down to shut, without folding a lid. */

import { EYE_RIMS, EYE_SIDES, type EyeSide } from '../model/eyes.ts';
import { percentile } from '../model/percentile.ts';
import { FACE_STRIDE, type Face } from '../model/pose.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { type FaceMeasures, USUAL_OPENING } from './faces.ts';

/** Opening of each eye as a share of the opening in the picture: 0 is shut. */
export type LidOpenings = Record<EyeSide, number>;

/**
 * Of shut eyes the network reports this opening, in widths of the eye (measured 0.03 to 0.09 on two
 * people): lashes have a height. It is never more than this part of the usual opening.
 */
const SHUT_OPENING = 0.08;
const SHUT_SHARE_MAX = 0.4;
const OPENING_MAX = 1.45;
/** What is left between shut lids, so that no triangle turns over. */
const OPENING_MIN = 0.02;
/** Part of the opening that the upper lid closes; the lower one comes up for the rest. */
const UPPER_PART = 0.85;
/** The skin beside a rim takes this part of its movement when closing, and when opening wide. */
const RING_CLOSING = 0.25;
const RING_OPENING = 0.75;
/** Of the other movement of that skin, mostly by the brow, this part is kept. */
const RING_OWN = 0.6;
/** Eyes of fewer pixels are too noisy to follow at all; from the second width on, wholly. */
const EYE_PIXELS = [6, 14] as const;
/** Part of the movement of lids that the picture has elsewhere. */
const MISFIT_PART = 0.2;
/** An eye is this part of its face's width. */
const EYE_PER_FACE = 0.2;

/**
 * The driver's lids in each frame against their usual opening; only a hint of it for eyes whose
 * rims were not found well.
 */
export function readLids(measures: readonly FaceMeasures[], rimsFit = true): LidOpenings[] {
  const usual = (['rightEyeOpening', 'leftEyeOpening'] as const).map((eye) =>
    percentile(
      measures.map((it) => it[eye]),
      USUAL_OPENING,
    ),
  );
  return measures.map((it) => {
    const trust = (rimsFit ? 1 : MISFIT_PART) * smoothstep(...EYE_PIXELS, it.width * EYE_PER_FACE);
    const openingOf = (now: number, usual: number): number => mix(1, openLids(now, usual), trust);
    return {
      right: openingOf(it.rightEyeOpening, usual[0]!),
      left: openingOf(it.leftEyeOpening, usual[1]!),
    };
  });
}

/** What a measured opening means as a share of the usual one. */
export function openLids(now: number, usual: number): number {
  const shut = Math.min(SHUT_OPENING, SHUT_SHARE_MAX * usual);
  return clamp((now - shut) / Math.max(usual - shut, 1e-6), 0, OPENING_MAX);
}

/**
 * Puts the lids of `target` where `openings` says, whatever `target` had there: on the way between
 * the rims of `face`, carried along with the corners of the eyes.
 */
export function placeLids(target: Face, face: Face, openings: LidOpenings): void {
  for (const side of EYE_SIDES) {
    const opening = clamp(openings[side], OPENING_MIN, OPENING_MAX);
    placeEye(target, face, side, opening);
  }
}

function placeEye(target: Face, face: Face, side: EyeSide, opening: number): void {
  const { upper, lower, above, below } = EYE_RIMS[side];
  const last = upper.length - 1;
  const [first, end] = [upper[0]! * FACE_STRIDE, upper[last]! * FACE_STRIDE];
  const ringPart = opening < 1 ? RING_CLOSING : RING_OPENING;
  for (let i = 1; i < last; i += 1) {
    const [over, under] = [upper[i]! * FACE_STRIDE, lower[i]! * FACE_STRIDE];
    const [skinOver, skinUnder] = [above[i - 1]! * FACE_STRIDE, below[i - 1]! * FACE_STRIDE];
    for (let axis = 0; axis < FACE_STRIDE; axis += 1) {
      const carried = mix(
        target[first + axis]! - face[first + axis]!,
        target[end + axis]! - face[end + axis]!,
        i / last,
      );
      const closed = (1 - opening) * (face[under + axis]! - face[over + axis]!);
      const down = UPPER_PART * closed;
      const up = (UPPER_PART - 1) * closed;
      target[over + axis] = face[over + axis]! + carried + down;
      target[under + axis] = face[under + axis]! + carried + up;
      for (const [skin, moved] of [
        [skinOver, down],
        [skinUnder, up],
      ] as const) {
        const own = target[skin + axis]! - face[skin + axis]! - carried;
        target[skin + axis] = face[skin + axis]! + carried + RING_OWN * own + ringPart * moved;
      }
    }
  }
}
