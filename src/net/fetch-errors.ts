/** Turns whatever goes wrong on the way to a stranger's host into an error of the catalogue. */

import { errors } from 'undici';
import { AppError, isAppError } from '../kernel/errors.ts';
import { isOutage } from '../kernel/outage.ts';
import { formatBytes } from './format-bytes.ts';
import { AddressRefusedError } from './guarded-agent.ts';
import type { Pace } from './pace.ts';

export type Wanted = {
  /** What is fetched, as the customer calls it: "reference image" or "reference video". */
  what: string;
  signal?: AbortSignal;
};

const QUOTE_CHARS_MAX = 60;

/** What a stranger's host said, short enough for a sentence. */
export function quote(text: string): string {
  return text.length <= QUOTE_CHARS_MAX ? `"${text}"` : `"${text.slice(0, QUOTE_CHARS_MAX)}…"`;
}

export function fetchFailed(what: string, reason: string, cause?: unknown): AppError {
  return new AppError('fetch_failed', { what, reason }, { cause });
}

/** @param sizeBytes The size that was announced; null when the limit was met while reading. */
export function fileTooLarge(what: string, sizeBytes: number | null, maxBytes: number): AppError {
  const limit = formatBytes(maxBytes);
  if (sizeBytes === null)
    return new AppError('file_too_large', { what, seen: `more than ${limit}`, limit });
  const seen = formatBytes(sizeBytes);
  // Rounded, a file just above the limit would seem to be of the allowed size.
  const isNear = seen === limit;
  return new AppError('file_too_large', {
    what,
    seen: isNear ? `${sizeBytes} bytes` : seen,
    limit: isNear ? `${maxBytes} bytes` : limit,
  });
}

/** The caller's own reason first, then our own limits, then what the network said. */
export function explainFailure(error: unknown, { what, signal }: Wanted, pace: Pace): unknown {
  if (signal?.aborted) return signal.reason;
  // A disk of ours that is full is no trouble of the host.
  if (isAppError(error) || isOutage(error)) return error;
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
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its length is not the one that was announced',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was closed before the whole file had come',
  UND_ERR_SOCKET: 'the connection was closed before the whole file had come',
  UND_ERR_HEADERS_OVERFLOW: 'the head of its answer is too large',
};

function describeNetworkError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof errors.HTTPParserError) return 'the answer is not valid HTTP';
  if (/^(ERR_SSL|EPROTO)/.test(code)) return 'its TLS handshake failed';
  if (/CERT|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) return 'its certificate is not valid';
  return NETWORK_REASONS[code] ?? 'the connection failed';
}
