/**
 * The service as a stranger runs it: its own process, its own data folder, spoken to over HTTP and
 * the command line only.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const LAUNCHER = join(import.meta.dirname, '../../bin/understudy.mjs');
const START_LINES_MAX = 200;

export type RunningService = {
  /** Without `/v1`. */
  url: string;
  /** Ends every process of the service at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to stop and returns its exit code. */
  stop(): Promise<number | null>;
};

export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'understudy-e2e-'));

/**
 * Only what a service needs from this process's environment, so that a developer's settings do not
 * leak into a test.
 */
function cleanEnv(extra: Record<string, string>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...extra };
}

/** Starts a service on a free port and resolves when it says where it listens. */
export async function startService(
  dataDir: string,
  env: Record<string, string> = {},
): Promise<RunningService> {
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    env: cleanEnv({
      PORT: '0',
      LOG_LEVEL: 'warn',
      ALLOW_CIDRS: '127.0.0.0/8',
      DATA_DIR: dataDir,
      ...env,
    }),
    // A process group of its own, so that the launcher, the server and its engines can be killed
    // together.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readUrl(child);
  return {
    url,
    async kill() {
      const ended = once(child, 'exit');
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await ended;
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
  };
}

async function readUrl(child: ChildProcess): Promise<string> {
  const output = child.stdout;
  if (!output) throw new Error('the service has no output');
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) {
    lines.push(line);
    const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url) {
      output.resume();
      return url;
    }
    if (lines.length > START_LINES_MAX) break;
  }
  throw new Error(`the service never said where it listens:\n${lines.join('\n')}`);
}

/** Runs one command of the command line on a data folder and returns what it printed. */
export async function runCommand(dataDir: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [LAUNCHER, ...args], {
    env: cleanEnv({ DATA_DIR: dataDir }),
  });
  return stdout;
}

export async function createKey(dataDir: string): Promise<string> {
  const answer = JSON.parse(await runCommand(dataDir, ['key', 'create', '--json'])) as {
    key: string;
  };
  return answer.key;
}

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true });
