/**
 * The rows of quotes. A quote can be claimed until it expires; its media go then, unless a task has
 * yet to take its copies, and its row a day later, so that a late submit is told what happened.
 */

import { sql } from 'kysely';
import { computeAmountNanos } from '../../billing/prices.ts';
import type { Queryable, Tx } from '../../db/database.ts';
import { LOCKS } from '../../db/locks.ts';
import { AppError } from '../../kernel/errors.ts';
import type { InputFinding, QuotedImage, QuotedVideo } from '../inputs.ts';
import { listMediaKeys } from '../media-keys.ts';
import type { TaskMeans } from '../options.ts';
import { type Quote, type QuoteRequest, readQuote } from './quote.ts';
import { tooManyOfAccount } from './turns.ts';

/** Quotes that one sweep deals with; the next sweep takes the rest. */
const SWEPT_MAX = 100;

/** How long a quote without media is remembered. */
const REMEMBERED_MS = 24 * 60 * 60_000;

/**
 * The price of today is written down before anything is fetched. The row is also the account's
 * place among the quotes under way, in whatever process: throws `too_many_quotes`.
 */
export async function insertQuote(
  means: TaskMeans,
  accountId: string,
  request: QuoteRequest,
): Promise<string> {
  const { db, clock, limits } = means;
  const { prices } = means.billing;
  const id = means.newId('quote');
  const nowMs = clock.now();
  const row = {
    id,
    account_id: accountId,
    state: 'probing',
    model: request.model,
    mode: request.mode,
    orientation: request.characterOrientation,
    image_url: request.imageUrl,
    video_url: request.videoUrl,
    rate_nanos_per_ms: prices.rateNanosPerMs[request.mode],
    billing_rule: prices.rule,
    billable_ms_min: prices.billableMsMin,
    billable_ms_max: prices.billableMsMax[request.characterOrientation],
    created_at: new Date(nowMs),
    // Until it is ready: when it can no longer be under way.
    expires_at: new Date(nowMs + 2 * limits.quoteMsMax),
  } as const;
  await db.transaction(async (tx) => {
    await refuseTooMany(means, tx, accountId);
    await tx.insertInto('quote').values(row).execute();
  });
  return id;
}

/**
 * The lock lasts until the row is written, so that two processes cannot both give the last place.
 * Whoever asked for an older one has been answered; its row is that of a process that died.
 */
async function refuseTooMany({ clock, limits }: TaskMeans, tx: Tx, accountId: string) {
  const { quotesPerAccountMax, quoteMsMax } = limits;
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.quotesOfAccount}, hashtext(${accountId}))`.execute(
    tx,
  );
  const { underWay } = await tx
    .selectFrom('quote')
    .select(({ fn }) => fn.countAll().as('underWay'))
    .where('account_id', '=', accountId)
    .where('state', '=', sql.lit('probing'))
    .where('created_at', '>', new Date(clock.now() - quoteMsMax))
    .executeTakeFirstOrThrow();
  if (Number(underWay) >= quotesPerAccountMax) throw tooManyOfAccount(quotesPerAccountMax);
}

export type QuotedPair = {
  image: QuotedImage;
  video: QuotedVideo;
  billableMs: number;
  findings: InputFinding[];
};

export async function markReady(means: TaskMeans, id: string, pair: QuotedPair): Promise<Quote> {
  const row = await means.db.kysely
    .updateTable('quote')
    .set({
      state: 'ready',
      image: JSON.stringify(pair.image),
      video: JSON.stringify(pair.video),
      reference_ms: pair.video.facts.durationMs,
      billable_ms: pair.billableMs,
      findings: JSON.stringify(pair.findings),
      expires_at: new Date(means.clock.now() + means.limits.quoteKeptMs),
    })
    .where('id', '=', id)
    .where('state', '=', 'probing')
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new Error(`the quote ${id} was given up before it was ready`);
  return readQuote(row);
}

/**
 * Makes sure of a quote for the rest of the transaction, which must note that it is in use. Throws
 * `quote_not_found`, `quote_expired` and `quote_mismatch` with the field as param.
 */
export async function claimQuote(
  { clock }: TaskMeans,
  tx: Tx,
  accountId: string,
  { id, request }: { id: string; request: QuoteRequest },
): Promise<Quote> {
  const param = 'quote_id';
  const row = await tx
    .selectFrom('quote')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('image', 'is not', null)
    .forShare()
    .executeTakeFirst();
  if (!row) throw new AppError('quote_not_found', { id }, { param });
  const quote = readQuote(row);
  if (row.state !== 'ready' || quote.expiresAtMs <= clock.now()) {
    const expiredAt = new Date(quote.expiresAtMs).toISOString();
    throw new AppError('quote_expired', { id, expiredAt }, { param });
  }
  const field = findMismatch(quote, request);
  if (field !== null) throw new AppError('quote_mismatch', { id, field }, { param: field });
  return quote;
}

function findMismatch(quote: Quote, request: QuoteRequest): string | null {
  if (quote.model !== request.model) return 'model';
  if (quote.imageUrl !== request.imageUrl) return 'image_url';
  if (quote.videoUrl !== request.videoUrl) return 'video_url';
  if (quote.orientation !== request.characterOrientation) return 'character_orientation';
  return quote.mode === request.mode ? null : 'mode';
}

/** The quote that a task was submitted with; null when it is gone, which costs one more probe. */
export async function findClaimed(db: Queryable, id: string | null): Promise<Quote | null> {
  if (id === null) return null;
  const row = await db
    .selectFrom('quote')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  return row ? readQuote(row) : null;
}

export function priceOf(quote: Quote): bigint {
  return computeAmountNanos(quote.rateNanosPerMs, quote.billableMs);
}

/** Gives up a quote that did not get to its end; what cannot be removed now, the sweep will. */
export async function dropQuote(means: TaskMeans, id: string): Promise<void> {
  try {
    await removeMedia(means, id);
    await means.db.kysely.deleteFrom('quote').where('id', '=', id).execute();
  } catch (error) {
    means.log.warn({ quoteId: id, err: error }, 'a given up quote is left to the sweep');
  }
}

/** Safe to run in several processes at once. */
export async function sweepQuotes(means: TaskMeans): Promise<void> {
  const nowMs = means.clock.now();
  const rows = await means.db.kysely
    .selectFrom('quote')
    .select('id')
    .where(({ or, and, eb }) =>
      or([
        and([eb('state', '<>', 'removing'), eb('expires_at', '<=', new Date(nowMs))]),
        eb('expires_at', '<=', new Date(nowMs - REMEMBERED_MS)),
      ]),
    )
    .orderBy('expires_at')
    .limit(SWEPT_MAX)
    .execute();
  for (const { id } of rows) {
    await removeExpired(means, id).catch((error: unknown) => {
      means.log.error({ quoteId: id, err: error }, 'an expired quote could not be removed');
    });
  }
}

async function removeExpired(means: TaskMeans, id: string): Promise<void> {
  const fate = await means.db.transaction(async (tx) => {
    const row = await tx
      .selectFrom('quote')
      .select(['expires_at', 'image'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!row || (await isInUse(tx, id))) return 'kept';
    await tx.updateTable('quote').set({ state: 'removing' }).where('id', '=', id).execute();
    const isForgotten = row.expires_at.getTime() <= means.clock.now() - REMEMBERED_MS;
    return isForgotten || row.image === null ? 'forgotten' : 'emptied';
  });
  if (fate === 'kept') return;
  await removeMedia(means, id);
  if (fate === 'forgotten') {
    await means.db.kysely.deleteFrom('quote').where('id', '=', id).execute();
  }
}

async function isInUse(tx: Tx, quoteId: string): Promise<boolean> {
  const task = await tx
    .selectFrom('task')
    .select('id')
    .where('state', '=', 'submitted')
    .where('quote_id', '=', quoteId)
    .limit(1)
    .executeTakeFirst();
  return task !== undefined;
}

async function removeMedia({ storage }: TaskMeans, id: string): Promise<void> {
  for (const key of listMediaKeys(id)) await storage.delete(key);
}
