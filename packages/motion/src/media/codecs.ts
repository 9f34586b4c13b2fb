/** Gives mediabunny its decoders and encoders, once a thread. */

import { registerMediabunnyServer } from '@mediabunny/server';
import { Logging, LogLevel } from 'mediabunny';

let registered = false;

/**
 * Call before any clip is opened or written. Software codecs only: results are then the same on every machine, and nothing
 * is printed about graphics cards that are not there.
 */
export function registerCodecs(): void {
  if (registered) return;
  registered = true;
  Logging.level = LogLevel.Errors;
  registerMediabunnyServer({ hardwareContext: null });
}
