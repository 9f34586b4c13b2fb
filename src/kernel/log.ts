/** The one logger: JSON lines on standard error, never a secret. */

import { type Logger, pino } from 'pino';

export type Log = Logger;

const SECRET_PATHS = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  '*.api_key',
  '*.adminKey',
  '*.secret',
];

export function createLog(level: string): Log {
  return pino(
    { level, base: { service: 'understudy' }, redact: { paths: SECRET_PATHS, censor: '[hidden]' } },
    pino.destination({ dest: 2, sync: true }),
  );
}
