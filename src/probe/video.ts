/** What a reference video is, measured from its bytes within a time and a memory limit. */

import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { AppError } from '../kernel/errors.ts';
import type { MediaLimits } from './limits.ts';
import { nameFileKind, UNKNOWN_KIND } from './sniff.ts';
import type { VideoFacts, VideoReading } from './video-facts.ts';

export type { VideoFacts } from './video-facts.ts';

const READER_MEMORY_MB = 512;
const DAMAGED: VideoReading = {
  kind: 'unreadable',
  reason: 'its structure is damaged',
  isMedia: false,
};
const READER = new URL('./video-worker.ts', import.meta.url);

export type VideoProbeOptions = {
  probeMsMax: number;
  /** The module that runs in the reading thread. @default video-worker.ts */
  reader?: URL;
};

/**
 * Reads container, length, displayed size, frame rate, codecs, rotation and sound.
 *
 * @throws {AppError} `video_format_unsupported` or `video_unreadable`.
 */
export async function probeVideo(path: string, options: VideoProbeOptions): Promise<VideoFacts> {
  const { size: sizeBytes } = await stat(path);
  const reading = await readInThread(path, options);
  if (reading.kind === 'facts') return { ...reading.facts, sizeBytes };
  throw await explainRefusal(path, reading);
}

/**
 * A file with the mark of the right format is a broken one; anything else is named for what it is.
 */
async function explainRefusal(
  path: string,
  reading: Exclude<VideoReading, { kind: 'facts' }>,
): Promise<AppError> {
  const seen = await nameFileKind(path);
  const isRightFormat = seen === 'an MP4 file' || seen === 'a QuickTime file';
  if (reading.kind === 'unreadable' && (isRightFormat || reading.isMedia)) {
    return unreadable(reading.reason, reading.detail);
  }
  if (isRightFormat) return unreadable(`it is ${seen} that is damaged`);
  const isNamed = reading.kind === 'other-format' && seen === UNKNOWN_KIND;
  const name = isNamed ? `a ${reading.name} file` : seen;
  return new AppError('video_format_unsupported', { seen: name });
}

function unreadable(reason: string, cause?: unknown): AppError {
  return new AppError('video_unreadable', { reason }, { cause });
}

function readInThread(path: string, options: VideoProbeOptions): Promise<VideoReading> {
  const worker = new Worker(options.reader ?? READER, {
    workerData: path,
    resourceLimits: { maxOldGenerationSizeMb: READER_MEMORY_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<VideoReading>();
  const timer = setTimeout(() => {
    reject(unreadable(`reading it takes longer than ${options.probeMsMax / 1000} s`));
  }, options.probeMsMax);
  worker.once('message', (reading: VideoReading) => resolve(reading));
  worker.once('error', (error) => reject(unreadable('reading it took too much memory', error)));
  worker.once('exit', () => resolve(DAMAGED));
  return promise.finally(async () => {
    clearTimeout(timer);
    await worker.terminate();
  });
}

/**
 * Compares a clip with the limits: a length is in range when it is after rounding to a tenth of a
 * second, since encoders write 10.03 s for 10 s.
 *
 * @throws {AppError} `reference_too_short`, `reference_too_long` or `video_size_out_of_range`, with
 * limit and seen.
 */
export function checkVideo(
  facts: Pick<VideoFacts, 'durationMs' | 'width' | 'height'>,
  orientation: 'image' | 'video',
  limits: MediaLimits,
): void {
  const { width, height } = facts;
  const { videoSideMin, videoSideMax, referenceSecondsMin: min } = limits;
  if (Math.min(width, height) < videoSideMin || Math.max(width, height) > videoSideMax) {
    const range = { min: videoSideMin, max: videoSideMax };
    throw new AppError('video_size_out_of_range', { width, height, ...range });
  }
  const max = limits.referenceSecondsMax[orientation];
  const tenths = Math.round(facts.durationMs / 100);
  const values = { seen: (tenths / 10).toFixed(1), orientation, min, max };
  if (tenths < min * 10) throw new AppError('reference_too_short', values);
  if (tenths > max * 10) throw new AppError('reference_too_long', values);
}
