/**
 * The rules by which raw body and face paths become a motion: what is a glitch, how long a gap may
 * be, how strongly each joint is smoothed.
 */

import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import { POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';
import { calmFaces } from './calm-faces.ts';
import { fillGaps, findRuns, type Series, smoothSeries } from './series.ts';

/** Gaps up to this long are bridged; longer ones are a person who is not there. */
const GAP_SECONDS_MAX = 0.5;

/** The rate at which the sigmas below were chosen; they are times, not frame counts. */
const REFERENCE_FPS = 27.5;

/** Sigmas of the smoothing in such frames: the calmer the part, the more it is smoothed. */
const LIMB_SIGMA = 1.0;
const HAND_SIGMA = 0.85;
const TORSO_SIGMA = 1.5;
/** Depth is far noisier than place. */
const DEPTH_SIGMA = 1.8;

/**
 * A body whose shoulders are this many times narrower or wider for its eyes than in the rest of the
 * clip is not believed.
 */
const GLITCH_LOW = 0.5;
const GLITCH_HIGH = 2.2;

/** Only a head whose eyes are seen this well is measured. */
const EYES_VISIBLE_MIN = 0.5;

const DEPTH = 2;
const VISIBILITY = 3;

const TORSO_POINTS: ReadonlySet<number> = new Set([
  POSE.leftShoulder,
  POSE.rightShoulder,
  POSE.leftHip,
  POSE.rightHip,
]);

const HAND_POINTS: ReadonlySet<number> = new Set([
  POSE.leftWrist,
  POSE.rightWrist,
  POSE.leftPinky,
  POSE.rightPinky,
  POSE.leftIndex,
  POSE.rightIndex,
  POSE.leftThumb,
  POSE.rightThumb,
]);

/** Rejects glitches, bridges short gaps, and smooths each joint by how well it was seen. */
export function cleanPoses(raw: Series, fps: number): Series {
  const gapMax = Math.floor(GAP_SECONDS_MAX * fps);
  const whole = fillGaps(rejectGlitches(raw, gapMax), gapMax);
  const scale = fps / REFERENCE_FPS;
  return smoothSeries(whole, {
    stride: POSE_STRIDE,
    sigma: (point, component) => scale * sigmaOf(point, component),
    weightComponent: VISIBILITY,
  });
}

/** Bridges short gaps and calms what hardly moves, so that blinks and lips stay sharp. */
export function cleanFaces(raw: Series, fps: number): Series {
  return calmFaces(fillGaps(raw, Math.floor(GAP_SECONDS_MAX * fps)), fps);
}

/**
 * Drops bodies with impossible proportions. Only short runs of them are dropped: a long one is a
 * person who has turned.
 */
export function rejectGlitches(series: Series, runMax: number): Series {
  const ratios = series.map((pose) => pose && measureShoulders(pose));
  const known = ratios.filter((ratio) => ratio !== null);
  if (known.length === 0) return series;
  const usual = median(known);
  const suspects = ratios.map((ratio) => {
    const odd = ratio !== null && (ratio < GLITCH_LOW * usual || ratio > GLITCH_HIGH * usual);
    return odd ? true : null;
  });
  const kept = series.slice();
  for (const { from, to } of findRuns(suspects)) {
    if (to - from <= runMax) kept.fill(null, from, to);
  }
  return kept;
}

function sigmaOf(point: number, component: number): number {
  if (component === DEPTH) return DEPTH_SIGMA;
  if (TORSO_POINTS.has(point)) return TORSO_SIGMA;
  return HAND_POINTS.has(point) ? HAND_SIGMA : LIMB_SIGMA;
}

/** Width of the shoulders over the distance of the eyes, or null when the eyes are hidden. */
function measureShoulders(pose: Pose): number | null {
  const visible = [POSE.leftEye, POSE.rightEye].every(
    (eye) => landmarkAt(pose, eye).visibility >= EYES_VISIBLE_MIN,
  );
  const eyes = distance(pose, POSE.leftEye, POSE.rightEye);
  if (!visible || eyes === 0) return null;
  return distance(pose, POSE.leftShoulder, POSE.rightShoulder) / eyes;
}

function distance(pose: Pose, a: number, b: number): number {
  return distanceBetween(landmarkAt(pose, a), landmarkAt(pose, b));
}
