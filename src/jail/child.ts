/**
 * One child process that looks at strangers' files: started with no environment and few rights,
 * watched for memory, processor and time, and ended for sure.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type Permissions, permissionFlags } from './permissions.ts';
import { readCpuMs, readMemory } from './usage.ts';

export type ChildLimits = {
  /** Resident memory, in MiB. */
  memoryMb: number;
  /** Time on the clock, in milliseconds. */
  wallMs: number;
  /** Time of the processor, in milliseconds; only held where there is a /proc. @default none */
  cpuMs?: number;
  /** How often memory and processor are looked at, in milliseconds. @default 50 */
  lookMs?: number;
};

/** Why a child is no more, or what one piece of work came to. */
export type Fault = 'crashed' | 'too-slow' | 'too-much-memory';

export type ChildEnd = {
  /** Null when it ended by itself, without complaint. */
  fault: Fault | null;
  /** For the log: the limit that was passed, or how the process ended. */
  detail: string;
  /** The last that it wrote on standard error. */
  errorOutput: string;
};

export type ChildOptions = Permissions & {
  /** Working folder and home of the child; one of `writeFolders`. */
  folder: string;
  /** For the heap of JavaScript, which ends itself before the system's limit does. */
  heapMb: number;
  /** `ipc` is Node's own channel, `pipe` a stream without one. */
  channel: 'ipc' | 'pipe';
};

export type Child = {
  process: ChildProcess;
  /** Resolves when the process has gone. Never rejects. */
  ended: Promise<ChildEnd>;
  /** Holds the process to limits from now on, until `stop`. */
  watch(limits: ChildLimits): Watch;
  /** Ends it without mercy; the first reason is the one that counts. */
  end(fault: Fault, detail: string): void;
};

export type Watch = {
  /** Stops the clock while the child waits for us, until the function it gives is called. */
  pause(): () => void;
  /** Ends the watch and tells what was used since it began, as far as was seen. */
  stop(): Usage;
};

export type Usage = {
  wallMs: number;
  cpuMs: number | null;
  /** The most that the process ever had, also before the watch. */
  memoryMbMax: number | null;
};

/** Often enough to meet a picture that grows by a gigabyte a second. */
const LOOK_MS = 50;
const ERROR_OUTPUT_CHARS_MAX = 4_000;
const ERROR_OUTPUT_CHARS_TAKEN = 1_000_000;

/** Below the service, so that answering requests comes before decoding. */
const CHILD_PRIORITY = 5;
/** Of 1000: when the machine has no memory left, this process is to go first (proc(5)). */
const FIRST_TO_GO = 1_000;

export function startChild(options: ChildOptions): Child {
  const flags = [
    ...inheritedFlags(),
    ...permissionFlags(options),
    ...COLLECTION,
    `--max-old-space-size=${options.heapMb}`,
  ];
  const child = spawn(process.execPath, [...flags, options.file], {
    cwd: options.folder,
    env: childEnvironment(options.folder),
    stdio: ['ignore', 'ignore', 'pipe', options.channel],
    windowsHide: true,
  });
  const errorOutput = collectErrorOutput(child);
  let ending: { fault: Fault; detail: string } | null = null;
  const ended = new Promise<ChildEnd>((resolve) => {
    const settle = (code: number | null, signal: string | null, why?: string) => {
      const output = errorOutput();
      const own = code === 0 ? null : describeEnd(output, why ?? `code ${code}, signal ${signal}`);
      const { fault, detail } = ending ?? own ?? { fault: null, detail: '' };
      resolve({ fault, detail, errorOutput: output });
    };
    child.once('close', (code, signal) => settle(code, signal));
    child.once('error', (error) => {
      if (child.pid === undefined) settle(null, null, `it could not be started: ${error.message}`);
    });
  });
  const end = (fault: Fault, detail: string) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    ending ??= { fault, detail };
    child.kill('SIGKILL');
  };
  putBehind(child.pid);
  return { process: child, ended, end, watch: (limits) => watchChild(child, limits, end) };
}

function watchChild(child: ChildProcess, limits: ChildLimits, end: Child['end']): Watch {
  const clock = startAlarm(limits.wallMs, () => end('too-slow', `more than ${limits.wallMs} ms`));
  const { pid } = child;
  const cpuBeforeMs = pid === undefined ? null : readCpuMs(pid);
  let memoryMbMax: number | null = null;
  let cpuMs: number | null = null;
  const look = () => {
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const memory = readMemory(pid);
    const cpuNowMs = readCpuMs(pid);
    if (memory !== null) memoryMbMax = memory.peakMb;
    if (cpuNowMs !== null) cpuMs = cpuNowMs - (cpuBeforeMs ?? 0);
    if (memory !== null && memory.nowMb > limits.memoryMb) {
      end('too-much-memory', `${Math.round(memory.nowMb)} of ${limits.memoryMb} MiB`);
    } else if (limits.cpuMs !== undefined && cpuMs !== null && cpuMs > limits.cpuMs) {
      end('too-slow', `${cpuMs} of ${limits.cpuMs} ms of the processor`);
    }
  };
  const looks = setInterval(look, limits.lookMs ?? LOOK_MS);
  return {
    pause: clock.pause,
    stop() {
      clearInterval(looks);
      look();
      return { wallMs: clock.stop(), cpuMs, memoryMbMax };
    },
  };
}

/** An alarm whose clock stands still during any number of pauses. */
function startAlarm(limitMs: number, ring: () => void) {
  let pauseCount = 0;
  let usedMs = 0;
  let runningSinceMs = performance.now();
  let timer = setTimeout(ring, limitMs);
  const halt = () => {
    clearTimeout(timer);
    if (pauseCount === 0) usedMs += performance.now() - runningSinceMs;
    pauseCount += 1;
  };
  const resume = () => {
    pauseCount -= 1;
    if (pauseCount > 0) return;
    runningSinceMs = performance.now();
    timer = setTimeout(ring, Math.max(0, limitMs - usedMs));
  };
  return {
    pause() {
      halt();
      return resume;
    },
    /** Milliseconds on the clock, pauses left out. */
    stop(): number {
      halt();
      return usedMs;
    },
  };
}

/**
 * V8 gives up by itself when its heap is full, and then looks like a crash from outside.
 */
function describeEnd(output: string, detail: string): { fault: Fault; detail: string } {
  const isHeap = output.includes('JavaScript heap out of memory');
  return { fault: isHeap ? 'too-much-memory' : 'crashed', detail };
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
function childEnvironment(folder: string): Record<string, string> {
  return { HOME: folder, TMPDIR: folder, TMP: folder, TEMP: folder, ...ALLOCATION };
}

/**
 * Keeps glibc from holding on to freed pictures in one heap for each thread: those of 1 MiB and
 * more go back to the system at once. Other systems do not read these.
 */
const ALLOCATION = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' };

/**
 * Children work on large arrays and make little garbage besides. V8 would collect it with four
 * threads at every megabyte, and would look through the whole heap for every few pictures beside
 * it, since they count as its own: together a quarter of the processor time of a video. Sizes are
 * in megabytes; the last one is how large the old heap and its pictures may be at first.
 */
const COLLECTION = [
  '--single-threaded-gc',
  '--min-semi-space-size=4',
  '--max-semi-space-size=8',
  '--initial-old-space-size=128',
] as const;

function collectErrorOutput(child: ChildProcess): () => string {
  let text = '';
  let taken = 0;
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    taken += chunk.length;
    text = (text + chunk).slice(-ERROR_OUTPUT_CHARS_MAX);
    if (taken > ERROR_OUTPUT_CHARS_TAKEN) child.stderr?.destroy();
  });
  return () => text;
}

/** Not every system lets us; then it works at our own priority. */
function putBehind(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, CHILD_PRIORITY);
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(FIRST_TO_GO));
  } catch {
    // Limits of its own hold in any case.
  }
}
