/**
 * The pre-flight: what of a picture and a clip will make the result worse, or impossible, seen in
 * seconds by a jailed child before anything is paid. A look that comes to nothing stops nobody.
 */

import { type FileHandle, open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createJail, type JailLimits, type Reader } from '../jail/jail.ts';
import type { Outcome } from '../jail/prisoner.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { PreflightAnswer, type PreflightJob } from './preflight-wire.ts';

export type PreflightFindings = Extract<PreflightAnswer, { kind: 'findings' }>['findings'];

export type PreflightOptions = {
  /** Folder in which the children get folders of their own. */
  workDir: string;
  /** Most memory of one look, in MiB. */
  memoryMb: number;
  /**
   * Longest time of the processor for one look, in milliseconds. The clock may show three times as
   * much, so that a busy machine misses nothing.
   */
  lookMsMax: number;
  /** Looks at the same time; others wait for their turn. */
  concurrency: number;
  jail?: Partial<JailLimits>;
  /** The module that the children run. @default preflight-inmate.ts beside this file */
  inmateFile?: string;
  log: Log;
};

export type Preflight = {
  /**
   * Looks at two files that the probe has taken. Empty when nothing is wrong, and when the look was
   * ended by its limits or broke off: the log says so.
   *
   * @throws {AppError} `image_unreadable` or `video_unreadable`; the signal's reason when aborted.
   */
  look(
    files: { imageFile: string; videoFile: string },
    signal?: AbortSignal,
  ): Promise<PreflightFindings>;
  /** Starts a child that waits for files which are still on their way. */
  prepare(): void;
  close(): Promise<void>;
};

const WALL_PER_CPU = 3;
/** Its networks take hundreds of megabytes, which the render needs that comes next. */
const IDLE_MS_MAX = 3_000;
/** The networks are loaded once in a child; nothing else is worth keeping it for long. */
const JOBS_MAX = 20;

export function createPreflight(options: PreflightOptions): Preflight {
  const { workDir, memoryMb, lookMsMax, concurrency, log } = options;
  const jail = createJail({
    file:
      options.inmateFile ??
      join(import.meta.dirname, `preflight-inmate${extname(import.meta.filename)}`),
    workDir,
    limits: {
      memoryMb,
      wallMs: WALL_PER_CPU * lookMsMax,
      cpuMs: lookMsMax,
      childrenMax: concurrency,
      idleMsMax: IDLE_MS_MAX,
      jobsMax: JOBS_MAX,
      ...options.jail,
    },
    // Decoders of clips bring threads of their own.
    mayStartThreads: true,
    log,
  });

  return {
    async look({ imageFile, videoFile }, signal) {
      await using image = await open(imageFile);
      await using video = await open(videoFile);
      const [imageBytes, videoBytes] = [(await image.stat()).size, (await video.stat()).size];
      const job: PreflightJob = { imageBytes, videoBytes };
      try {
        return judge(await jail.run(job, readBoth(image, video, job), signal), log);
      } catch (error) {
        const isAnswer = isAppError(error) && !isAppError(error, 'not_ready');
        if (isAnswer || signal?.aborted) throw error;
        log.warn({ err: error }, 'the pre-flight was left out');
        return [];
      }
    },
    prepare: jail.prepare,
    close: jail.close,
  };
}

/** The one after the other, as one file. */
function readBoth(
  image: FileHandle,
  video: FileHandle,
  { imageBytes, videoBytes }: PreflightJob,
): Reader {
  return {
    sizeBytes: imageBytes + videoBytes,
    async read(start, end) {
      const isVideo = start >= imageBytes;
      const position = isVideo ? start - imageBytes : start;
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await (isVideo ? video : image).read(bytes, 0, bytes.length, position);
      return bytes.subarray(0, bytesRead);
    },
  };
}

function judge(outcome: Outcome, log: Log): PreflightFindings {
  const { wallMs, cpuMs, memoryMbMax } = outcome.usage;
  const usage = { wallMs: Math.round(wallMs), cpuMs, memoryMb: memoryMbMax };
  if (outcome.status !== 'done') {
    const reason = outcome.status === 'threw' ? outcome.message : outcome.detail;
    log.warn({ status: outcome.status, reason, ...usage }, 'the pre-flight came to nothing');
    return [];
  }
  const answer = PreflightAnswer.safeParse(outcome.answer);
  if (!answer.success) {
    log.warn({ reason: answer.error.message, ...usage }, 'the pre-flight came to nothing');
    return [];
  }
  if (answer.data.kind === 'unreadable') throw refuse(answer.data);
  const { findings } = answer.data;
  log.info({ codes: findings.map(({ code }) => code), ...usage }, 'pre-flight');
  return findings;
}

type Unreadable = Extract<PreflightAnswer, { kind: 'unreadable' }>;

/** The container was in order, or the probe would have said so. */
function refuse({ subject, message, isDamaged }: Unreadable): AppError {
  const where = message.replace(/^The clip is damaged: /, '').replace(/\.$/, '');
  const reason = isDamaged ? where : 'its pictures could not be decoded';
  if (subject === 'video') return new AppError('video_unreadable', { reason }, { cause: message });
  const cause = { cause: message };
  return new AppError('image_unreadable', { reason: 'it could not be decoded' }, cause);
}
