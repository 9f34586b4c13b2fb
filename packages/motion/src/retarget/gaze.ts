/** Lets the character look where the driver looks, as far as its own eyes have white to show. */

import { type PictureIris, readPictureIrises } from '../detect/face-iris.ts';
import type { Character } from '../model/character.ts';
import { EYE_SIDES, type EyeSide, type Gaze } from '../model/eyes.ts';
import type { MotionFrame } from '../model/motion.ts';
import { median } from '../model/percentile.ts';
import type { FaceGaze, IrisShift } from '../model/performance.ts';
import { clamp } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';

/** A reading below this confidence is not used. */
const CONFIDENCE_MIN = 0.3;
/** Corners of the eyes lie unevenly, so straight eyes read this far apart from 0, mirrored. */
const USUAL_SQUINT = 0.06;
/** Eyes that read farther apart than this were misread: slits, or rims that fit only one eye. */
const APART_MAX = 0.22;
/** A driver who looks within this at the middle looks into the camera. */
const STRAIGHT = 0.1;
const STRAIGHT_SHARE_MIN = 0.1;
/** Without a reading for longer than this the eyes come back to rest; blinks are shorter. */
const HOLD_SECONDS = 0.3;
const REST_SECONDS = 0.15;
/** Readings of one frame tremble; this Gaussian, in frames, leaves jumps of the eyes sharp. */
const CALM_SIGMA = 0.7;
/** The middle of an iris comes no nearer to the corners than this, in widths of the eye. */
const ACROSS_MAX = 0.29;
/** Lids follow eyes that look down, as those of the driver do; there is little to show above. */
const UP_MAX = 0.06;
const DOWN_MAX = 0.1;

/**
 * Prepares the gaze of each frame, or nulls where the picture's irises cannot be told from their
 * surroundings (drawn dots, slits, statues, closed or tiny eyes) or the clip's never can.
 */
export function createGazePath(
  character: Character,
  frames: readonly MotionFrame[],
  fps: number,
): (FaceGaze | null)[] {
  const { picture, face } = character;
  const own = face && readOwnIrises(readPictureIrises(picture, face));
  if (!own) return frames.map(() => null);
  const gazes = frames.map(({ gaze }) => gaze ?? null);
  const shifts = readShifts(gazes, fps);
  if (!shifts) return frames.map(() => null);
  const lifts = readLifts(gazes, fps);
  const move = (iris: PictureIris, i: number): IrisShift => ({
    from: iris.across,
    to: limit(iris.across, shifts[i]!),
    down: lifts ? clamp(lifts[i]!, -UP_MAX, DOWN_MAX) : 0,
    radius: iris.radius,
    middle: iris.down,
  });
  return frames.map((_, i) => ({ right: move(own.right, i), left: move(own.left, i) }));
}

/** Stays within the limits, or where the picture has it. */
function limit(from: number, shift: number): number {
  return clamp(from + shift, Math.min(-ACROSS_MAX, from), Math.max(ACROSS_MAX, from));
}

/** The picture's irises; an unclear one is taken for the mirror image of the other. */
function readOwnIrises(irises: Record<EyeSide, PictureIris>): Record<EyeSide, PictureIris> | null {
  const { right, left } = irises;
  const [seesRight, seesLeft] = [right, left].map((it) => it.confidence >= CONFIDENCE_MIN);
  if (!seesRight && !seesLeft) return null;
  const apart = Math.abs(right.across - left.across - 2 * USUAL_SQUINT);
  if (seesRight && seesLeft && apart > APART_MAX) return null;
  return {
    right: seesRight ? right : { ...left, across: left.across + 2 * USUAL_SQUINT },
    left: seesLeft ? left : { ...right, across: right.across - 2 * USUAL_SQUINT },
  };
}

/**
 * How far below their usual height the driver's irises stand, in widths of the eye; null when their
 * heights were not read.
 */
export function readLifts(gazes: readonly (Gaze | null)[], fps: number): Float64Array | null {
  const heights = gazes.map((gaze) => {
    if (!gaze) return null;
    let [sum, total] = [0, 0];
    for (const { down, confidence } of [gaze.right, gaze.left]) {
      if (down === undefined || confidence < CONFIDENCE_MIN) continue;
      sum += confidence * down;
      total += confidence;
    }
    return total > 0 ? sum / total : null;
  });
  const known = heights.filter((height) => height !== null);
  if (known.length === 0) return null;
  const rest = median(known);
  const lifts = heights.map((height) => (height === null ? null : height - rest));
  return smoothValues(fillShifts(lifts, fps), CALM_SIGMA);
}

/** How far the driver's irises are from looking into the camera, in widths of the eye. */
export function readShifts(gazes: readonly (Gaze | null)[], fps: number): Float64Array | null {
  const squint = measureSquint(gazes);
  const places = gazes.map((gaze) => {
    const total = gaze ? gaze.right.confidence + gaze.left.confidence : 0;
    if (!gaze || Math.max(gaze.right.confidence, gaze.left.confidence) < CONFIDENCE_MIN) {
      return null;
    }
    const sum =
      gaze.right.confidence * (gaze.right.across - squint) +
      gaze.left.confidence * (gaze.left.across + squint);
    return sum / total;
  });
  const known = places.filter((place) => place !== null);
  if (known.length === 0) return null;
  const straight = known.filter((place) => Math.abs(place) < STRAIGHT);
  const rest = straight.length >= STRAIGHT_SHARE_MIN * known.length ? median(straight) : 0;
  return smoothValues(
    fillShifts(
      places.map((place) => (place === null ? null : place - rest)),
      fps,
    ),
    CALM_SIGMA,
  );
}

/** Half the distance between both irises' readings when they look the same way. */
function measureSquint(gazes: readonly (Gaze | null)[]): number {
  const clear = gazes.flatMap((gaze) =>
    gaze && EYE_SIDES.every((side) => gaze[side].confidence > 0.5)
      ? [(gaze.right.across - gaze.left.across) / 2]
      : [],
  );
  return clear.length > 0 ? clamp(median(clear), -0.15, 0.15) : USUAL_SQUINT;
}

/** Short gaps are crossed straight; in long ones the eyes go to rest and come back. */
function fillShifts(shifts: readonly (number | null)[], fps: number): Float64Array {
  const result = new Float64Array(shifts.length);
  const hold = HOLD_SECONDS * fps;
  const rest = Math.max(REST_SECONDS * fps, 1);
  let from = -1;
  for (let i = 0; i <= shifts.length; i += 1) {
    const value = i < shifts.length ? shifts[i]! : null;
    if (i < shifts.length && value === null) continue;
    const before = from >= 0 ? shifts[from]! : (value ?? 0);
    const after = value ?? before;
    const gap = i - from - 1;
    for (let k = 1; k <= gap; k += 1) {
      const across = before + ((after - before) * k) / (gap + 1);
      const away = Math.min(k, gap + 1 - k) / rest;
      result[from + k] = gap <= hold ? across : across * clamp(1 - away, 0, 1);
    }
    if (value !== null && i < shifts.length) result[i] = value;
    from = i;
  }
  return result;
}
