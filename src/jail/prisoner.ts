/** One warm child of a jail: takes a job at a time, and is thrown away at the first fault. */

import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../kernel/errors.ts';
import {
  type Child,
  type ChildEnd,
  type Fault,
  startChild,
  type Usage,
  type Watch,
} from './child.ts';
import { CHANNEL_DESCRIPTOR, readFrames, writeFrame } from './frames.ts';
import type { JailOptions, Reader } from './jail.ts';
import { FromInmate } from './wire.ts';

export type Outcome =
  /** What the work came to; it was said by the child, so it is yet to be checked. */
  | { status: 'done'; answer: unknown; usage: Usage }
  /** The work threw; the child itself goes on. */
  | { status: 'threw'; message: string; usage: Usage }
  | { status: Fault; detail: string; errorOutput: string; usage: Usage };

export type Prisoner = {
  /** Jobs done, whatever they came to. */
  readonly jobCount: number;
  readonly isAlive: boolean;
  /**
   * Rejects with what `reader` threw, with the reason of `signal`, when it is closed, or when it
   * cannot even start.
   */
  run(job: unknown, reader: Reader, signal?: AbortSignal): Promise<Outcome>;
  /** What it was doing rejects with `not_ready`: it is not the file's fault. */
  close(): Promise<void>;
};

/** The work of the moment. */
type Work = {
  reader: Reader;
  /** The time that we take to read is not the child's. */
  watch: Watch;
  settle(outcome: Unmeasured): void;
  fail(error: unknown): void;
};

/** Distributes over each kind of outcome. */
type Unmeasured = Outcome extends infer Kind
  ? Kind extends Outcome
    ? Omit<Kind, 'usage'>
    : never
  : never;

/** A machine that is busy with other things may need long; a start that hangs must end. */
const START_MS_MAX = 30_000;
/** One answer, and how much of a file the child may ask for at once. */
const FRAME_BYTES_MAX = 4 * 1024 * 1024;
const READ_BYTES_MAX = 16 * 1024 * 1024;

export function startPrisoner(options: JailOptions): Prisoner {
  const folder = join(options.workDir, randomUUID());
  mkdirSync(folder, { recursive: true });
  const child = startChild({
    file: options.file,
    folder,
    readFolders: [],
    writeFolders: [folder],
    mayStartThreads: options.mayStartThreads ?? false,
    heapMb: options.limits.memoryMb,
    channel: 'pipe',
  });
  const stream = openChannel(child);
  const ready = Promise.withResolvers<void>();
  // Whoever waits for it hears of it; if nobody does, nothing was asked of it.
  ready.promise.catch(() => {});
  let work: Work | null = null;
  let jobCount = 0;
  let end: ChildEnd | null = null;

  const gone = child.ended.then((ended) => {
    end = ended;
    stream.destroy();
    rmSync(folder, { recursive: true, force: true });
    const { detail, errorOutput } = ended;
    ready.reject(new Error(`a jailed child did not start: ${detail}\n${errorOutput}`));
    work?.settle({ status: ended.fault ?? 'crashed', detail, errorOutput });
  });
  const hear = (message: FromInmate) => {
    if (message.type === 'ready') ready.resolve();
    if (message.type === 'answer') work?.settle({ status: 'done', answer: message.answer });
    if (message.type === 'threw') work?.settle({ status: 'threw', message: message.message });
    if (message.type === 'read' && work) void serveRead(stream, message, work);
  };
  readFrames({
    stream,
    frameBytesMax: FRAME_BYTES_MAX,
    onFrame: ({ message }) => {
      const known = FromInmate.safeParse(message);
      if (known.success) hear(known.data);
      else child.end('crashed', 'it said something unknown');
    },
    onNonsense: (why) => child.end('crashed', `it said ${why}`),
  });
  const start = child.watch({ memoryMb: options.limits.memoryMb, wallMs: START_MS_MAX });
  void ready.promise.then(start.stop, start.stop);

  return {
    get jobCount() {
      return jobCount;
    },
    get isAlive() {
      return end === null;
    },
    async run(job, reader, signal) {
      setHeld(child, stream, true);
      await ready.promise;
      const watch = child.watch(options.limits);
      jobCount += 1;
      const forget = onAbort(signal, (reason) => work?.fail(reason));
      try {
        signal?.throwIfAborted();
        const outcome = await new Promise<Unmeasured>((settle, fail) => {
          work = { reader, watch, settle, fail };
          if (end) settle({ status: 'crashed', detail: 'before it began', errorOutput: '' });
          writeFrame(stream, { type: 'job', job });
        });
        if (end === null) await empty(folder);
        return { ...outcome, usage: watch.stop() };
      } catch (error) {
        // Its work is of no use any more, and nobody waits until it notices.
        child.end('crashed', 'its work was given up, or what it asked for could not be read');
        throw error;
      } finally {
        forget();
        work = null;
        watch.stop();
        setHeld(child, stream, false);
      }
    },
    async close() {
      const stopping = new AppError('not_ready', { reason: 'it is stopping' });
      setHeld(child, stream, true);
      ready.reject(stopping);
      work?.fail(stopping);
      child.end('crashed', 'closed');
      await gone;
    },
  };
}

/** Answers what takes the listener away again. */
function onAbort(signal: AbortSignal | undefined, listen: (reason: unknown) => void): () => void {
  const hear = () => listen(signal?.reason);
  signal?.addEventListener('abort', hear, { once: true });
  return () => signal?.removeEventListener('abort', hear);
}

async function serveRead(
  stream: Socket,
  { id, start, end }: { id: number; start: number; end: number },
  { reader, watch, fail }: Work,
): Promise<void> {
  const isFair = start <= end && end <= reader.sizeBytes && end - start <= READ_BYTES_MAX;
  if (!isFair) return writeFrame(stream, { type: 'refused', id });
  const resume = watch.pause();
  try {
    writeFrame(stream, { type: 'bytes', id }, await reader.read(start, end));
  } catch (error) {
    fail(error);
  } finally {
    resume();
  }
}

/** A waiting child keeps nobody's process from ending. */
function setHeld({ process: child }: Child, stream: Socket, isHeld: boolean): void {
  const call = isHeld ? 'ref' : 'unref';
  child[call]();
  stream[call]();
  if (child.stderr instanceof Socket) child.stderr[call]();
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The channel of a child that waits for its first job. */
function openChannel(child: Child): Socket {
  const stream: unknown = child.process.stdio[CHANNEL_DESCRIPTOR];
  if (!(stream instanceof Socket)) throw new Error('broken promise: a child has a channel');
  setHeld(child, stream, false);
  return stream;
}
