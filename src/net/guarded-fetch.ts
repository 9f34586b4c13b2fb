/**
 * The only door out to addresses that strangers give us: a bounded download into a file, bounded
 * reads of parts, and one bounded message; or an error of the catalogue that says which limit was
 * met and what was seen.
 */

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Dispatcher } from 'undici';
import type { Clock } from '../kernel/clock.ts';
import { createAddressPolicy } from './addresses.ts';
import { explainFailure, fetchFailed, fileTooLarge } from './fetch-errors.ts';
import { createGuardedAgent, type Resolver, resolveWithSystem } from './guarded-agent.ts';
import { getFollowing } from './guarded-request.ts';
import { type Pace, type PaceLimits, watchPace } from './pace.ts';
import { type PostAnswer, type PostOptions, postGuarded } from './post.ts';
import { openRangedFile, type RangedFile, type RangedOptions } from './ranged-file.ts';
import { checkHead, readHeader } from './response-head.ts';

export type FetchLimits = PaceLimits & {
  redirectsMax: number;
  connectMsMax: number;
  /** Longest wait for the head of an answer, interim answers included. */
  headersMsMax: number;
};

export const FETCH_LIMITS_DEFAULT: FetchLimits = {
  redirectsMax: 3,
  connectMsMax: 10_000,
  headersMsMax: 20_000,
  downloadMsMax: 120_000,
  bytesPerSecondMin: 16_384,
  paceWindowMs: 10_000,
};

export type DownloadOptions = {
  /** What is fetched, as the customer calls it: "reference image" or "reference video". */
  what: string;
  /** The bytes are written here; after an error nothing is left. */
  toFile: string;
  maxBytes: number;
  signal?: AbortSignal;
};

export type Download = {
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
  /** What the server called it; never trusted for deciding what it is. */
  contentType: string | null;
  /** The address after redirects. */
  finalUrl: string;
};

export type GuardedFetch = {
  /**
   * @throws {AppError} `address_refused`, `fetch_refused`, `fetch_failed`, `fetch_too_slow` or
   * `file_too_large`; the signal's reason when the caller gave up.
   */
  download(url: string, options: DownloadOptions): Promise<Download>;
  /**
   * Opens a file whose parts are read on demand, for a first look before a download. It must be
   * closed whatever happens.
   *
   * @returns null when the server does not serve ranges; a download may still succeed.
   * @throws what `download` throws, and a `RangeBudgetError`.
   */
  openRanged(url: string, options: RangedOptions): Promise<RangedFile | null>;
  /**
   * Sends once; redirects are answers and are not followed.
   *
   * @throws {AppError} `address_refused`, `fetch_failed` or `fetch_too_slow`; the signal's reason
   * when the caller gave up.
   */
  post(url: string, options: PostOptions): Promise<PostAnswer>;
  close(): Promise<void>;
};

export type GuardedFetchOptions = {
  /** Ranges that are reachable although they are not public. */
  allowCidrs: readonly string[];
  limits: FetchLimits;
  clock: Clock;
  /** @default the resolver of the system */
  resolver?: Resolver;
  /** Hears how many bytes have come, as they come, for figures. */
  onBytes?: (count: number) => void;
};

export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { limits, clock } = options;
  const guard = {
    policy: createAddressPolicy(options.allowCidrs),
    resolver: options.resolver ?? resolveWithSystem,
    connectMsMax: limits.connectMsMax,
    headersMsMax: limits.headersMsMax,
  };
  const agent = createGuardedAgent({ ...guard, keepAlive: false });
  const headMsMax = limits.connectMsMax + limits.headersMsMax;
  const way = { dispatcher: agent, headMsMax };
  const opened = new Set<RangedFile>();

  async function download(url: string, wanted: DownloadOptions): Promise<Download> {
    const { what, maxBytes } = wanted;
    const pace = watchPace(limits, clock, wanted.signal);
    try {
      const get = { ...way, what, signal: pace.signal, redirectsMax: limits.redirectsMax };
      const { response, finalUrl } = await getFollowing(url, get);
      checkHead(response, { what, maxBytes, statuses: [200] });
      const hash = createHash('sha256');
      const onChunk = (chunk: Buffer) => {
        hash.update(chunk);
        options.onBytes?.(chunk.length);
      };
      const sizeBytes = await writeBody(response, wanted, onChunk, pace);
      const contentType = readHeader(response, 'content-type');
      return { sizeBytes, sha256: hash.digest('hex'), contentType, finalUrl };
    } catch (error) {
      await rm(wanted.toFile, { force: true });
      throw explainFailure(error, wanted, pace);
    } finally {
      pace.stop();
    }
  }

  async function openRanged(url: string, wanted: RangedOptions): Promise<RangedFile | null> {
    const ownAgent = createGuardedAgent({ ...guard, keepAlive: true });
    const door = { dispatcher: ownAgent, headMsMax, limits, clock };
    const file = await openRangedFile(url, wanted, door);
    if (file === null) return null;
    opened.add(file);
    return {
      ...file,
      async close() {
        if (opened.delete(file)) options.onBytes?.(file.usage().bytes);
        await file.close();
      },
    };
  }

  async function close(): Promise<void> {
    await Promise.all([agent.destroy(), ...[...opened].map((file) => file.close())]);
    opened.clear();
  }

  return {
    download,
    openRanged,
    post: (url, message) => postGuarded(url, message, { ...way, clock }),
    close,
  };
}

async function writeBody(
  response: Dispatcher.ResponseData,
  { what, maxBytes, toFile }: DownloadOptions,
  onChunk: (chunk: Buffer) => void,
  pace: Pace,
): Promise<number> {
  let sizeBytes = 0;
  pace.beginBody();
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      pace.count(chunk.length);
      if (sizeBytes > maxBytes) {
        done(fileTooLarge(what, null, maxBytes));
        return;
      }
      onChunk(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response.body, meter, createWriteStream(toFile), { signal: pace.signal });
  if (sizeBytes === 0) throw fetchFailed(what, 'it is empty');
  return sizeBytes;
}
