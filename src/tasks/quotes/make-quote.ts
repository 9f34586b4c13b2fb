/**
 * Makes a quote: looks at the inputs now, charges nothing, and promises the price of what it found.
 * It ends in time, and leaves nothing behind when it comes to nothing.
 */

import type { Caller } from '../../accounts/accounts.ts';
import { computeBillableMs } from '../../billing/prices.ts';
import { AppError } from '../../kernel/errors.ts';
import { isUploadId } from '../../uploads/uploads.ts';
import { claimUploads } from '../claim-uploads.ts';
import type { InputFinding, QuotedImage, QuotedVideo } from '../inputs.ts';
import { type LocalCopies, withLocalCopies } from '../local-copies.ts';
import type { TaskMeans } from '../options.ts';
import type { Quote, QuoteRequest } from './quote.ts';
import { dropQuote, insertQuote, markReady } from './quote-rows.ts';
import type { Turns } from './turns.ts';

const MS_PER_SECOND = 1_000;

/**
 * Throws what a task of these inputs would fail with, and `too_many_quotes`, `quote_too_slow`,
 * `upload_not_found`, `upload_kind_wrong`.
 *
 * @param gone Aborted when nobody waits for the answer any more.
 */
export async function makeQuote(
  means: TaskMeans,
  turns: Turns,
  caller: Caller,
  request: QuoteRequest,
  gone: AbortSignal,
): Promise<Quote> {
  const { quoteMsMax } = means.limits;
  const limitSeconds = quoteMsMax / MS_PER_SECOND;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new AppError('quote_too_slow', { limitSeconds })),
    quoteMsMax,
  );
  const signal = AbortSignal.any([gone, late.signal]);
  try {
    const end = await turns.take(caller.accountId, signal);
    // The turn lasts as long as the work does, also when nobody waits for it any more.
    const work = workOut(means, caller, request, signal).finally(end);
    return await Promise.race([work, rejectOn(signal, work)]);
  } finally {
    clearTimeout(timer);
  }
}

function rejectOn(signal: AbortSignal, work: Promise<unknown>): Promise<never> {
  const given = Promise.withResolvers<never>();
  const giveUp = () => given.reject(signal.reason);
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  // What becomes of work that was given up is of no interest; it cleans up after itself.
  work.catch(() => {}).finally(() => signal.removeEventListener('abort', giveUp));
  return given.promise;
}

async function workOut(
  means: TaskMeans,
  { accountId }: Caller,
  request: QuoteRequest,
  signal: AbortSignal,
): Promise<Quote> {
  await checkUploads(means, accountId, request);
  const quoteId = await insertQuote(means, accountId, request);
  try {
    return await withLocalCopies((copies) =>
      fillQuote(means, request, { quoteId, accountId, signal, copies }),
    );
  } catch (error) {
    await dropQuote(means, quoteId);
    throw error;
  }
}

type Asked = { quoteId: string; accountId: string; signal: AbortSignal; copies: LocalCopies };

async function fillQuote(means: TaskMeans, request: QuoteRequest, asked: Asked): Promise<Quote> {
  const { quoteId, signal } = asked;
  const { image, video } = await probeInputs(means, request, asked);
  const { prices } = means.billing;
  const maxMs = prices.billableMsMax[request.characterOrientation];
  const range = { minMs: prices.billableMsMin, maxMs };
  const billableMs = computeBillableMs(video.facts.durationMs, prices.rule, range);
  const findings = await lookBefore(means, request, { image, video, asked });
  signal.throwIfAborted();
  const quote = await markReady(means, quoteId, { image, video, billableMs, findings });
  means.log.info({ quoteId, referenceMs: quote.referenceMs, billableMs }, 'probed');
  return quote;
}

/** Refused before anything is fetched, with the field as param. */
async function checkUploads(
  means: TaskMeans,
  accountId: string,
  request: QuoteRequest,
): Promise<void> {
  if (!isUploadId(request.imageUrl) && !isUploadId(request.videoUrl)) return;
  await means.db.transaction((tx) => claimUploads(means, tx, accountId, request));
}

async function probeInputs({ inputs }: TaskMeans, request: QuoteRequest, context: Asked) {
  const image = await inputs.quoteImage(request.imageUrl, context);
  context.signal.throwIfAborted();
  const orientation = request.characterOrientation;
  const video = await inputs.quoteVideo(request.videoUrl, { ...context, orientation });
  context.signal.throwIfAborted();
  return { image, video };
}

async function lookBefore(
  { inputs }: TaskMeans,
  { characterOrientation: orientation, mode }: QuoteRequest,
  { image, video, asked }: { image: QuotedImage; video: QuotedVideo; asked: Asked },
): Promise<InputFinding[]> {
  const keys = { image: image.storageKey, video: video.storageKey };
  if (inputs.preflight === undefined || keys.image === null || keys.video === null) return [];
  const pair = {
    image: { storageKey: keys.image, facts: image.facts },
    video: { storageKey: keys.video, facts: video.facts },
  };
  const { signal, copies } = asked;
  return await inputs.preflight(pair, { orientation, mode, signal, copies });
}
