/**
 * The child process: does one job, leaves its result on disk, and ends at once when its parent is
 * gone.
 */

import { rename, writeFile } from 'node:fs/promises';
import { animate, MotionError } from '@understudy/motion';
import type { ChildJob, ProgressMessage, Result } from './wire.ts';

/** Often enough for a bar, seldom enough not to be felt. */
const PROGRESS_STEP = 0.01;

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
  const { resultFile: _, createdAtMs, ...rest } = job;
  try {
    const { width, height, fps, durationMs, findings, applied } = await animate({
      ...rest,
      createdAt: new Date(createdAtMs),
      // Standard error reaches the log only when the render crashes; a full disk is no crash.
      onCacheProblem: (error) => console.error('The cache could not be written:', error),
      onProgress: createReporter(),
    });
    const warnings = findings
      .filter(({ severity }) => severity === 'warning')
      .map(({ code, message, value }) => ({
        code,
        message,
        ...(value === undefined ? {} : { value }),
      }));
    return { status: 'completed', facts: { width, height, fps, durationMs }, warnings, applied };
  } catch (error) {
    if (!(error instanceof MotionError)) throw error;
    const { code, message } = error.finding;
    return { status: 'refused', finding: { code, message } };
  }
}

function createReporter() {
  let last = { stage: '', overall: 0 };
  return (stage: string, overall: number) => {
    const isSmall = stage === last.stage && overall - last.overall < PROGRESS_STEP;
    if (isSmall && overall < 1) return;
    last = { stage, overall };
    const message: ProgressMessage = { type: 'progress', stage, fraction: overall };
    process.send?.(message);
  };
}
