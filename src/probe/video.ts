/** What a reference video is, and whether it keeps the limits. */

import { AppError } from '../kernel/errors.ts';
import type { MediaLimits } from './limits.ts';
import { nameFileKind, UNKNOWN_KIND } from './sniff.ts';
import type { VideoReading } from './wire.ts';

export type VideoFacts = {
  container: 'mp4' | 'mov';
  /**
   * Length of the video track, from its first shown frame to the end of its last one; measured from
   * its packets.
   */
  durationMs: number;
  /** Pixels, as displayed: after rotation and pixel aspect. */
  width: number;
  height: number;
  /** Mean frame rate, rounded to a thousandth. */
  fps: number;
  /** Short name such as `avc`; always one that can be decoded. */
  videoCodec: string;
  /** Null when there is no sound track or its codec is not known. */
  audioCodec: string | null;
  hasSound: boolean;
  /** Clockwise, in degrees: 0, 90, 180 or 270. */
  rotation: number;
  sizeBytes: number;
};

/**
 * A file with the mark of the right format is a broken one; anything else is named for what it is.
 *
 * @param reading Null when the reader itself failed at it.
 * @throws {AppError} `video_format_unsupported` or `video_unreadable`.
 */
export function judgeVideo(
  reading: VideoReading | null,
  {
    beginning,
    sizeBytes,
    failure,
  }: { beginning: Uint8Array; sizeBytes: number; failure?: Failure },
): VideoFacts {
  if (reading?.kind === 'facts') return { ...reading.facts, sizeBytes };
  if (reading?.kind === 'unreadable') throw unreadable(reading.reason);
  const seen = nameFileKind(beginning);
  const isRightFormat = seen === 'an MP4 file' || seen === 'a QuickTime file';
  if (isRightFormat) {
    throw unreadable(failure?.reason ?? `it is ${seen} that is damaged`, failure?.detail);
  }
  const isNamed = reading?.kind === 'other-format' && seen === UNKNOWN_KIND;
  const name = isNamed ? `a ${reading.name} file` : seen;
  throw new AppError('video_format_unsupported', { seen: name });
}

/** How the reader failed, as the end of a sentence and for the log. */
export type Failure = { reason: string; detail: string };

function unreadable(reason: string, cause?: string): AppError {
  return new AppError('video_unreadable', { reason }, { cause });
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
