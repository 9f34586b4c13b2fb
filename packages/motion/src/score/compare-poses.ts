/** Says how far the poses of a result are from those of its reference, whatever its proportions. */

import { wrapAngle } from '../model/angles.ts';
import type { Point } from '../model/geometry.ts';
import { distanceBetween } from '../model/landmarks.ts';
import { median, percentile } from '../model/percentile.ts';
import { clamp } from '../model/scalar.ts';
import { smoothValues } from '../model/smooth-values.ts';
import { meanOf } from './motion-score.ts';
import { BONES, COUNTED_JOINTS, LIMB_BONES, type ScoreJoint, type Skeleton } from './skeleton.ts';

/** The same moment of both videos; null where no body was found. */
export type PosePair = { reference: Skeleton; result: Skeleton } | null;

export type PoseAgreement = {
  pck01: number | null;
  pck02: number | null;
  limbAngleDegrees: number | null;
  limbsWithin15Degrees: number | null;
  movementCorrelation: number | null;
  jointsSeen: number | null;
  /** Mean difference of the limbs' directions at each moment. */
  limbErrorDegrees: (number | null)[];
};

/** With fewer joints, moving and scaling them onto each other would hide every difference. */
const JOINTS_MIN = 5;
/** Apparent size is followed this slowly, in seconds: a walk to the camera, not a crouch. */
const SCALE_SIGMA_SECONDS = 0.4;
/** A bone below this share of its usual longest points at the camera: it has no direction. */
const FORESHORTENED = 0.3;
/** No bone is stretched by more than this against the rest of the body. */
const RATIO_LIMIT = 3;
/** Limbs whose direction spreads less than this (radians) in the reference do not move. */
const SPREAD_MIN = 0.06;
/** A limb that both show at fewer moments has no movement to compare. */
const MOMENTS_MIN = 6;
/** Rounding alone; a frozen video, tracked, spreads far more. */
const STILL = 1e-9;
const DEGREES = 180 / Math.PI;

/**
 * Measures the agreement of poses at equal times.
 *
 * Proportions, place and apparent size differ on purpose between a clip and a character, so they
 * are taken out before distances are measured: the reference's skeleton is rebuilt from the neck
 * outwards, each bone in the reference's direction and with the reference's foreshortening, but
 * with its length multiplied by (median length of that bone in the result / in the reference). The
 * rebuilt skeleton is then moved (least squares, each frame) and scaled (least squares, smoothed
 * over 0.4 s) onto the result's. PCK is the share of joints that end within 0.1 or 0.2 of the
 * result's torso length (Yang & Ramanan 2013, with the torso as in Sapp & Taskar 2013). A joint
 * counts when both videos show it.
 *
 * @param torso length of the result's torso in pixels
 */
export function comparePoses(
  pairs: readonly PosePair[],
  torso: number | null,
  fps: number,
): PoseAgreement {
  const distances = torso === null ? [] : measureDistances(pairs, torso, fps);
  const limits = LIMB_BONES.map((bone) => longestOf(pairs, bone));
  const perFrame = pairs.map((pair) => (pair ? limbErrors(pair, limits) : []));
  const errors = perFrame.flat();
  const within = (values: readonly number[], limit: number): number | null =>
    meanOf(values.map((value) => (value <= limit ? 1 : 0)));
  return {
    pck01: within(distances, 0.1),
    pck02: within(distances, 0.2),
    limbAngleDegrees: meanOf(errors),
    limbsWithin15Degrees: within(errors, 15),
    movementCorrelation: correlateMovement(pairs, limits),
    jointsSeen: shareSeen(pairs),
    limbErrorDegrees: perFrame.map(meanOf),
  };
}

/** Distances of all joints from where they should be, in torso lengths. */
function measureDistances(pairs: readonly PosePair[], torso: number, fps: number): number[] {
  const ratios = boneRatios(pairs);
  const fitted = pairs.map((pair) => {
    if (pair === null) return null;
    const target = reproportion(pair.reference, ratios);
    const seen = COUNTED_JOINTS.filter((joint) => isSeenInBoth(pair, joint));
    return seen.length < JOINTS_MIN ? null : fitTo(target, pair.result, seen);
  });
  const known = fitted.filter((fit) => fit !== null);
  const scales = smoothValues(
    Float64Array.from(known, ({ scale }) => scale),
    SCALE_SIGMA_SECONDS * fps,
  );
  return known.flatMap(({ from, to }, i) =>
    from.map((point, n) => {
      const [dx, dy] = [scales[i]! * point.x - to[n]!.x, scales[i]! * point.y - to[n]!.y];
      return Math.hypot(dx, dy) / torso;
    }),
  );
}

type Fit = { scale: number; from: Point[]; to: Point[] };

/** Both clouds about their own centres, and the scale that brings the first onto the second. */
function fitTo(
  target: Record<ScoreJoint, Point>,
  result: Skeleton,
  seen: readonly ScoreJoint[],
): Fit {
  const from = centre(seen.map((joint) => target[joint]));
  const to = centre(seen.map((joint) => result[joint]));
  let cross = 0;
  let spread = 0;
  for (const [i, point] of from.entries()) {
    cross += point.x * to[i]!.x + point.y * to[i]!.y;
    spread += point.x * point.x + point.y * point.y;
  }
  return { scale: spread > 0 ? clamp(cross / spread, 0.2, 5) : 1, from, to };
}

function centre(points: readonly Point[]): Point[] {
  const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  return points.map((point) => ({ x: point.x - x, y: point.y - y }));
}

/** How much longer each bone of the result is. */
function boneRatios(pairs: readonly PosePair[]): number[] {
  const raw = BONES.map(([from, to]) => {
    const both = pairs.filter((pair) => pair && isBoneSeen(pair, from, to));
    const usual = (of: 'reference' | 'result'): number =>
      median(both.map((pair) => distanceBetween(pair![of][from], pair![of][to])));
    const [reference, result] = [usual('reference'), usual('result')];
    return reference > 0 && result > 0 ? result / reference : Number.NaN;
  });
  const whole = median(raw) || 1;
  return raw.map((ratio) =>
    Number.isNaN(ratio) ? whole : clamp(ratio, whole / RATIO_LIMIT, whole * RATIO_LIMIT),
  );
}

function reproportion(reference: Skeleton, ratios: readonly number[]): Record<ScoreJoint, Point> {
  const placed: Record<ScoreJoint, Point> = { ...reference };
  for (const [i, [from, to]] of BONES.entries()) {
    const [a, b] = [reference[from], reference[to]];
    const at = placed[from];
    placed[to] = { x: at.x + ratios[i]! * (b.x - a.x), y: at.y + ratios[i]! * (b.y - a.y) };
  }
  return placed;
}

/** Near the longest that a bone gets in the reference: its 90th percentile. */
function longestOf(pairs: readonly PosePair[], [from, to]: (typeof BONES)[number]) {
  const length = (of: 'reference' | 'result'): number =>
    percentile(
      pairs.flatMap((pair) =>
        pair && isBoneSeen(pair, from, to) ? [distanceBetween(pair[of][from], pair[of][to])] : [],
      ),
      0.9,
    );
  return { reference: length('reference'), result: length('result') };
}

type Longest = ReturnType<typeof longestOf>;

/** The unit directions of a bone in both, or null where it is hidden or points at the camera. */
function directions(pair: NonNullable<PosePair>, bone: (typeof BONES)[number], longest: Longest) {
  const [from, to] = bone;
  if (!isBoneSeen(pair, from, to)) return null;
  const direction = (of: 'reference' | 'result'): Point | null => {
    const [a, b] = [pair[of][from], pair[of][to]];
    const length = distanceBetween(a, b);
    if (length <= 0 || length < FORESHORTENED * longest[of]) return null;
    return { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
  };
  const [reference, result] = [direction('reference'), direction('result')];
  return reference && result && { reference, result };
}

function limbErrors(pair: NonNullable<PosePair>, limits: readonly Longest[]): number[] {
  return LIMB_BONES.flatMap((bone, i) => {
    const both = directions(pair, bone, limits[i]!);
    if (both === null) return [];
    const angle = ({ x, y }: Point): number => Math.atan2(y, x);
    return [Math.abs(wrapAngle(angle(both.result) - angle(both.reference))) * DEGREES];
  });
}

/**
 * Correlation of unit directions over time, the mean over the limbs weighed by how much each moves
 * in the reference; null when none moves. Unlike the angle error it notices a limb that rests near
 * its mean pose.
 */
function correlateMovement(pairs: readonly PosePair[], limits: readonly Longest[]): number | null {
  let sum = 0;
  let weights = 0;
  for (const [i, bone] of LIMB_BONES.entries()) {
    const both = pairs.flatMap((pair) => (pair && directions(pair, bone, limits[i]!)) || []);
    if (both.length < MOMENTS_MIN) continue;
    const reference = centre(both.map((pair) => pair.reference));
    const result = centre(both.map((pair) => pair.result));
    const spread = Math.sqrt(dot(reference, reference) / both.length);
    if (spread < SPREAD_MIN) continue;
    const size = Math.sqrt(dot(reference, reference) * dot(result, result));
    sum += spread * (size > STILL ? dot(reference, result) / size : 0);
    weights += spread;
  }
  return weights > 0 ? sum / weights : null;
}

function dot(a: readonly Point[], b: readonly Point[]): number {
  return a.reduce((sum, { x, y }, i) => sum + x * b[i]!.x + y * b[i]!.y, 0);
}

function shareSeen(pairs: readonly PosePair[]): number | null {
  return meanOf(
    pairs.flatMap((pair) =>
      pair === null
        ? []
        : COUNTED_JOINTS.filter((joint) => pair.reference[joint].isSeen).map((joint) =>
            pair.result[joint].isSeen ? 1 : 0,
          ),
    ),
  );
}

function isSeenInBoth({ reference, result }: NonNullable<PosePair>, joint: ScoreJoint): boolean {
  return reference[joint].isSeen && result[joint].isSeen;
}

function isBoneSeen(pair: NonNullable<PosePair>, from: ScoreJoint, to: ScoreJoint): boolean {
  return isSeenInBoth(pair, from) && isSeenInBoth(pair, to);
}
