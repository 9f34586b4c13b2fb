/** The outside world of a command, held in two lists. */

import { readConfig } from '../../config.ts';
import type { Io } from '../command.ts';
import { createProgressBar } from '../progress-bar.ts';
import { runCli } from '../run.ts';

export type Ran = { code: number; out: string[]; err: string[] };

/** Runs one command line in this process. */
export async function runWith(
  environment: Record<string, string>,
  ...args: string[]
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    createProgressBar: () => createProgressBar({ write: (text) => err.push(text) }),
    stopSignal: () => new AbortController().signal,
    readConfig: () => readConfig(environment),
  };
  return { code: await runCli(args, io), out, err };
}
