/** Says whether the face of a result moves when and as that of its reference does. */

import type { EyeSide } from '../model/eyes.ts';
import { median } from '../model/percentile.ts';
import type { Face } from '../model/pose.ts';
import { type FaceReading, readFaceSeries } from './face-signals.ts';
import { type CurvePair, FACE_SIGNALS, type FaceSignal, meanOf } from './motion-score.ts';

/** The face at the same moment of both videos; null where none was found. */
export type FacePair = { reference: Face | null; result: Face | null };

export type FaceAgreement = {
  expression: Record<FaceSignal, number | null>;
  expressionGain: number | null;
  mouthOpening: CurvePair;
  lids: CurvePair;
};

/**
 * A signal of the reference that spreads less than this (standard deviation) is at rest: what is
 * left is the tracker's noise, and a correlation with noise says nothing. Angles in degrees.
 */
const SPREAD_MIN: Readonly<Record<FaceSignal, number>> = {
  mouthOpening: 0.02,
  mouthWidth: 0.015,
  // What the network errs on turned faces leaves 0.03; one blink in eight seconds is 0.05.
  leftLid: 0.04,
  rightLid: 0.04,
  browHeight: 0.01,
  yaw: 1.5,
  pitch: 1.5,
  roll: 1,
};
/** A signal that both show at fewer moments has no correlation worth a number. */
const MOMENTS_MIN = 10;
/** Rounding alone; a frozen video, tracked, spreads far more. */
const STILL = 1e-9;

/**
 * Measures the agreement of faces at equal times. The lids of eyes that are hidden in either video
 * are left out.
 */
export function compareFaces(
  pairs: readonly FacePair[],
  hiddenEyes: readonly EyeSide[] = [],
): FaceAgreement {
  const isHidden = (signal: FaceSignal): boolean =>
    hiddenEyes.some((side) => signal === `${side}Lid`);
  const references = readFaceSeries(pairs.map(({ reference }) => reference));
  const results = readFaceSeries(pairs.map(({ result }) => result));
  const readings = pairs.map((_, i) => ({ reference: references[i]!, result: results[i]! }));
  const both = readings.flatMap(({ reference, result }) =>
    reference && result ? [{ reference, result }] : [],
  );
  const compared = FACE_SIGNALS.map((signal) => {
    const reference = followSignal(
      both.map((pair) => pair.reference),
      signal,
    );
    const result = followSignal(
      both.map((pair) => pair.result),
      signal,
    );
    const isAtRest = both.length < MOMENTS_MIN || spreadOf(reference) < SPREAD_MIN[signal];
    return isAtRest || isHidden(signal) ? null : { signal, ...correlate(reference, result) };
  });
  const gains = compared.flatMap((entry) => (entry ? [entry.gain] : []));
  return {
    expression: Object.fromEntries(
      FACE_SIGNALS.map((signal, i) => [signal, compared[i]?.correlation ?? null]),
    ) as Record<FaceSignal, number | null>,
    expressionGain: gains.length > 0 ? median(gains) : null,
    mouthOpening: curve(readings, ({ mouthOpening }) => mouthOpening),
    lids: curve(readings, ({ leftLid, rightLid }) => (leftLid + rightLid) / 2),
  };
}

/** The course of a signal; that of lids does not follow the turn of the head. */
function followSignal(readings: readonly FaceReading[], signal: FaceSignal): readonly number[] {
  const values = readings.map((reading) => reading[signal]);
  if (signal !== 'leftLid' && signal !== 'rightLid') return values;
  const yaws = readings.map(({ yaw }) => yaw);
  return withoutTurn(values, yaws);
}

/**
 * Values less what a straight line through them says of their yaw: turning an eye away narrows it
 * in the picture, so that lids seem to open with the turn of the head alone.
 */
function withoutTurn(values: readonly number[], yaws: readonly number[]): readonly number[] {
  const spread = spreadOf(yaws);
  if (!(spread >= SPREAD_MIN.yaw)) return values;
  const { correlation } = correlate(yaws, values);
  const slope = (correlation * spreadOf(values)) / spread;
  const middle = meanOf(yaws) ?? 0;
  return values.map((value, i) => value - slope * (yaws[i]! - middle));
}

/** Pearson's correlation, 0 when the second stands still, and the ratio of the spreads. */
function correlate(
  reference: readonly number[],
  result: readonly number[],
): { correlation: number; gain: number } {
  const [x, y] = [meanOf(reference) ?? 0, meanOf(result) ?? 0];
  const product = reference.reduce((sum, value, i) => sum + (value - x) * (result[i]! - y), 0);
  const [a, b] = [spreadOf(reference), spreadOf(result)];
  return { correlation: b > STILL ? product / reference.length / (a * b) : 0, gain: b / a };
}

function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values) ?? 0;
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) ?? 0);
}

type Readings = { reference: FaceReading | null; result: FaceReading | null };

function curve(readings: readonly Readings[], of: (reading: FaceReading) => number): CurvePair {
  return {
    reference: readings.map(({ reference }) => reference && of(reference)),
    result: readings.map(({ result }) => result && of(result)),
  };
}
