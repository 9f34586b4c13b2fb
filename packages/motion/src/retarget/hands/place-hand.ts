/**
 * Puts the driver's hand at the end of the character's arm: same wrist, same turn, fitting width.
 */

import { unwrapAngles, wrapAngle } from '../../model/angles.ts';
import type { Point } from '../../model/geometry.ts';
import { median } from '../../model/percentile.ts';
import { clamp, smoothstep } from '../../model/scalar.ts';
import { smoothValues } from '../../model/smooth-values.ts';

/** How calmly the turn of the hand follows, in frames at 25 a second. */
const TURN_SIGMA_SECONDS = 1.5 / 25;
/** The wrist point of the network trembles by this many frames' worth. */
const ANCHOR_SIGMA = 0.6;
/** Widths and middles of the arm are medians over this many frames on either side. */
const CUT_REACH = 3;
const WIDTH_LIMITS = [0.9, 1.08] as const;
/** A hand is shifted sideways by at most this part of its palm to meet its arm. */
const SHIFT_MAX = 0.4;
/** Behind a clear forearm the calm turn stays back by at most this, in radians. */
const TURN_LAG_MAX = 0.3;
/** A wrist bends by at most this, in radians. */
const BEND_MAX = 1;
/** A forearm shorter than this many palms points at the camera and has no direction. */
const FOREARM_CLEAR = [0.5, 1.2] as const;

/** A forearm of each frame: angle in radians, length in pixels. */
export type ArmPath = { angle: Float64Array; length: Float64Array };

/**
 * How far the hand has to be turned clockwise in each frame, which is the difference of the two
 * forearms.
 *
 * @param palm of the driver, in the pixels of `driver`
 */
export function turnHand(
  driver: ArmPath,
  character: ArmPath,
  palm: number,
  fps: number,
): Float64Array {
  const turn = unwrapAngles(character.angle.map((angle, i) => wrapAngle(angle - driver.angle[i]!)));
  const clear = driver.length.map((it) => smoothstep(...FOREARM_CLEAR, it / palm));
  const weights = clear.map((it) => 0.02 + it);
  const calm = smoothValues(turn, TURN_SIGMA_SECONDS * fps, weights);
  return calm.map((value, i) => {
    const lag = TURN_LAG_MAX + (1 - clear[i]!) * Math.PI;
    return clamp(value, turn[i]! - lag, turn[i]! + lag);
  });
}

/**
 * The turn of a hand, less what would break its wrist: the arms of clip and character are not told
 * equally well in every frame.
 *
 * @param direction of the hand before it is turned
 * @param forearm direction of the character's, which is `palms` long
 */
export function limitBend(turn: number, direction: number, forearm: number, palms: number): number {
  const bend = wrapAngle(direction + turn - forearm);
  const beyond = bend - clamp(bend, -BEND_MAX, BEND_MAX);
  return turn - smoothstep(...FOREARM_CLEAR, palms) * beyond;
}

/** Wrist points without tremble; frames without one are null. */
export function calmAnchors(anchors: readonly (Point | null)[]): (Point | null)[] {
  const result = anchors.slice();
  let from = 0;
  while (from < anchors.length) {
    let to = from;
    while (to < anchors.length && anchors[to] !== null) to += 1;
    const run = anchors.slice(from, to) as Point[];
    const x = smoothValues(
      Float64Array.from(run, (it) => it.x),
      ANCHOR_SIGMA,
    );
    const y = smoothValues(
      Float64Array.from(run, (it) => it.y),
      ANCHOR_SIGMA,
    );
    for (let i = 0; i < run.length; i += 1) result[from + i] = { x: x[i]!, y: y[i]! };
    from = to + 1;
  }
  return result;
}

/** An arm where it is cut: its middle beside the wrist point and its width. */
export type ArmCut = { offset: number; width: number };

/** Medians of what the neighbours say; null where none of them says anything. */
export function calmCuts(cuts: readonly (ArmCut | null)[]): (ArmCut | null)[] {
  return cuts.map((_, i) => {
    const near = cuts
      .slice(Math.max(0, i - CUT_REACH), i + CUT_REACH + 1)
      .filter((cut) => cut !== null);
    if (near.length === 0) return null;
    return {
      offset: median(near.map(({ offset }) => offset)),
      width: median(near.map(({ width }) => width)),
    };
  });
}

/**
 * What makes a driver's bare arm, drawn at `scale`, meet the character's: a factor on the scale and
 * a shift clockwise of the forearm in pixels of the character.
 */
export function meetArm(
  driver: ArmCut | null,
  character: ArmCut | null,
  scale: number,
  palm: number,
): { factor: number; shift: number } {
  if (driver === null || character === null) return { factor: 1, shift: 0 };
  const factor = clamp(character.width / Math.max(driver.width * scale, 1e-6), ...WIDTH_LIMITS);
  const shift = character.offset - driver.offset * scale * factor;
  return { factor, shift: clamp(shift, -SHIFT_MAX * palm, SHIFT_MAX * palm) };
}
