/** Gives mediabunny its decoders and encoders, once a thread. */

import { registerMediabunnyServer } from '@mediabunny/server';
import {
  type InputFormat,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  WEBM,
} from 'mediabunny';

/**
 * The containers that are opened. Playlists (HLS) are left out on purpose: a clip from a stranger
 * must not make us open other files or addresses.
 */
export const CLIP_FORMATS: readonly InputFormat[] = [MP4, QTFF, MATROSKA, WEBM, MPEG_TS];

let registered = false;

/**
 * Call before any clip is opened or written. Software codecs only: results are then the same on
 * every machine, and nothing is printed about graphics cards that are not there.
 */
export function registerCodecs(): void {
  if (registered) return;
  registered = true;
  Logging.level = LogLevel.Errors;
  registerMediabunnyServer({ hardwareContext: null });
  process.on('unhandledRejection', endUnlessDecoder);
}

/** Whether a decoder gave up on what a file holds; out of memory is another matter. */
export function isDecoderFailure(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'FFmpegError') return false;
  return !error.message.includes('Cannot allocate memory');
}

/**
 * Whoever reads a damaged clip is told by an error, but mediabunny also closes the decoder that has
 * failed by a promise that nobody hears, and that fails once more: it would end the whole process.
 * Other promises that nobody hears end it as they would without this.
 */
function endUnlessDecoder(reason: unknown): void {
  if (isDecoderFailure(reason)) return;
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}
