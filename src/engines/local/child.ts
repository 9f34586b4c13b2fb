/**
 * The child process: does one job, leaves its result on disk, and ends at once when its parent is
 * gone.
 */

import { rename, writeFile } from 'node:fs/promises';
import {
  animate,
  type Character,
  flattenScore,
  type Motion,
  MotionError,
  scoreResult,
} from '@understudy/motion';
import { assert } from '../../kernel/assert.ts';
import type { ChildJob, ProgressMessage, Result } from './wire.ts';

/** Often enough for a bar, seldom enough not to be felt. */
const PROGRESS_STEP = 0.01;

/** Where the bar stands when a video is finished and its judgement begins. */
const SCORING_FROM = 0.92;
/** Enough for a number beside every video; `understudy score` looks more closely. */
const SCORED_MOMENTS_PER_SECOND = 7.5;
const SCORED_MOMENTS_MIN = 24;

process.on('disconnect', () => process.exit(1));
// The parent may have gone while this was still loading.
if (!process.connected) process.exit(1);
process.once('message', (job: ChildJob) => {
  void run(job);
});

async function run(job: ChildJob): Promise<void> {
  const result = await work(job);
  const partFile = `${job.resultFile}.part`;
  await writeFile(partFile, JSON.stringify(result));
  await rename(partFile, job.resultFile);
  process.exit(0);
}

/**
 * Anything but a refusal is left unhandled on purpose: it ends the process, and the parent calls it
 * a crash.
 */
async function work(job: ChildJob): Promise<Result> {
  const { resultFile: _, createdAtMs, score, ...rest } = job;
  const report = createReporter();
  const found: Found = { motion: null, character: null };
  try {
    const { width, height, fps, durationMs, findings, applied, reused } = await animate({
      ...rest,
      createdAt: new Date(createdAtMs),
      // Standard error reaches the log only when the render crashes; a full disk is no crash.
      onCacheProblem: (error) => console.error('The cache could not be written:', error),
      onMotion: (motion) => {
        found.motion = motion;
      },
      onCharacter: (character) => {
        found.character = character;
      },
      onProgress: (stage, overall) => report(stage, overall * (score ? SCORING_FROM : 1)),
    });
    const warnings = findings
      .filter(({ severity }) => severity === 'warning')
      .map(({ code, message, value }) => ({
        code,
        message,
        ...(value === undefined ? {} : { value }),
      }));
    const judged = score ? await judge(job, found, report) : UNJUDGED;
    return {
      status: 'completed',
      facts: { width, height, fps, durationMs },
      warnings: [...warnings, ...judged.warnings],
      applied,
      motion: judged.motion,
      reused,
    };
  } catch (error) {
    if (!(error instanceof MotionError)) throw error;
    const { code, message } = error.finding;
    return { status: 'refused', finding: { code, message } };
  }
}

/** What the render found in both files. */
type Found = { motion: Motion | null; character: Character | null };
type Completed = Extract<Result, { status: 'completed' }>;
type Judged = Pick<Completed, 'motion' | 'warnings'>;

const UNJUDGED: Judged = { motion: null, warnings: [] };

/** The video is finished and good; that it could not be judged is only a warning. */
async function judge(
  { outputFile }: ChildJob,
  { motion, character }: Found,
  report: Report,
): Promise<Judged> {
  try {
    assert(motion && character, 'a finished render has found both');
    const seconds = motion.durationMs / 1_000;
    const score = await scoreResult({
      motion,
      resultFile: outputFile,
      seenFace: character.face && { image: character.picture, face: character.face },
      framesMax: Math.max(SCORED_MOMENTS_MIN, seconds * SCORED_MOMENTS_PER_SECOND),
      onProgress: (fraction) => report('scoring', SCORING_FROM + (1 - SCORING_FROM) * fraction),
    });
    return { motion: flattenScore(score), warnings: [] };
  } catch (error) {
    console.error('The result could not be scored:', error);
    const message = 'The result could not be measured, so the task has no motion score.';
    return { motion: null, warnings: [{ code: 'score_failed', message }] };
  }
}

type Report = (stage: string, overall: number) => void;

function createReporter(): Report {
  let last = { stage: '', overall: 0 };
  return (stage: string, overall: number) => {
    const isSmall = stage === last.stage && overall - last.overall < PROGRESS_STEP;
    if (isSmall && overall < 1) return;
    last = { stage, overall };
    const message: ProgressMessage = { type: 'progress', stage, fraction: overall };
    process.send?.(message);
  };
}
