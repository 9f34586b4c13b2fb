/**
 * Reads parts of a stranger's file without fetching the whole, within a budget; all parts are of
 * the same file, or the reading fails and says so.
 */

import assert from 'node:assert/strict';
import type { Dispatcher } from 'undici';
import type { Clock } from '../kernel/clock.ts';
import { explainFailure } from './fetch-errors.ts';
import { formatBytes } from './format-bytes.ts';
import { getFollowing, type Way } from './guarded-request.ts';
import { type PaceLimits, watchPace } from './pace.ts';
import { type Part, type PartWanted, readFirstPart, readNextPart } from './ranged-answer.ts';
import { readHeader } from './response-head.ts';

/** What the first request asks for; the head of most files tells where the rest is. */
const HEAD_BYTES = 65_536;

export type RangedOptions = {
  /** What is read, as the customer calls it: "reference image" or "reference video". */
  what: string;
  /** Largest file that is opened at all. */
  maxBytes: number;
  /** Most bytes that all reads together may fetch. */
  budgetBytes: number;
  /** Most requests that all reads together may send, redirects included. */
  requestsMax: number;
  signal?: AbortSignal;
};

export type RangedFile = {
  sizeBytes: number;
  /** What the server called it; never trusted for deciding what it is. */
  contentType: string | null;
  /** The address after redirects; every read goes there and is checked again. */
  finalUrl: string;
  etag: string | null;
  /**
   * The bytes from `start` up to, not including, `end`. What the first request brought is served
   * from memory.
   *
   * @throws {RangeBudgetError} before a request that would pass the budget.
   * @throws {AppError} `fetch_failed` when the file changed or the answer is not what was asked
   * for, and all that a download throws.
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /** What was fetched so far. */
  usage(): { requests: number; bytes: number };
  /** Ends what is under way and closes the connection. */
  close(): Promise<void>;
};

/** The file is not to blame: reading on would cost more than the caller allowed. */
export class RangeBudgetError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RangeBudgetError';
  }
}

/** The dispatcher is of this file alone and closed with it. */
export type RangedDoor = Way & {
  limits: PaceLimits & { redirectsMax: number };
  clock: Clock;
};

/**
 * @returns null when the server does not serve ranges, or does not say how large the file is; a
 * download may still succeed.
 */
export async function openRangedFile(
  url: string,
  options: RangedOptions,
  door: RangedDoor,
): Promise<RangedFile | null> {
  const asker = createAsker(options, door);
  try {
    const head = { start: 0, end: Math.min(HEAD_BYTES, options.budgetBytes) };
    const opened = await asker.ask(url, head, door.limits.redirectsMax, async (answer) => {
      const part = await readFirstPart(answer.response, answer.wanted);
      if (part === null) return null;
      const contentType = readHeader(answer.response, 'content-type');
      return toRangedFile(asker, part, { finalUrl: answer.finalUrl, contentType });
    });
    if (opened === null) await asker.close();
    return opened;
  } catch (error) {
    await asker.close();
    throw error;
  }
}

function toRangedFile(
  asker: Asker,
  { bytes: head, validators }: Part,
  { finalUrl, contentType }: { finalUrl: string; contentType: string | null },
): RangedFile {
  const { sizeBytes, etag } = validators;

  async function read(start: number, end: number): Promise<Uint8Array> {
    assert(Number.isSafeInteger(start) && Number.isSafeInteger(end), 'bounds are whole bytes');
    assert(start >= 0 && start <= end && end <= sizeBytes, 'a range lies within its file');
    const known = head.subarray(start, end);
    const from = start + known.length;
    if (from === end) return known;
    const rest = await asker.ask(finalUrl, { start: from, end }, 0, ({ response, wanted }) =>
      readNextPart(response, wanted, validators),
    );
    return known.length === 0 ? rest : Buffer.concat([known, rest]);
  }

  const { usage, close } = asker;
  return { sizeBytes, contentType, finalUrl, etag, read, usage, close };
}

type Answer = { response: Dispatcher.ResponseData; finalUrl: string; wanted: PartWanted };

type Asker = Pick<RangedFile, 'usage' | 'close'> & {
  /** Asks for a range and hands the answer on, all within the limits of the file. */
  ask<T>(
    address: string,
    range: { start: number; end: number },
    redirectsMax: number,
    readAnswer: (answer: Answer) => Promise<T>,
  ): Promise<T>;
};

function createAsker(options: RangedOptions, door: RangedDoor): Asker {
  const { what, maxBytes } = options;
  const { dispatcher, headMsMax, limits, clock } = door;
  const budget = createBudget(options);
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, ...(options.signal ? [options.signal] : [])]);
  const startedAt = clock.now();

  return {
    usage: budget.usage,
    async ask(address, { start, end }, redirectsMax, readAnswer) {
      // The deadline is one for all reads together, the lowest rate is judged in each.
      const pace = watchPace(limits, clock, signal, startedAt);
      try {
        budget.reserve(end - start);
        const { response, finalUrl } = await getFollowing(address, {
          dispatcher,
          headMsMax,
          what,
          signal: pace.signal,
          redirectsMax,
          range: `bytes=${start}-${end - 1}`,
          onRequest: budget.countRequest,
        });
        const wanted = { what, maxBytes, start, end, pace, onBytes: budget.countBytes };
        return await readAnswer({ response, finalUrl, wanted });
      } catch (error) {
        if (error instanceof RangeBudgetError) throw error;
        throw explainFailure(error, { what, signal }, pace);
      } finally {
        pace.stop();
      }
    },
    async close() {
      closing.abort(new Error('the file was closed'));
      await dispatcher.destroy();
    },
  };
}

function createBudget({ budgetBytes, requestsMax }: RangedOptions) {
  let reservedBytes = 0;
  let requests = 0;
  let bytes = 0;
  return {
    /** Before the bytes are asked for, so that reads at one time cannot pass it together. */
    reserve(wantedBytes: number): void {
      if (reservedBytes + wantedBytes > budgetBytes) {
        throw new RangeBudgetError(`reading on needs more than ${formatBytes(budgetBytes)}`);
      }
      reservedBytes += wantedBytes;
    },
    countRequest(): void {
      if (requests >= requestsMax) {
        throw new RangeBudgetError(`reading on needs more than ${requestsMax} requests`);
      }
      requests += 1;
    },
    countBytes(count: number): void {
      bytes += count;
    },
    usage: () => ({ requests, bytes }),
  };
}
