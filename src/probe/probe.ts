/**
 * The probe: what a picture or a clip is, read in a jailed child within limits of time and memory.
 * Whatever the file holds, it ends in facts or in an error that names what is wrong.
 */

import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createJail, type JailLimits, type Reader } from '../jail/jail.ts';
import type { Outcome } from '../jail/prisoner.ts';
import { AppError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { type ImageFacts, judgeImage, readImageFormat } from './image.ts';
import type { MediaLimits } from './limits.ts';
import { SNIFF_BYTES } from './sniff.ts';
import { type Failure, judgeVideo, type VideoFacts } from './video.ts';
import { ImageReading, type ProbeJob, VideoReading } from './wire.ts';

export type ProbeOptions = {
  /** Folder in which the children get folders of their own. */
  workDir: string;
  limits: Pick<MediaLimits, 'imagePixelsMax'> & {
    /**
     * Longest time of the processor for one file, in milliseconds. The clock may show three times
     * as much, so that a busy machine refuses nothing.
     */
    probeMsMax: number;
  };
  /** Further limits of the children. @default 1024 MiB, two at a time */
  jail?: Partial<JailLimits>;
  /** The module that the children run. @default inmate.ts beside this file */
  inmateFile?: string;
  log?: Log;
  /** Hears how each attempt ended, for figures. */
  onOutcome?: (outcome: Outcome) => void;
};

export type Probe = {
  /**
   * Reads the head, then decodes the picture once at thumbnail size, so that a broken file is
   * refused here.
   *
   * @throws {AppError} `image_format_unsupported`, `image_too_many_pixels` or `image_unreadable`.
   */
  probeImage(path: string): Promise<ImageFacts>;
  /** The same for bytes that are not in a file. */
  probeImageFrom(file: Reader): Promise<ImageFacts>;
  /**
   * Reads container, length, displayed size, frame rate, codecs, rotation and sound.
   *
   * @throws {AppError} `video_format_unsupported` or `video_unreadable`.
   */
  probeVideo(path: string): Promise<VideoFacts>;
  /** The same by a few reads of parts; what `file` throws comes out as it was thrown. */
  probeVideoRanged(file: Reader): Promise<VideoFacts>;
  close(): Promise<void>;
};

/** A large interlaced picture of 16 bits takes half of it. */
const MEMORY_MB = 1_024;
const WALL_PER_CPU = 3;
const MILLISECONDS_PER_SECOND = 1_000;

export function createProbe(options: ProbeOptions): Probe {
  const { workDir, limits, log } = options;
  const { probeMsMax, imagePixelsMax } = limits;
  const jail = createJail({
    file: options.inmateFile ?? join(import.meta.dirname, `inmate${extname(import.meta.filename)}`),
    workDir,
    limits: {
      memoryMb: MEMORY_MB,
      wallMs: WALL_PER_CPU * probeMsMax,
      cpuMs: probeMsMax,
      ...options.jail,
    },
    ...(log ? { log } : {}),
    ...(options.onOutcome ? { onOutcome: options.onOutcome } : {}),
  });
  const run = (job: ProbeJob, reader: Reader) => jail.run(job, reader);
  const describe = (outcome: Outcome) => describeFailure(outcome, probeMsMax);

  async function probeVideoRanged(reader: Reader): Promise<VideoFacts> {
    const { sizeBytes } = reader;
    const outcome = await run({ kind: 'video', sizeBytes }, reader);
    const beginning = await reader.read(0, Math.min(sizeBytes, SNIFF_BYTES));
    if (outcome.status !== 'done') {
      return judgeVideo(null, { beginning, sizeBytes, failure: describe(outcome) });
    }
    const reading = VideoReading.safeParse(outcome.answer);
    if (reading.success) return judgeVideo(reading.data, { beginning, sizeBytes });
    return judgeVideo(null, { beginning, sizeBytes, failure: explainNonsense(reading.error) });
  }

  async function probeImageFrom(reader: Reader): Promise<ImageFacts> {
    const { sizeBytes } = reader;
    const format = readImageFormat(await reader.read(0, Math.min(sizeBytes, SNIFF_BYTES)));
    const outcome = await run({ kind: 'image', sizeBytes, pixelsMax: imagePixelsMax }, reader);
    if (outcome.status !== 'done') {
      const { reason, detail } = describe(outcome);
      throw new AppError('image_unreadable', { reason }, { cause: detail });
    }
    const seen = { format, sizeBytes, pixelsMax: imagePixelsMax };
    const reading = ImageReading.safeParse(outcome.answer);
    if (reading.success) return judgeImage(reading.data, seen);
    const { reason, detail } = explainNonsense(reading.error);
    throw new AppError('image_unreadable', { reason }, { cause: detail });
  }

  return {
    probeImage: (path) => withFile(path, probeImageFrom),
    probeVideo: (path) => withFile(path, probeVideoRanged),
    probeImageFrom,
    probeVideoRanged,
    close: jail.close,
  };
}

/** Facts that cannot be, such as a width of nothing: the file is broken where nobody looked. */
function explainNonsense(error: Error): Failure {
  return { reason: 'what it says of itself makes no sense', detail: error.message };
}

/** As the end of a sentence for the customer, and what the log should keep. */
function describeFailure(outcome: Outcome, probeMsMax: number): Failure {
  const seconds = probeMsMax / MILLISECONDS_PER_SECOND;
  const reasons: Record<Outcome['status'], string> = {
    done: '',
    threw: 'its structure is damaged',
    crashed: 'the decoder broke off at it',
    'too-slow': `reading it takes longer than ${seconds} s`,
    'too-much-memory': 'reading it takes too much memory',
  };
  const detail = 'detail' in outcome ? `${outcome.detail}\n${outcome.errorOutput}` : '';
  return {
    reason: reasons[outcome.status],
    detail: outcome.status === 'threw' ? outcome.message : detail,
  };
}

async function withFile<T>(path: string, work: (reader: Reader) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    const { size: sizeBytes } = await file.stat();
    return await work({
      sizeBytes,
      async read(start, end) {
        const bytes = Buffer.alloc(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        return bytes.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}
