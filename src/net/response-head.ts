/** Judges the head of an answer before a byte of its body is read. */

import type { Dispatcher } from 'undici';
import { AppError } from '../kernel/errors.ts';
import { fetchFailed, fileTooLarge, quote } from './fetch-errors.ts';

/** A header that came several times is read as one list (RFC 9110, 5.3). */
export function readHeader(response: Dispatcher.ResponseData, name: string): string | null {
  const value = response.headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

/** Closes the connection instead of reading what nobody wants; the error this makes is expected. */
export function discardBody(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => {});
  response.body.destroy();
}

/**
 * Refuses an answer of another status, a packed one, and one that announces too much.
 *
 * @throws {AppError} `fetch_refused`, `fetch_failed` or `file_too_large`; the body is gone then.
 */
export function checkHead(
  response: Dispatcher.ResponseData,
  wanted: { what: string; maxBytes: number; statuses: readonly number[] },
): void {
  const problem = findHeadProblem(response, wanted);
  if (problem === null) return;
  discardBody(response);
  throw problem;
}

function findHeadProblem(
  response: Dispatcher.ResponseData,
  { what, maxBytes, statuses }: { what: string; maxBytes: number; statuses: readonly number[] },
): AppError | null {
  const { statusCode } = response;
  if (isFinalRefusal(statusCode)) return new AppError('fetch_refused', { what, seen: statusCode });
  if (!statuses.includes(statusCode)) {
    return fetchFailed(what, `the address answered ${statusCode}`);
  }
  const encoding = readHeader(response, 'content-encoding') ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') {
    // It could unpack to any size, and media is packed already.
    return fetchFailed(
      what,
      `it came with content-encoding ${quote(encoding)}, which was not asked for`,
    );
  }
  const transfer = readHeader(response, 'transfer-encoding') ?? 'chunked';
  if (!['chunked', 'identity'].includes(transfer.trim().toLowerCase())) {
    return fetchFailed(
      what,
      `it came with transfer-encoding ${quote(transfer)}, which was not asked for`,
    );
  }
  const lengthBytes = Number(readHeader(response, 'content-length') ?? 0);
  if (lengthBytes > maxBytes) return fileTooLarge(what, lengthBytes, maxBytes);
  return null;
}

/** Client errors that speak of the moment, not of the address (RFC 9110; 425 is RFC 8470's). */
const PASSING_CLIENT_ERRORS = [408, 425, 429];

/** The host knows the address and says no; asking once more would be told the same. */
function isFinalRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !PASSING_CLIENT_ERRORS.includes(status);
}
