/**
 * What a score is, and the one place where its parts are weighed: one number from 0 to 1, of which
 * every part can be read.
 */

import { clamp } from '../model/scalar.ts';

/** Changes whenever the same two videos would get another number. */
export const SCORE_VERSION = 5;

/** What is judged, each from 0 to 1. */
export const SCORE_PARTS = [
  'pose',
  'limbs',
  'movement',
  'expression',
  'identity',
  'steadiness',
  'feet',
] as const;
/** One of the things that are judged. */
export type ScorePart = (typeof SCORE_PARTS)[number];

/** Signals of a face that are followed over time. */
export const FACE_SIGNALS = [
  'mouthOpening',
  'mouthWidth',
  'leftLid',
  'rightLid',
  'browHeight',
  'yaw',
  'pitch',
  'roll',
] as const;
/** One signal of a face. */
export type FaceSignal = (typeof FACE_SIGNALS)[number];

/** What was measured; null where it could not be, which is never the same as 0. */
export type ScoreMeasures = {
  /** Share of joints within 0.1 of the torso length of where they should be. */
  pck01: number | null;
  /** The same within 0.2. */
  pck02: number | null;
  /** Mean difference of the directions of upper arms, fore arms, thighs and shins, in degrees. */
  limbAngleDegrees: number | null;
  /** Share of those directions that differ by less than 15 degrees. */
  limbsWithin15Degrees: number | null;
  /** Correlation of the directions of the limbs over time, -1 to 1. */
  movementCorrelation: number | null;
  /** Correlation of each signal of the face over time, -1 to 1. */
  expression: Record<FaceSignal, number | null>;
  /** How far the face moves compared with the reference's: the median over the signals. */
  expressionGain: number | null;
  /** Median jerk of the joints over that of the reference's; 1 is as calm as the reference. */
  jitterRatio: number | null;
  /** Movement of the feet while the reference's are planted, in percent of the torso a second. */
  footDrift: number | null;
  /** The same of the reference's own feet, in percent of its torso: the tracker's own noise. */
  footDriftReference: number | null;
  /** Likeness of the face's texture with the picture's, -1 to 1; see `measureIdentity`. */
  identity: number | null;
  /** Share of the hands seen in the reference that are found in the result, at its wrists. */
  handsFound: number | null;
  /** Median and 90th percentile of how far their 21 points differ in shape, in palm lengths. */
  handShapeError: number | null;
  handShapeErrorP90: number | null;
  /** Share of the reference's frames with a person in which the result shows one too. */
  coverage: number;
  /** Share of the joints seen in the reference that are seen in the result too. */
  jointsSeen: number | null;
};

/** Curves over time for a plot; null where nothing was seen. */
export type ScoreCurves = {
  timesMs: number[];
  limbErrorDegrees: (number | null)[];
  mouthOpening: CurvePair;
  lids: CurvePair;
};
/** The same signal of both videos. */
export type CurvePair = { reference: (number | null)[]; result: (number | null)[] };

/** How well a result follows its reference. */
export type MotionScore = {
  /** 0 to 1; see {@link combineParts}. */
  score: number;
  /** The part with the lowest value, or null when none could be judged. */
  weakest: ScorePart | null;
  /** Each from 0 to 1, or null when it could not be judged and was left out. */
  parts: Record<ScorePart, number | null>;
  measures: ScoreMeasures;
  /** Moments that were compared, and how many of them a second. */
  frameCount: number;
  fps: number;
  curves: ScoreCurves;
};

/** How much each part counts when all can be judged; the rest shares what a missing one leaves. */
export const SCORE_WEIGHTS: Readonly<Record<ScorePart, number>> = {
  pose: 0.3,
  limbs: 0.15,
  movement: 0.15,
  expression: 0.2,
  identity: 0.1,
  steadiness: 0.05,
  feet: 0.05,
};

/** Limbs that are this far off on average are worth nothing. */
const LIMB_DEGREES_MAX = 30;
/**
 * Up to this gain of the expression nothing is lost, from the second on all. Nothing is lost by a
 * small one: the tracker sees painted and drawn expressions smaller than they are.
 */
const EXPRESSION_GAIN = [1.6, 4] as const;
/** Up to this ratio a result counts as calm as its reference, from the second on as unbearable. */
const JITTER_RATIO = [1.5, 5] as const;
/** Drift beyond the reference's own, in percent of the torso a second: unseen, and unbearable. */
const FOOT_DRIFT = [3, 30] as const;
/**
 * Likeness of strangers, and of one face drawn well: strangers were measured at 0.27 to 0.77, the
 * picture's own face in results at 0.85 to 0.99.
 */
const IDENTITY = [0.6, 0.9] as const;

/** Turns measures into parts from 0 to 1. */
export function judgeParts(measures: ScoreMeasures): Record<ScorePart, number | null> {
  const { pck01, pck02, limbAngleDegrees, movementCorrelation, identity } = measures;
  const { jitterRatio, footDrift, footDriftReference } = measures;
  const drift =
    footDrift === null || footDriftReference === null ? null : footDrift - footDriftReference;
  return {
    pose: pck01 === null || pck02 === null ? null : (pck01 + pck02) / 2,
    limbs: limbAngleDegrees === null ? null : fall(limbAngleDegrees, 0, LIMB_DEGREES_MAX),
    movement: movementCorrelation === null ? null : clamp(movementCorrelation, 0, 1),
    expression: judgeExpression(measures),
    identity: identity === null ? null : 1 - fall(identity, ...IDENTITY),
    steadiness: jitterRatio === null ? null : fall(jitterRatio, ...JITTER_RATIO),
    feet: drift === null ? null : fall(drift, ...FOOT_DRIFT),
  };
}

/**
 * The number: `coverage * sum(weight * part) / sum(weight)` over the parts that could be judged. A
 * part that is null is left out and its weight shared by the others; when nothing could be judged
 * the score is 0.
 */
export function combineParts(
  parts: Readonly<Record<ScorePart, number | null>>,
  coverage: number,
): { score: number; weakest: ScorePart | null } {
  let sum = 0;
  let weights = 0;
  let weakest: ScorePart | null = null;
  for (const part of SCORE_PARTS) {
    const value = parts[part];
    if (value === null) continue;
    sum += SCORE_WEIGHTS[part] * value;
    weights += SCORE_WEIGHTS[part];
    if (weakest === null || value < parts[weakest]!) weakest = part;
  }
  return { score: weights === 0 ? 0 : (coverage * sum) / weights, weakest };
}

/** How well the signals follow; a grimace that follows well but far too strongly is none. */
function judgeExpression({ expression, expressionGain }: ScoreMeasures): number | null {
  const follows = meanOf(
    FACE_SIGNALS.flatMap((signal) => {
      const correlation = expression[signal];
      return correlation === null ? [] : [clamp(correlation, 0, 1)];
    }),
  );
  if (follows === null || expressionGain === null) return follows;
  return follows * fall(expressionGain, ...EXPRESSION_GAIN);
}

/** 1 up to `from`, 0 beyond `to`, straight between them. */
function fall(value: number, from: number, to: number): number {
  return 1 - clamp((value - from) / (to - from), 0, 1);
}

/** The mean, or null of nothing. */
export function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A score as the API and the command line hand it out: one flat object of plain values. */
export type FlatScore = Record<string, number | string | null>;

/**
 * Writes a score down flat: `score`, `weakest`, `part_*` (0 to 1) and the measures, all in
 * snake_case and rounded to four decimals; null where something could not be measured. The curves
 * are left out.
 */
export function flattenScore({ score, weakest, parts, measures, ...rest }: MotionScore): FlatScore {
  const { pck01, pck02, expression, ...others } = measures;
  const flat: FlatScore = { score: round(score), weakest, pck_0_1: round(pck01) };
  flat['pck_0_2'] = round(pck02);
  const add = (values: Record<string, number | null>, prefix = ''): void => {
    for (const [name, value] of Object.entries(values)) {
      flat[prefix + toSnakeCase(name)] = round(value);
    }
  };
  add(others);
  add(expression, 'correlation_');
  add(parts, 'part_');
  return { ...flat, frames: rest.frameCount, fps: round(rest.fps), version: SCORE_VERSION };
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}

function toSnakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])/g, '_').toLowerCase();
}
