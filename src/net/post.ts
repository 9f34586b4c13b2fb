/** Tells a stranger's address something once, and keeps no more of the answer than was wished. */

import type { Clock } from '../kernel/clock.ts';
import { explainFailure } from './fetch-errors.ts';
import { postOnce, type Way } from './guarded-request.ts';
import { type Pace, watchPace } from './pace.ts';
import { discardBody, readHeader } from './response-head.ts';

export type PostOptions = {
  /** What the answer is, for the sentence of an error: "webhook answer". */
  what: string;
  body: string | Uint8Array;
  /** Sent as given, beside a user agent; a media type is not added. */
  headers: Record<string, string>;
  /** What comes beyond this is not read. */
  maxAnswerBytes: number;
  /** Longest time for all of it, connection and answer included. */
  timeoutMs: number;
  signal?: AbortSignal;
};

export type PostAnswer = {
  /** Any status, redirects too: they are not followed. */
  status: number;
  contentType: string | null;
  retryAfter: string | null;
  body: Uint8Array;
  /** Whether there was more than `maxAnswerBytes`, or it was packed, which is never unpacked. */
  isCut: boolean;
};

export type PostDoor = Way & { clock: Clock };

/**
 * Sends once and never again by itself: whether a second try is safe is the caller's to know.
 *
 * @throws {AppError} `address_refused`, `fetch_failed` or `fetch_too_slow`; the signal's reason
 * when the caller gave up.
 */
export async function postGuarded(
  url: string,
  options: PostOptions,
  door: PostDoor,
): Promise<PostAnswer> {
  const limits = { downloadMsMax: options.timeoutMs, bytesPerSecondMin: 0, paceWindowMs: 1000 };
  const pace = watchPace(limits, door.clock, options.signal);
  try {
    const { what, headers, body } = options;
    const response = await postOnce(url, { ...door, what, headers, body, signal: pace.signal });
    const head = {
      status: response.statusCode,
      contentType: readHeader(response, 'content-type'),
      retryAfter: readHeader(response, 'retry-after'),
    };
    if ((readHeader(response, 'content-encoding') ?? 'identity') !== 'identity') {
      discardBody(response);
      return { ...head, body: new Uint8Array(), isCut: true };
    }
    return { ...head, ...(await readStart(response.body, options.maxAnswerBytes, pace)) };
  } catch (error) {
    throw explainFailure(error, options, pace);
  } finally {
    pace.stop();
  }
}

async function readStart(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  pace: Pace,
): Promise<{ body: Uint8Array; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    pace.count(chunk.length);
    chunks.push(chunk.subarray(0, maxBytes - sizeBytes));
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) return { body: Buffer.concat(chunks), isCut: true };
  }
  return { body: Buffer.concat(chunks), isCut: false };
}
