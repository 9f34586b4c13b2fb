/** The one logger: JSON lines on standard error, never a secret. */

import { hostname } from 'node:os';
import { type DestinationStream, type Logger, pino } from 'pino';
import { hideSecrets } from './hide-secrets.ts';

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

/**
 * @param destination Where the lines go. @default standard error, without delay
 * @param secrets Words that no line may show, such as the keys of the configuration.
 */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
  secrets: readonly string[] = [],
): Log {
  return pino(
    {
      level,
      base: { service: 'understudy', host: hostname(), pid: process.pid },
      redact: { paths: SECRET_PATHS, censor: '[hidden]' },
      hooks: { streamWrite: (line) => hideSecrets(line, secrets) },
    },
    destination,
  );
}
