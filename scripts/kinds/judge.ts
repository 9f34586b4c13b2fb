/**
 * The rules by which the outcome of a pair is judged.
 *
 * - refused: it had to be, and the finding is the promised one.
 * - good: no warning; the character is seen in at least 90 % of the moments looked at, and its arms
 *   differ from those of the clip by at most 20 degrees in the median.
 * - acceptable: seen in at least 60 % and within 45 degrees; with the promised warnings, if any.
 *   Limbs that a finding says are held still need not follow. A back, in which the networks see
 *   nobody or left and right the other way round, and a face that moves alone need only move.
 * - failed: everything else: a crash, a hang, a refusal that was not promised or has no finding, a
 *   video where a refusal was promised, a missing warning, a wrong size or length, a picture that
 *   does not move although the clip does, or a character that does not follow.
 */

import {
  type AnimateResult,
  type Clip,
  type Detectors,
  type Finding,
  openClip,
  type Pose,
  type RgbaImage,
  readResultPicture,
} from '@understudy/motion';
import type { Kind } from './list.ts';

export type Job = { imageFile: string; videoFile: string; outputFile: string; cacheFolder: string };

export type Outcome =
  | { kind: 'made'; result: AnimateResult }
  | { kind: 'refused'; finding: Finding }
  | { kind: 'crashed'; message: string };

export type Verdict = {
  outcome: 'good' | 'acceptable' | 'refused' | 'failed';
  /** Codes of all findings. */
  findings: string[];
  /** Share of the moments looked at in which the result shows the character. */
  seen: number | null;
  /** Median difference of the directions of the arms, in degrees. */
  armDegrees: number | null;
  /** What is wrong, if it failed. */
  reason: string;
};

const MOMENTS = 8;
const SEEN_GOOD = 0.9;
const SEEN_MIN = 0.6;
const DEGREES_GOOD = 20;
const DEGREES_MAX = 45;
/** Mean change of the grey levels between two moments, below which nothing has moved. */
const CHANGE_MIN = 0.15;
const VISIBLE = 0.6;

/** Shoulder to elbow and elbow to wrist, by their numbers in a pose. */
const ARM_BONES = [
  [11, 13],
  [13, 15],
  [12, 14],
  [14, 16],
] as const;

export async function judge(
  kind: Kind,
  job: Job,
  outcome: Outcome,
  detectors: Detectors,
): Promise<Verdict> {
  const nothing = { findings: [], seen: null, armDegrees: null };
  const fail = (reason: string): Verdict => ({ ...nothing, outcome: 'failed', reason });
  if (outcome.kind === 'crashed') return fail(outcome.message);
  if (outcome.kind === 'refused') {
    const { code, message } = outcome.finding;
    const verdict = { ...nothing, findings: [code] };
    if (code === kind.refusal) return { ...verdict, outcome: 'refused', reason: '' };
    return { ...verdict, outcome: 'failed', reason: `refused: ${message}` };
  }
  const findings = outcome.result.findings.map(({ code }) => code);
  const measured = await measure(job, outcome.result, kind.onlyMoves, detectors);
  const problems = [
    ...(kind.refusal === null ? [] : [`made, although ${kind.refusal} was promised`]),
    ...kind.warnings.filter((code) => !findings.includes(code)).map((code) => `no ${code}`),
    ...measured.problems,
  ];
  const { seen, armDegrees } = measured;
  const isGood = seen >= SEEN_GOOD && (armDegrees ?? 0) <= DEGREES_GOOD && findings.length === 0;
  const passed = isGood ? ('good' as const) : ('acceptable' as const);
  return {
    outcome: problems.length > 0 ? 'failed' : passed,
    findings,
    seen,
    armDegrees,
    reason: problems.join('; '),
  };
}

type Measured = { seen: number; armDegrees: number | null; problems: string[] };

async function measure(
  job: Job,
  made: AnimateResult,
  onlyMoves: boolean,
  detectors: Detectors,
): Promise<Measured> {
  const reference = await openClip(job.videoFile);
  const result = await openClip(job.outputFile);
  try {
    const looks: Look[] = [];
    for (let i = 0; i < MOMENTS; i += 1) {
      const share = (i + 0.5) / MOMENTS;
      looks.push({
        driver: await look(await frameAt(reference, share), detectors),
        character: await look(await frameAt(result, share), detectors),
      });
    }
    const picture = await readResultPicture(job.imageFile, 'std');
    const seen = looks.filter(({ character }) => character.isSeen).length / MOMENTS;
    const armDegrees = compareArms(looks);
    const isHeld = made.findings.some(({ code }) => code === 'limb_frozen');
    const problems = [
      ...checkFacts(made, reference, result, picture),
      ...checkMovement(looks),
      ...(seen < SEEN_MIN && !onlyMoves
        ? [`the character is seen in ${Math.round(seen * 100)} %`]
        : []),
      ...(armDegrees !== null && armDegrees > DEGREES_MAX && !isHeld && !onlyMoves
        ? [`the arms are ${armDegrees.toFixed(0)} degrees off`]
        : []),
    ];
    return { seen, armDegrees, problems };
  } finally {
    reference.close();
    result.close();
  }
}

function checkFacts(
  made: AnimateResult,
  reference: Clip,
  result: Clip,
  { width, height }: RgbaImage,
): string[] {
  const problems: string[] = [];
  if (result.width !== width || result.height !== height) {
    problems.push(`the size is ${result.width} x ${result.height}, not ${width} x ${height}`);
  }
  const frameMs = 1000 / made.fps;
  if (Math.abs(result.durationMs - reference.durationMs) > frameMs + 1) {
    problems.push(`it lasts ${result.durationMs} ms, the clip ${reference.durationMs} ms`);
  }
  return problems;
}

type Sight = { image: RgbaImage; pose: Pose | null; isSeen: boolean };
type Look = { driver: Sight; character: Sight };

async function frameAt(clip: Clip, share: number): Promise<RgbaImage> {
  const count = Math.max(1, Math.round((clip.durationMs / 1000) * clip.fps));
  const fromIndex = Math.min(count - 1, Math.floor(share * count));
  for await (const { image } of clip.frames({ fromIndex, toIndex: fromIndex + 1 })) return image;
  throw new Error(`There is no frame ${fromIndex}.`);
}

async function look(image: RgbaImage, detectors: Detectors): Promise<Sight> {
  const body = await detectors.detectPose(image);
  const pose = body?.pose ?? null;
  const isSeen = pose !== null || (await detectors.detectFace(image)) !== null;
  return { image, pose, isSeen };
}

/** A clip in which something moves must give a video in which something moves. */
function checkMovement(looks: readonly Look[]): string[] {
  const change = (of: (look: Look) => Sight): number =>
    Math.max(...looks.map((it) => meanChange(of(it).image, of(looks[0]!).image)));
  const [given, made] = [change(({ driver }) => driver), change(({ character }) => character)];
  const stands = given > CHANGE_MIN * 10 && made < CHANGE_MIN;
  return stands
    ? [`nothing moves: ${made.toFixed(2)} levels, in the clip ${given.toFixed(2)}`]
    : [];
}

function meanChange(a: RgbaImage, b: RgbaImage): number {
  let sum = 0;
  let count = 0;
  for (let i = 1; i < a.data.length; i += 64) {
    sum += Math.abs(a.data[i]! - b.data[i]!);
    count += 1;
  }
  return sum / count;
}

function compareArms(looks: readonly Look[]): number | null {
  const differences: number[] = [];
  for (const { driver, character } of looks) {
    if (driver.pose === null || character.pose === null) continue;
    for (const [from, to] of ARM_BONES) {
      const [a, b] = [direction(driver.pose, from, to), direction(character.pose, from, to)];
      if (a === null || b === null) continue;
      const turn = Math.abs(a - b) % (2 * Math.PI);
      differences.push((Math.min(turn, 2 * Math.PI - turn) * 180) / Math.PI);
    }
  }
  if (differences.length < ARM_BONES.length) return null;
  return differences.toSorted((a, b) => a - b)[differences.length >> 1]!;
}

function direction(pose: Pose, from: number, to: number): number | null {
  if (pose[from * 4 + 3]! < VISIBLE || pose[to * 4 + 3]! < VISIBLE) return null;
  return Math.atan2(pose[to * 4 + 1]! - pose[from * 4 + 1]!, pose[to * 4]! - pose[from * 4]!);
}
