/**
 * Takes the bytes of one upload straight to disk, in constant memory: what they are is decided by
 * the first of them, how many there may be by what they are, how long it may take by the pace.
 */

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { formatBytes } from '../net/format-bytes.ts';
import { type Pace, watchPace } from '../net/pace.ts';
import type { UploadKind, UploadLimits } from './upload.ts';

export type ArrivedFile = {
  kind: UploadKind;
  contentType: string;
  /** With its dot. */
  ending: string;
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
};

export type ReceiveOptions = {
  /** The bytes are written here; after an error the caller removes what is there. */
  toFile: string;
  limits: UploadLimits;
  clock: Clock;
  /** What the sender says about the size, if anything; a lie only makes the refusal later. */
  declaredBytes: number | null;
  nameKind(head: Buffer): string;
};

type Format = Pick<ArrivedFile, 'kind' | 'contentType' | 'ending'>;

const FORMATS: Readonly<Record<string, Format>> = {
  'a JPEG image': { kind: 'image', contentType: 'image/jpeg', ending: '.jpg' },
  'a PNG image': { kind: 'image', contentType: 'image/png', ending: '.png' },
  'an MP4 file': { kind: 'video', contentType: 'video/mp4', ending: '.mp4' },
  'a QuickTime file': { kind: 'video', contentType: 'video/quicktime', ending: '.mov' },
};

/** So many first bytes are looked at. */
const HEAD_BYTES = 512;
/** How long the rate is measured before it is judged. */
const PACE_WINDOW_MS = 10_000;

/**
 * Throws `upload_kind_unsupported`, `upload_too_large`, `body_too_slow`, `body_incomplete`, and
 * whatever the body itself fails with.
 */
export async function receiveFile(body: Readable, options: ReceiveOptions): Promise<ArrivedFile> {
  const { limits, clock, toFile } = options;
  const { uploadMsMax: downloadMsMax, bytesPerSecondMin } = limits;
  const pace = watchPace({ downloadMsMax, bytesPerSecondMin, paceWindowMs: PACE_WINDOW_MS }, clock);
  const meter = createMeter(options, pace);
  try {
    pace.beginBody();
    await pipeline(body, meter.stream, createWriteStream(toFile), { signal: pace.signal });
    return meter.finish();
  } catch (error) {
    const slowness = pace.slowness();
    if (slowness !== null) throw new AppError('body_too_slow', slowness, { cause: error });
    throw isAppError(error) || !isBroken(error) ? error : incomplete(error);
  } finally {
    pace.stop();
  }
}

/** Counts, sums and looks at what passes. */
function createMeter(options: ReceiveOptions, pace: Pace) {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let format: Format | null = null;
  let sizeBytes = 0;

  function decide(): Format {
    const name = options.nameKind(head);
    const found = FORMATS[name];
    if (found === undefined) throw new AppError('upload_kind_unsupported', { seen: name });
    const declared = options.declaredBytes ?? 0;
    checkSize(found, declared, formatBytes(declared), options.limits);
    return found;
  }

  function take(chunk: Buffer): void {
    sizeBytes += chunk.length;
    pace.count(chunk.length);
    hash.update(chunk);
    if (head.length < HEAD_BYTES) {
      head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
      if (head.length < HEAD_BYTES) return;
      format = decide();
    }
    if (format === null) return;
    const limit = limitOf(format, options.limits);
    checkSize(format, sizeBytes, `more than ${formatBytes(limit)}`, options.limits);
  }

  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        take(chunk);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error('refused', { cause: error }));
      }
    },
  });
  return {
    stream,
    finish(): ArrivedFile {
      if (sizeBytes === 0) throw new AppError('body_incomplete', { reason: 'it is empty' });
      const found = format ?? decide();
      checkSize(found, sizeBytes, formatBytes(sizeBytes), options.limits);
      return { ...found, sizeBytes, sha256: hash.digest('hex') };
    },
  };
}

function limitOf({ kind }: Format, limits: UploadLimits): number {
  return kind === 'image' ? limits.imageBytesMax : limits.videoBytesMax;
}

function checkSize(format: Format, sizeBytes: number, seen: string, limits: UploadLimits): void {
  const limit = limitOf(format, limits);
  if (sizeBytes <= limit) return;
  const name = format.kind === 'image' ? 'an image' : 'a video';
  const shown = formatBytes(limit);
  // A byte too much must not read like just enough.
  throw new AppError('upload_too_large', {
    name,
    seen: seen === shown ? `more than ${shown}` : seen,
    limit: shown,
  });
}

/** The sender went away, or the parser of a form met an end where none should be. */
function isBroken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR';
}

function incomplete(cause: unknown): AppError {
  const reason = 'the connection was closed before its end';
  return new AppError('body_incomplete', { reason }, { cause });
}
