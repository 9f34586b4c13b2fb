/**
 * Accepts a task: row, job and hold become true together or not at all, and nothing outside the
 * database is touched.
 */

import type { Caller } from '../accounts/accounts.ts';
import { computeAmountNanos, computeHoldMs } from '../billing/prices.ts';
import type { Tx } from '../db/database.ts';
import type { Mode, Orientation } from '../engines/engine.ts';
import { AppError } from '../kernel/errors.ts';
import { isUploadId } from '../uploads/uploads.ts';
import type { TaskMeans } from './options.ts';
import { enqueueStep } from './rows.ts';

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
   * The client's estimate of the clip's length; it makes the hold smaller and decides nothing else.
   */
  durationSeconds: number | null;
  /** Unique within the account. */
  externalTaskId: string | null;
  /** Null takes the default engine. */
  engine: string | null;
  requestId: string;
};

const EXTERNAL_ID_INDEX = 'one_task_per_external_id';

/**
 * Throws `insufficient_balance`, `external_task_id_taken`, `upload_not_found`, `upload_kind_wrong`
 * and, for an engine that is not there, `invalid_request`.
 */
export async function submitTask(
  means: TaskMeans,
  caller: Caller,
  request: SubmitRequest,
): Promise<{ taskId: string }> {
  const { db, billing } = means;
  const { row, amountNanos } = prepareTask(means, caller, request);
  const hold = { accountId: caller.accountId, holdId: row.hold_id, taskId: row.id };
  try {
    await db.transaction(async (tx) => {
      await claimUploads(means, tx, caller, request);
      await tx.insertInto('task').values(row).execute();
      await enqueueStep(means, tx, row.id);
      await billing.ledger.hold(tx, hold, amountNanos);
    });
  } catch (error) {
    throw (await explainTakenId(means, caller, request, error)) ?? error;
  }
  return { taskId: row.id };
}

/** An upload is looked for now, since nothing of the network is needed for it. */
async function claimUploads(
  { uploads }: Pick<TaskMeans, 'uploads'>,
  tx: Tx,
  { accountId }: Caller,
  { imageUrl, videoUrl }: Pick<SubmitRequest, 'imageUrl' | 'videoUrl'>,
): Promise<void> {
  const wanted = [
    { id: imageUrl, kind: 'image', field: 'image_url' },
    { id: videoUrl, kind: 'video', field: 'video_url' },
  ] as const;
  for (const upload of wanted) {
    if (isUploadId(upload.id)) await uploads.claim(tx, accountId, upload);
  }
}

/** The row of a new task, with the price of today written into it. */
function prepareTask(means: TaskMeans, caller: Caller, request: SubmitRequest) {
  const { billing, engines, clock, newId, limits } = means;
  const engine = engines.get(request.engine ?? engines.defaultName);
  const { prices } = billing;
  const { mode, characterOrientation: orientation } = request;
  const range = { minMs: prices.billableMsMin, maxMs: prices.billableMsMax[orientation] };
  const holdMs = computeHoldMs(request.durationSeconds, range);
  const amountNanos = computeAmountNanos(prices.rateNanosPerMs[mode], holdMs);
  const nowMs = clock.now();
  const row = {
    id: newId('task'),
    account_id: caller.accountId,
    key_id: caller.keyId,
    request_id: request.requestId,
    external_task_id: request.externalTaskId,
    state: 'submitted' as const,
    stage: 'queued',
    progress: 0,
    model: request.model,
    engine: engine.name,
    mode,
    orientation,
    image_url: request.imageUrl,
    video_url: request.videoUrl,
    prompt: request.prompt,
    keep_original_sound: request.keepOriginalSound,
    watermark: request.watermark,
    duration_seconds: request.durationSeconds,
    rate_nanos_per_ms: prices.rateNanosPerMs[mode],
    billing_rule: prices.rule,
    billable_ms_min: range.minMs,
    billable_ms_max: range.maxMs,
    hold_id: newId('hold'),
    held_nanos: amountNanos,
    due_at: new Date(nowMs),
    created_at: new Date(nowMs),
    deadline_at: new Date(nowMs + limits.deadlineMs),
  };
  return { row, amountNanos };
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
