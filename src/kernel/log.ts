/** The one logger: JSON lines on standard error, never a secret. */

import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

const SECRET_PATHS = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  '*.api_key',
  '*.adminKey',
  '*.secret',
  // What a failed statement was to write: prompts, addresses of inputs with their signatures.
  'err.params',
  'err.detail',
];

/** @param destination Where the lines go. @default standard error, without delay */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  return pino(
    { level, base: { service: 'understudy' }, redact: { paths: SECRET_PATHS, censor: '[hidden]' } },
    destination,
  );
}
