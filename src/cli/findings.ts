/** Prints what the engine noticed, so that a person reads it before wondering. */

import type { Finding } from '@understudy/motion';
import type { Io } from './command.ts';

export function printFindings(io: Io, findings: readonly Finding[]): void {
  for (const { severity, message } of findings) io.err(`${severity}: ${message}`);
}
