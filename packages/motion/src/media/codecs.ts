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
}
