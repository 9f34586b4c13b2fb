/** Scores one motion against another at equal times: pure numbers, no pictures. */

import type { EyeSide } from '../model/eyes.ts';
import type { Motion } from '../model/motion.ts';
import { compareCalm } from './compare-calm.ts';
import { compareFaces } from './compare-faces.ts';
import { compareHands, type HandPair } from './compare-hands.ts';
import { comparePoses, type PosePair } from './compare-poses.ts';
import { combineParts, judgeParts, type MotionScore, type ScoreMeasures } from './motion-score.ts';
import { type Moment, sampleMotion } from './sample-motion.ts';
import { measureTorso, readSkeleton } from './skeleton.ts';

/** What is known beyond the two motions. */
export type CompareOptions = {
  /** Moments a second to compare. @default the lower rate of the two motions */
  fps?: number;
  /** Likeness of the faces, measured on the pictures. @default null */
  identity?: number | null;
  /** Hands that the reference shows, read from the pictures. @default none */
  hands?: readonly HandPair[];
  /** Eyes that are not seen in one of the two; their lids are not compared. @default none */
  hiddenEyes?: readonly EyeSide[];
};

/**
 * Compares a result's motion with its reference's over the whole length of the reference. Sizes,
 * rates and lengths may differ. Where the result has ended it shows nobody, which costs coverage.
 */
export function compareMotions(
  reference: Motion,
  result: Motion,
  options: CompareOptions = {},
): MotionScore {
  const fps = options.fps ?? Math.min(reference.fps, result.fps);
  const count = Math.max(1, Math.round((reference.durationMs / 1000) * fps));
  const timesMs = Array.from({ length: count }, (_, i) => (i * 1000) / fps);
  const wanted = sampleMotion(reference, timesMs);
  const given = sampleMotion(result, timesMs);
  const pairs = wanted.map(({ pose }, i): PosePair => {
    const other = given[i]!.pose;
    if (pose === null || other === null) return null;
    return { reference: readSkeleton(pose, reference), result: readSkeleton(other, result) };
  });
  const torsoOf = (of: 'reference' | 'result'): number | null =>
    measureTorso(pairs.map((pair) => pair?.[of] ?? null));
  const torsos = { reference: torsoOf('reference'), result: torsoOf('result') };
  const { limbErrorDegrees, ...poses } = comparePoses(pairs, torsos.result, fps);
  const faces = compareFaces(
    wanted.map(({ face }, i) => ({ reference: face, result: given[i]!.face })),
    options.hiddenEyes,
  );
  const { mouthOpening, lids, ...expressions } = faces;
  const areKnown = torsos.reference !== null && torsos.result !== null;
  const measures: ScoreMeasures = {
    ...poses,
    ...expressions,
    ...compareCalm(
      pairs,
      areKnown ? { reference: torsos.reference!, result: torsos.result! } : null,
      fps,
    ),
    ...compareHands(options.hands ?? []),
    identity: options.identity ?? null,
    coverage: shareCovered(wanted, given),
  };
  const parts = judgeParts(measures);
  return {
    ...combineParts(parts, measures.coverage),
    parts,
    measures,
    frameCount: count,
    fps,
    curves: { timesMs, limbErrorDegrees, mouthOpening, lids },
  };
}

/**
 * Of the moments at which the reference shows a body or a face, the share at which the result shows
 * one of those too.
 */
function shareCovered(wanted: readonly Moment[], given: readonly Moment[]): number {
  const isShown = ({ pose, face }: Moment): boolean => pose !== null || face !== null;
  const isMatched = (moment: Moment, i: number): boolean =>
    (moment.pose !== null && given[i]!.pose !== null) ||
    (moment.face !== null && given[i]!.face !== null);
  const shown = wanted.filter(isShown).length;
  return shown === 0 ? 0 : wanted.filter(isMatched).length / shown;
}
