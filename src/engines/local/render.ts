/** One child process at work: started, watched for time and memory, and ended for sure. */

import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir, setPriority, tmpdir } from 'node:os';
import type { Log } from '../../kernel/log.ts';
import type { Failed } from '../engine.ts';
import { describeCrash, describeTimeout } from './errors.ts';
import { type ChildJob, ProgressMessage } from './wire.ts';

export type RenderLimits = {
  /** Resident memory of the child, in MiB. */
  memoryMb: number;
  /** Longest time of the child, in milliseconds. */
  timeoutMs: number;
};

export type RenderOptions = {
  childFile: string;
  job: ChildJob;
  limits: RenderLimits;
  log: Log;
  onProgress(stage: string, fraction: number): void;
};

export type Render = {
  /**
   * Resolves when the child has gone: null when it ended by itself, else why it failed. Never
   * rejects.
   */
  ended: Promise<Failed | null>;
  /** Ends the child without mercy; `ended` then says it crashed. */
  kill(): void;
};

const MEMORY_LOOK_MS = 500;
const KIB_PER_MIB = 1_024;
const ERROR_OUTPUT_CHARS_MAX = 4_000;

/** Below the service, so that answering requests comes before rendering. */
const CHILD_PRIORITY = 5;

export function startRender(options: RenderOptions): Render {
  const { childFile, job, limits, log } = options;
  const child = fork(childFile, [], {
    execArgv: [...inheritedFlags(), `--max-old-space-size=${limits.memoryMb}`],
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const errorOutput = collectErrorOutput(child);
  let stage = 'starting';
  let failure: Failed | null = null;
  const end = (reason: Failed, why: string) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    failure ??= reason;
    log.warn({ childPid: child.pid, stage, why }, 'a render was ended');
    child.kill('SIGKILL');
  };

  child.on('message', (message) => {
    const progress = ProgressMessage.safeParse(message);
    if (!progress.success) return;
    stage = progress.data.stage;
    options.onProgress(stage, Math.min(Math.max(progress.data.fraction, 0), 1));
  });
  const timer = setTimeout(
    () => end(describeTimeout(limits.timeoutMs), 'time limit'),
    limits.timeoutMs,
  );
  const watch = setInterval(() => {
    void readResidentMb(child.pid).then((residentMb) => {
      if (residentMb === null || residentMb <= limits.memoryMb || failure) return;
      end(describeCrash(stage), `memory: ${Math.round(residentMb)} of ${limits.memoryMb} MiB`);
    });
  }, MEMORY_LOOK_MS);

  const ended = new Promise<Failed | null>((resolve) => {
    const settle = (code: number | null, signal: string | null) => {
      clearTimeout(timer);
      clearInterval(watch);
      if (code !== 0 && failure === null) {
        failure = describeCrash(stage);
        log.warn({ code, signal, stage, output: errorOutput() }, 'a render crashed');
      }
      resolve(failure);
    };
    child.once('exit', settle);
    child.once('error', (error) => {
      log.error({ err: error }, 'a render could not be started');
      if (child.pid === undefined) settle(1, null);
    });
  });
  lowerPriority(child);
  child.send(job, (error) => {
    // A child that is already gone tells so by its exit.
    if (error) log.warn({ err: error }, 'a render did not take its job');
  });
  return { ended, kill: () => end(describeCrash(stage), 'cancelled') };
}

/**
 * The child resolves packages as its parent does, and knows nothing else of how that was started.
 */
function inheritedFlags(): string[] {
  return process.execArgv.filter((flag) => /^(--conditions=|-C|--disable-warning=)/.test(flag));
}

/**
 * Nothing of the parent's environment: keys and addresses of databases are none of the child's
 * business.
 */
function childEnvironment(): Record<string, string> {
  return { HOME: homedir(), TMPDIR: tmpdir(), TMP: tmpdir(), TEMP: tmpdir(), ...ALLOCATION };
}

/**
 * Keeps glibc from holding on to freed pictures in one heap for each thread: those of 1 MiB and
 * more go back to the system at once. Other systems do not read these.
 */
const ALLOCATION = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' };

function collectErrorOutput(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-ERROR_OUTPUT_CHARS_MAX);
  });
  return () => text;
}

/** Null where the system has no /proc, or the process has gone. */
async function readResidentMb(pid: number | undefined): Promise<number | null> {
  if (pid === undefined) return null;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
  return kib === undefined ? null : Number(kib) / KIB_PER_MIB;
}

function lowerPriority(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, CHILD_PRIORITY);
  } catch {
    // Not every system lets us; then it renders at our own priority.
  }
}
