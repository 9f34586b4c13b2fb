/** Says whether a result trembles or slides where its reference does not. */

import type { Point } from '../model/geometry.ts';
import { distanceBetween } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import type { PosePair } from './compare-poses.ts';
import { COUNTED_JOINTS, type ScoreJoint, type Skeleton } from './skeleton.ts';

/** Torso length of each video in pixels. */
export type Torsos = { reference: number; result: number };

export type CalmAgreement = {
  jitterRatio: number | null;
  footDrift: number | null;
  footDriftReference: number | null;
};

/** Between moments farther apart than at this rate a tremble cannot be told from a movement. */
const FPS_MIN = 5;
/**
 * A foot of the reference is planted while it stays within this many torso lengths of its mean
 * place over this time before and after. To ask for slow steps instead would choose the moments at
 * which the tracker happens to tremble least in the reference, and only there.
 */
const PLANTED_RADIUS = 0.03;
const PLANTED_SECONDS = 0.1;
/** Fewer jerks, or planted moments, say nothing. */
const SAMPLES_MIN = 8;
/** Third differences below this share of the torso are below what a tracker can see. */
const JERK_FLOOR = 0.001;
const THIRD_DIFFERENCE: readonly number[] = [-1, 3, -3, 1];

type Side = 'reference' | 'result';

/**
 * Jitter: the median length of the third difference of all joints seen in both, in torso lengths,
 * of the result over that of the reference. Foot drift: the median speed of the ankles at the
 * moments at which the reference's are planted, in percent of the own torso a second, for both;
 * a camera that moves leaves no planted foot. All three are null when the moments lie too far
 * apart or too few can be used.
 */
export function compareCalm(
  pairs: readonly PosePair[],
  torsos: Torsos | null,
  fps: number,
): CalmAgreement {
  if (torsos === null || fps < FPS_MIN) {
    return { jitterRatio: null, footDrift: null, footDriftReference: null };
  }
  const jerks = COUNTED_JOINTS.flatMap((joint) => measureJerks(pairs, joint, torsos));
  const planted = (['leftAnkle', 'rightAnkle'] as const).flatMap((joint) =>
    measurePlanted(pairs, joint, torsos, fps),
  );
  const isPlanted = planted.length >= SAMPLES_MIN;
  const drift = (of: Side): number | null =>
    isPlanted ? 100 * median(planted.map((step) => step[of])) : null;
  return {
    jitterRatio: jerks.length >= SAMPLES_MIN ? ratioOf(jerks) : null,
    footDrift: drift('result'),
    footDriftReference: drift('reference'),
  };
}

function ratioOf(jerks: readonly Record<Side, number>[]): number {
  const usual = (of: Side): number => JERK_FLOOR + median(jerks.map((jerk) => jerk[of]));
  return usual('result') / usual('reference');
}

/** Lengths of the third differences of one joint where four moments in a row show it in both. */
function measureJerks(
  pairs: readonly PosePair[],
  joint: ScoreJoint,
  torsos: Torsos,
): Record<Side, number>[] {
  return pairs.flatMap((_, i) => {
    const four = seenRun(pairs, joint, i, 4);
    if (four === null) return [];
    const jerk = (of: Side): number => {
      const places = four.map((pair) => pair[of][joint]);
      const third = (axis: 'x' | 'y'): number =>
        THIRD_DIFFERENCE.reduce((sum, factor, n) => sum + factor * places[n]![axis], 0);
      return Math.hypot(third('x'), third('y')) / torsos[of];
    };
    return [{ reference: jerk('reference'), result: jerk('result') }];
  });
}

/** Speeds of a foot while the reference's rests, in torso lengths a second. */
function measurePlanted(
  pairs: readonly PosePair[],
  joint: ScoreJoint,
  torsos: Torsos,
  fps: number,
): Record<Side, number>[] {
  const around = Math.max(1, Math.round(PLANTED_SECONDS * fps));
  return pairs.flatMap((_, i) => {
    const from = Math.max(0, i - around);
    const to = Math.min(pairs.length, i + around + 2);
    const run = seenRun(pairs, joint, from, to - from);
    const two = seenRun(pairs, joint, i, 2);
    if (run === null || two === null) return [];
    const places = run.map(({ reference }) => reference[joint]);
    if (spreadOf(places) > PLANTED_RADIUS * torsos.reference) return [];
    const speed = (of: Side): number =>
      (distanceBetween(two[0]![of][joint], two[1]![of][joint]) * fps) / torsos[of];
    return [{ reference: speed('reference'), result: speed('result') }];
  });
}

/** The largest distance from the mean place. */
function spreadOf(places: readonly Point[]): number {
  const x = places.reduce((sum, place) => sum + place.x, 0) / places.length;
  const y = places.reduce((sum, place) => sum + place.y, 0) / places.length;
  return Math.max(...places.map((place) => distanceBetween(place, { x, y })));
}

function seenRun(
  pairs: readonly PosePair[],
  joint: ScoreJoint,
  from: number,
  count: number,
): { reference: Skeleton; result: Skeleton }[] | null {
  const run = pairs.slice(from, from + count);
  const seen = run.flatMap((pair) =>
    pair?.reference[joint].isSeen && pair.result[joint].isSeen ? [pair] : [],
  );
  return seen.length === count ? seen : null;
}
