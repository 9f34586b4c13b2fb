/**
 * Accepts a task: row, job and hold become true together or not at all, and nothing outside the
 * database is touched.
 */

import type { Caller } from '../accounts/accounts.ts';
import { computeAmountNanos, computeHoldMs } from '../billing/prices.ts';
import type { Tx } from '../db/database.ts';
import type { Mode, Orientation } from '../engines/engine.ts';
import { AppError } from '../kernel/errors.ts';
import { claimUploads } from './claim-uploads.ts';
import { claimAnswer, findAnswer, type Idempotency } from './idempotency.ts';
import type { TaskMeans } from './options.ts';
import { claimQuote, priceOf } from './quotes/quote-rows.ts';
import { enqueueStep } from './rows.ts';
import { refuseOneTooMany, refuseTooManyTasks } from './too-many.ts';

export type SubmitRequest = {
  model: string;
  /** An address, or the id of an upload of the account. */
  imageUrl: string;
  videoUrl: string;
  characterOrientation: Orientation;
  mode: Mode;
  prompt: string | null;
  keepOriginalSound: boolean;
  watermark: boolean;
  /**
   * The client's estimate of the clip's length; it makes the hold smaller and decides nothing else,
   * and with a quote not even that.
   */
  durationSeconds: number | null;
  /** Unique within the account. */
  externalTaskId: string | null;
  /** Null takes the default engine. */
  engine: string | null;
  /** A quote of the same inputs, whose price is honoured. */
  quoteId: string | null;
  requestId: string;
};

const EXTERNAL_ID_INDEX = 'one_task_per_external_id';

export type Submitted = {
  taskId: string;
  /** Whether this is the answer of an earlier submit with the same key. */
  isReplay: boolean;
};

/**
 * Throws `insufficient_balance`, `too_many_tasks`, `external_task_id_taken`,
 * `idempotency_mismatch`,
 * `upload_not_found`, `upload_kind_wrong`, those of quotes, and, for an engine that is not there,
 * `invalid_request`. What is refused leaves no key behind, so it may be sent again.
 */
export async function submitTask(
  means: TaskMeans,
  caller: Caller,
  request: SubmitRequest,
  idempotency: Idempotency | null = null,
): Promise<Submitted> {
  const taskId = means.newId('task');
  try {
    return await means.db.transaction(async (tx) => {
      if (idempotency) {
        const claim = { accountId: caller.accountId, idempotency, answer: { taskId } };
        const { answer, isReplay } = await claimAnswer(means, tx, claim);
        if (isReplay) return { ...answer, isReplay };
      }
      await insertTask(means, tx, caller, request, taskId);
      return { taskId, isReplay: false };
    });
  } catch (error) {
    throw (await explainTakenId(means, caller, request, error)) ?? error;
  }
}

/** Null when there was none, or when its key has expired. */
export async function findSubmitted(
  means: TaskMeans,
  { accountId }: Caller,
  idempotency: Idempotency,
): Promise<Submitted | null> {
  const answer = await findAnswer<{ taskId: string }>(
    means,
    means.db.kysely,
    accountId,
    idempotency,
  );
  return answer && { ...answer, isReplay: true };
}

async function insertTask(
  means: TaskMeans,
  tx: Tx,
  caller: Caller,
  request: SubmitRequest,
  taskId: string,
): Promise<void> {
  const ahead = await refuseTooManyTasks(means, tx, caller.accountId);
  await claimUploads(means, tx, caller.accountId, request);
  const price = await choosePrice(means, tx, caller, request);
  const row = prepareRow(means, caller, request, { taskId, price });
  await tx.insertInto('task').values(row).execute();
  // The first task of one account comes before the hundredth of another.
  await enqueueStep(means, tx, taskId, { priority: -ahead });
  const hold = { accountId: caller.accountId, holdId: row.hold_id, taskId };
  await means.billing.ledger.hold(tx, hold, price.holdNanos);
  await refuseOneTooMany(means, tx, caller.accountId);
  means.db.afterCommit(tx, means.figures.taskSubmitted);
}

/** What is written into the row at the submit, and decides all of the task's money. */
type Price = {
  rateNanosPerMs: bigint;
  rule: string;
  billableMsMin: number;
  billableMsMax: number;
  holdNanos: bigint;
};

/** That of today, or that of the quote, which is then held to the nano. */
async function choosePrice(
  means: TaskMeans,
  tx: Tx,
  caller: Caller,
  request: SubmitRequest,
): Promise<Price> {
  if (request.quoteId !== null) {
    const wanted = { id: request.quoteId, request };
    const quote = await claimQuote(means, tx, caller.accountId, wanted);
    return { ...quote, holdNanos: priceOf(quote) };
  }
  const { prices } = means.billing;
  const { rule, billableMsMin } = prices;
  const rateNanosPerMs = prices.rateNanosPerMs[request.mode];
  const billableMsMax = prices.billableMsMax[request.characterOrientation];
  const range = { minMs: billableMsMin, maxMs: billableMsMax };
  const holdMs = computeHoldMs(request.durationSeconds, range);
  const holdNanos = computeAmountNanos(rateNanosPerMs, holdMs);
  return { rateNanosPerMs, rule, billableMsMin, billableMsMax, holdNanos };
}

function prepareRow(
  { engines, clock, newId, limits }: TaskMeans,
  caller: Caller,
  request: SubmitRequest,
  { taskId, price }: { taskId: string; price: Price },
) {
  const engine = engines.get(request.engine ?? engines.defaultName);
  const nowMs = clock.now();
  return {
    id: taskId,
    account_id: caller.accountId,
    key_id: caller.keyId,
    request_id: request.requestId,
    external_task_id: request.externalTaskId,
    quote_id: request.quoteId,
    state: 'submitted' as const,
    stage: 'queued',
    progress: 0,
    model: request.model,
    engine: engine.name,
    mode: request.mode,
    orientation: request.characterOrientation,
    image_url: request.imageUrl,
    video_url: request.videoUrl,
    prompt: request.prompt,
    keep_original_sound: request.keepOriginalSound,
    watermark: request.watermark,
    duration_seconds: request.durationSeconds,
    rate_nanos_per_ms: price.rateNanosPerMs,
    billing_rule: price.rule,
    billable_ms_min: price.billableMsMin,
    billable_ms_max: price.billableMsMax,
    hold_id: newId('hold'),
    held_nanos: price.holdNanos,
    due_at: new Date(nowMs),
    created_at: new Date(nowMs),
    deadline_at: new Date(nowMs + limits.deadlineMs),
  };
}

async function explainTakenId(
  { db }: TaskMeans,
  caller: Caller,
  { externalTaskId }: SubmitRequest,
  error: unknown,
): Promise<AppError | null> {
  const isTaken =
    error instanceof Error && 'constraint' in error && error.constraint === EXTERNAL_ID_INDEX;
  if (!isTaken || externalTaskId === null) return null;
  const earlier = await db.kysely
    .selectFrom('task')
    .select('id')
    .where('account_id', '=', caller.accountId)
    .where('external_task_id', '=', externalTaskId)
    .executeTakeFirst();
  return new AppError(
    'external_task_id_taken',
    { seen: externalTaskId, id: earlier?.id ?? '' },
    { cause: error, param: 'external_task_id' },
  );
}
