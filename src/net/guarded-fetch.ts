/**
 * The only door out to addresses that strangers give us: one bounded download into a file, or an
 * error of the catalogue that says which limit was met and what was seen.
 */

import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, errors, request } from 'undici';
import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { createAddressPolicy } from './addresses.ts';
import { formatBytes } from './format-bytes.ts';
import {
  AddressRefusedError,
  createGuardedAgent,
  type Resolver,
  resolveWithSystem,
} from './guarded-agent.ts';
import { type Pace, type PaceLimits, watchPace } from './pace.ts';

export type FetchLimits = PaceLimits & {
  redirectsMax: number;
  connectMsMax: number;
  /** Longest wait for the head of an answer. */
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
  close(): Promise<void>;
};

export type GuardedFetchOptions = {
  /** Ranges that are reachable although they are not public. */
  allowCidrs: readonly string[];
  limits: FetchLimits;
  clock: Clock;
  /** @default the resolver of the system */
  resolver?: Resolver;
};

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { limits, clock } = options;
  const agent = createGuardedAgent({
    policy: createAddressPolicy(options.allowCidrs),
    resolver: options.resolver ?? resolveWithSystem,
    connectMsMax: limits.connectMsMax,
    headersMsMax: limits.headersMsMax,
  });

  async function download(url: string, wanted: DownloadOptions): Promise<Download> {
    const pace = watchPace(limits, clock, wanted.signal);
    try {
      const { response, finalUrl } = await openFollowing(url, wanted.what, pace.signal);
      checkHead(response, wanted);
      const hash = createHash('sha256');
      const sizeBytes = await writeBody(response, wanted, hash, pace);
      const contentType = readHeader(response, 'content-type');
      return { sizeBytes, sha256: hash.digest('hex'), contentType, finalUrl };
    } catch (error) {
      await rm(wanted.toFile, { force: true });
      throw explainFailure(error, wanted, pace);
    } finally {
      pace.stop();
    }
  }

  async function openFollowing(
    url: string,
    what: string,
    signal: AbortSignal,
  ): Promise<{ response: Dispatcher.ResponseData; finalUrl: string }> {
    let target = readAddress(url, what);
    for (let redirects = 0; ; redirects++) {
      const response = await request(target, {
        dispatcher: agent,
        method: 'GET',
        headers: { 'accept-encoding': 'identity', accept: '*/*', 'user-agent': 'understudy' },
        signal,
      });
      if (!REDIRECT_STATUSES.includes(response.statusCode)) {
        return { response, finalUrl: target.href };
      }
      discardBody(response);
      const location = readHeader(response, 'location');
      if (location === null) {
        throw fetchFailed(what, `it answered ${response.statusCode} without saying where to go`);
      }
      if (redirects >= limits.redirectsMax) {
        throw fetchFailed(what, `it was redirected more than ${limits.redirectsMax} times`);
      }
      target = readAddress(location, what, target);
    }
  }

  return { download, close: () => agent.destroy() };
}

/** http and https only, and nobody's password. */
function readAddress(text: string, what: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const refuse = (reason: string) => new AppError('address_refused', { what, reason });
  if (url === null) throw refuse('it is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse(`its scheme is "${url.protocol.slice(0, -1)}", only http and https are fetched`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('it carries a user name or a password');
  }
  return url;
}

function checkHead(response: Dispatcher.ResponseData, { what, maxBytes }: DownloadOptions): void {
  const encoding = readHeader(response, 'content-encoding') ?? 'identity';
  const length = Number(readHeader(response, 'content-length') ?? 0);
  const problem = findHeadProblem(response.statusCode, encoding);
  if (problem === null && length <= maxBytes) return;
  discardBody(response);
  if (isFinalRefusal(response.statusCode)) {
    throw new AppError('fetch_refused', { what, seen: response.statusCode });
  }
  throw problem === null
    ? fileTooLarge(what, formatBytes(length), maxBytes)
    : fetchFailed(what, problem);
}

/** Client errors that speak of the moment, not of the address (RFC 9110; 425 is RFC 8470's). */
const PASSING_CLIENT_ERRORS = [408, 425, 429];

/** The host knows the address and says no; asking once more would be told the same. */
function isFinalRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !PASSING_CLIENT_ERRORS.includes(status);
}

/** A packed body is refused: it could unpack to any size, and media is packed already. */
function findHeadProblem(status: number, encoding: string): string | null {
  if (status !== 200) return `the address answered ${status}`;
  if (encoding.trim().toLowerCase() !== 'identity') {
    return `it came with content-encoding "${encoding}", which was not asked for`;
  }
  return null;
}

async function writeBody(
  response: Dispatcher.ResponseData,
  { what, maxBytes, toFile }: DownloadOptions,
  hash: Hash,
  pace: Pace,
): Promise<number> {
  let sizeBytes = 0;
  pace.beginBody();
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      pace.count(chunk.length);
      if (sizeBytes > maxBytes) {
        done(fileTooLarge(what, `more than ${formatBytes(maxBytes)}`, maxBytes));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response.body, meter, createWriteStream(toFile), { signal: pace.signal });
  if (sizeBytes === 0) throw fetchFailed(what, 'it is empty');
  return sizeBytes;
}

/** Turns what went wrong below into one of the catalogue's errors. */
function explainFailure(error: unknown, { what, signal }: DownloadOptions, pace: Pace): unknown {
  if (signal?.aborted) return signal.reason;
  if (isAppError(error)) return error;
  const slowness = pace.slowness();
  if (slowness !== null) return new AppError('fetch_too_slow', { what, ...slowness });
  const refusal = findRefusal(error);
  if (refusal !== null) return new AppError('address_refused', { what, reason: refusal.message });
  return fetchFailed(what, describeNetworkError(error), error);
}

/** The refusal may sit inside the error of a connection attempt. */
function findRefusal(error: unknown): AddressRefusedError | null {
  if (error instanceof AddressRefusedError) return error;
  if (error instanceof AggregateError) {
    return error.errors.map(findRefusal).find((found) => found !== null) ?? null;
  }
  return error instanceof Error && error.cause !== undefined ? findRefusal(error.cause) : null;
}

const NETWORK_REASONS: Record<string, string> = {
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the file stopped coming',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the connection was closed before the whole file had come',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was closed before the whole file had come',
  UND_ERR_SOCKET: 'the connection was closed before the whole file had come',
  UND_ERR_HEADERS_OVERFLOW: 'the head of its answer is too large',
};

function describeNetworkError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof errors.HTTPParserError) return 'the answer is not valid HTTP';
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) return 'its certificate is not valid';
  return NETWORK_REASONS[code] ?? 'the connection failed';
}

function fetchFailed(what: string, reason: string, cause?: unknown): AppError {
  return new AppError('fetch_failed', { what, reason }, { cause });
}

function fileTooLarge(what: string, seen: string, maxBytes: number): AppError {
  return new AppError('file_too_large', { what, seen, limit: formatBytes(maxBytes) });
}

function readHeader(response: Dispatcher.ResponseData, name: string): string | null {
  const value = response.headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

/** Closes the connection instead of reading what nobody wants; the error this makes is expected. */
function discardBody(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => {});
  response.body.destroy();
}
